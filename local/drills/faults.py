"""AWS on a bad day: a server in front of moto that throttles, fails or cuts what it is asked to."""

import http.client
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlsplit

from local.http_server import HangUp, Request, Response, serve

# The credential scope of a signed request names its service (AWS Signature Version 4).
_SERVICE = re.compile(r"Credential=[^/]+/[0-9]+/[^/]+/([^/]+)/aws4_request")
_NOT_PASSED_ON = ("connection", "transfer-encoding", "content-length", "date", "server")


class Fault(Enum):
    """How a service fails: error code and HTTP status."""

    THROTTLED = ("ThrottlingException", 400)
    DOWN = ("InternalFailure", 500)
    CUT = ("", 0)
    """The connection ends without an answer."""


@dataclass
class FaultyAws:
    """Passes every request on to moto, but for those of a service that has a fault."""

    moto_url: str
    url: str = ""
    everything: Fault | None = None

    def __post_init__(self) -> None:
        # moto checks a condition and writes in two steps, where DynamoDB takes one.
        self._one_at_a_time = threading.Lock()
        self.faults: dict[str, Fault] = {}
        self.refused: list[str] = []
        """The service of each request that failed so."""

    @contextmanager
    def start(self) -> Iterator["FaultyAws"]:
        """Serve until the block ends."""
        with serve(self._answer) as port:
            self.url = f"http://127.0.0.1:{port}"
            yield self

    def recover(self) -> None:
        """End every fault."""
        self.faults.clear()
        self.everything = None

    def _answer(self, request: Request) -> Response:
        match = _SERVICE.search(request.headers.get("authorization", ""))
        service = match[1] if match else "unknown"
        fault = self.faults.get(service, self.everything)
        if fault is None:
            return self._pass_on(request)
        self.refused.append(service)
        if fault is Fault.CUT:
            raise HangUp
        code, status = fault.value
        if "x-amz-target" in request.headers:
            return Response(status, {"__type": code, "message": "on purpose"})
        error = (
            f"<Error><Type>Sender</Type><Code>{code}</Code><Message>on purpose</Message></Error>"
        )
        text = f"<ErrorResponse>{error}<RequestId>0</RequestId></ErrorResponse>"
        return Response(status, text.encode(), {"Content-Type": "text/xml"})

    def _pass_on(self, request: Request) -> Response:
        connection = http.client.HTTPConnection(urlsplit(self.moto_url).netloc, timeout=30)
        try:
            with self._one_at_a_time:
                connection.request(
                    request.method, request.target, request.body, dict(request.headers)
                )
                answer = connection.getresponse()
                body = answer.read()
            headers = {
                name: value
                for name, value in answer.getheaders()
                if name.lower() not in _NOT_PASSED_ON
            }
            return Response(answer.status, body, headers)
        finally:
            connection.close()
