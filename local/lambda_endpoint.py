"""The smallest Lambda Invoke endpoint: it runs our own handlers in this process.

So `rotate_password` really calls `query_database` through boto3 (AWS_ENDPOINT_URL_LAMBDA).
"""

import json
import traceback
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from local.http_server import Request, Response, serve

type Handler = Callable[[Any, Any], Any]


@dataclass
class Context:
    """What Lambda passes beside the event."""

    function_name: str
    function_version: str = "$LATEST"
    memory_limit_in_mb: int = 256
    invoked_function_arn: str = ""
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    remaining_milliseconds: int = 60_000

    def __post_init__(self) -> None:
        self.invoked_function_arn = self.invoked_function_arn or (
            f"arn:aws:lambda:eu-west-1:123456789012:function:{self.function_name}"
        )

    def get_remaining_time_in_millis(self) -> int:
        """How much of the function's timeout is left."""
        return self.remaining_milliseconds


@dataclass(frozen=True)
class Invocation:
    """One invoke that the endpoint got."""

    function_name: str
    invocation_type: str
    payload: Any


class LambdaEndpoint:
    """Functions by name. An unknown one is a ResourceNotFoundException, as with Lambda's."""

    def __init__(self, functions: Mapping[str, Handler]) -> None:
        self.functions = dict(functions)
        self.invocations: list[Invocation] = []
        self.url = ""
        self._refusals: list[tuple[int, str, str]] = []

    @contextmanager
    def start(self) -> Iterator["LambdaEndpoint"]:
        """Serve until the block ends."""
        with serve(self._answer) as port:
            self.url = f"http://127.0.0.1:{port}"
            yield self

    def refuse_next(
        self,
        code: str = "TooManyRequestsException",
        message: str = "Rate Exceeded.",
        *,
        times: int = 1,
        status: int = 429,
    ) -> None:
        """Refuse the next invokes before any handler runs."""
        self._refusals += [(status, code, message)] * times

    def recover(self) -> None:
        """Refuse no more."""
        self._refusals.clear()

    def _answer(self, request: Request) -> Response:
        *_, name, action = unquote(request.path).split("/")
        name = name.rpartition(":")[2]
        if self._refusals:
            return _error(*self._refusals.pop(0))
        if action != "invocations" or name not in self.functions:
            return _error(404, "ResourceNotFoundException", f"Function not found: {name}")
        payload = json.loads(request.body or b"null")
        invocation_type = request.headers.get("x-amz-invocation-type", "RequestResponse")
        self.invocations.append(Invocation(name, invocation_type, payload))
        if invocation_type == "DryRun":
            return Response(204)
        try:
            # Through JSON and back, as the real one does it.
            answer = json.dumps(self.functions[name](payload, Context(name))).encode()
        except Exception as error:  # noqa: BLE001  # whatever a handler raises is its answer
            answer = json.dumps(
                {
                    "errorMessage": str(error),
                    "errorType": type(error).__name__,
                    "stackTrace": traceback.format_tb(error.__traceback__),
                }
            ).encode()
            return Response(200, answer, {"X-Amz-Function-Error": "Unhandled"})
        return Response(202) if invocation_type == "Event" else Response(200, answer)


def _error(status: int, code: str, message: str) -> Response:
    return Response(status, {"Type": "User", "message": message}, {"x-amzn-ErrorType": code})
