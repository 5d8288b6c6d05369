"""A small HTTP server in a thread, for the stand-ins of other people's services."""

import contextlib
import itertools
import json
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Request:
    """What a client sent."""

    method: str
    target: str
    """Path and query as they were sent."""
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """With names in lower case."""
    body: bytes
    connection: int = 0
    """Which of the server's connections it came by; several may come by one."""

    def json(self) -> Any:
        """The body as JSON. Raises ValueError."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Response:
    """What the client gets; a body that is not bytes is sent as JSON."""

    status: int = 200
    body: Any = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class HangUp(Exception):
    """Raised by a handler that wants the connection cut without an answer."""


@contextmanager
def serve(
    answer: Callable[[Request], Response],
    *,
    listen_address: str = "127.0.0.1",
    port: int = 0,
    tls: ssl.SSLContext | None = None,
    idle_seconds: float | None = None,
) -> Iterator[int]:
    """Serve until the block ends; the port that was chosen. Each connection has a thread.

    A connection on which nothing is asked for `idle_seconds` is closed.
    """
    server = _Server((listen_address, port), answer, idle_seconds)
    if tls:
        # In the connection's own thread: one that never says hello holds up no other.
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        thread.join()
        server.close_all()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body leave in one piece: in two, each answer waits 40 ms for a delayed ACK.
    wbufsize = -1
    server: "_Server"

    def setup(self) -> None:
        super().setup()
        self._number = next(self.server.numbers)
        self.connection.settimeout(self.server.idle_seconds)

    def _answer(self) -> None:
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = dict(parse_qsl(url.query))
        try:
            response = self.server.answer(
                Request(self.command, self.path, url.path, query, headers, body, self._number)
            )
        except HangUp:
            self.close_connection = True
            return
        content = response.body
        if not isinstance(content, bytes):
            content = json.dumps(content).encode()
        self.send_response(response.status)
        for name, value in {"Content-Type": "application/json", **response.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = _answer  # noqa: N815  # names that http.server calls

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base's name
        """Nothing: callers record what they care about."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        address: tuple[str, int],
        answer: Callable[[Request], Response],
        idle_seconds: float | None,
    ) -> None:
        self.answer, self.idle_seconds = answer, idle_seconds
        self.numbers = itertools.count(1)
        self._connections: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is no error of ours; anything else is shown."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def close_all(self) -> None:
        """Close also what clients keep open: they must notice that this server is gone."""
        for connection in list(self._connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()
