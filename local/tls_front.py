"""TLS in front of stand-ins that speak HTTP, by a throw-away CA.

Clients trust that CA beside the roots that botocore brings along, so that loading these takes as
long as it does in Lambda. Connections are kept, as AWS keeps them, whatever the server behind does.
"""

import http.client
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from botocore.httpsession import DEFAULT_CA_BUNDLE

from local.certificates import Authority
from local.http_server import Request, Response, serve

OF_ONE_CONNECTION = {"connection", "content-length", "date", "server", "transfer-encoding"}


class TlsFronts:
    """Makes fronts, with files in a folder: a certificate, its key, and what clients trust."""

    def __init__(self, folder: Path) -> None:
        certificate, key, roots = (folder / f"{name}.pem" for name in ("server", "key", "roots"))
        self.authority = Authority.create()
        self.authority.write_server_files(certificate, key)
        roots.write_text(Path(DEFAULT_CA_BUNDLE).read_text() + self.authority.certificate_pem)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.variables = {"AWS_CA_BUNDLE": str(roots), "SSL_CERT_FILE": str(roots)}
        """Of the clients' environment: botocore reads the first, urllib the second."""

    @contextmanager
    def front(
        self, url: str, instead: Callable[[Request], Response | None] = lambda _: None
    ) -> Iterator[str]:
        """The address of a front of this one, until the block ends.

        What `instead` answers isn't asked of the server behind.
        """
        place = urlsplit(url)

        def answer(request: Request) -> Response:
            if (given := instead(request)) is not None:
                return given
            behind = http.client.HTTPConnection(place.netloc)
            try:
                headers = dict(request.headers) | {
                    "connection": "close",
                    "x-forwarded-proto": "https",
                }
                behind.request(request.method, request.target, request.body, headers)
                answer = behind.getresponse()
                kept = {
                    name: value
                    for name, value in answer.getheaders()
                    if name.lower() not in OF_ONE_CONNECTION
                }
                return Response(answer.status, answer.read(), kept)
            finally:
                behind.close()

        with serve(answer, tls=self.context) as port:
            yield place._replace(scheme="https", netloc=f"127.0.0.1:{port}").geturl()
