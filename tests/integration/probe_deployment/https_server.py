"""A health check over HTTPS that can be told to misbehave."""

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from local.certificates import Authority


@dataclass
class HttpsServer:
    """What it answers, and where it is."""

    url: str = ""
    ca_certificate: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body_delay_seconds: float = 0.0


@contextmanager
def serve(folder: Path, **certificate: Any) -> Iterator[HttpsServer]:
    """Serve until the block ends, with a server certificate of these properties."""
    authority = Authority.create()
    authority.write_server_files(folder / "cert.pem", folder / "key.pem", **certificate)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    state = HttpsServer(ca_certificate=authority.certificate_base64)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(state.status)
            for name, value in {"Content-Length": "2", **state.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            time.sleep(state.body_delay_seconds)
            self.wfile.write(b"ok")

        def log_message(self, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            pass  # a client that refused our certificate

    server = Server(("127.0.0.1", 0), Handler)
    server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    state.url = f"https://127.0.0.1:{server.server_address[1]}/health-check"
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def days(count: int) -> timedelta:
    return timedelta(days=count, hours=1)
