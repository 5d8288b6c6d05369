"""One request to the app, over its public address or at a load balancer itself."""

import time
from collections.abc import Mapping
from typing import NamedTuple, Protocol

import urllib3

from probe_deployment.http_answer import USER_AGENT, Answer
from probe_deployment.tls import trust

CONNECT_TIMEOUT_SECONDS = 3.0
READ_TIMEOUT_SECONDS = 10.0
MAX_BODY_BYTES = 65_536


class Listener(NamedTuple):
    """A load balancer's own address, to be asked for the public name (SNI and Host header)."""

    address: str
    host: str
    port: int = 443
    tls: bool = True
    headers: Mapping[str, str] = {}
    """What its rule asks a request for, beside the host."""


class HttpGet(Protocol):
    """The port of checks that ask the app; tests give answers of their own."""

    def __call__(self, url: str, ca_certificate: str, at: Listener | None = None) -> Answer:
        """The answer to a GET, without redirects; `at` is whom to connect to instead of the URL's
        host. Raises urllib3's HTTPError.
        """


def get(url: str, ca_certificate: str, at: Listener | None = None) -> Answer:
    """See HttpGet."""
    timeout = urllib3.Timeout(connect=CONNECT_TIMEOUT_SECONDS, read=READ_TIMEOUT_SECONDS)
    headers = {"User-Agent": USER_AGENT, "Cache-Control": "no-cache"}
    started = time.monotonic()
    if at is None:
        context = trust(ca_certificate)
        with urllib3.PoolManager(ssl_context=context, retries=False, timeout=timeout) as http:
            response = http.request(
                "GET", url, redirect=False, preload_content=False, headers=headers
            )
            return _answer(response, started)
    headers |= {**at.headers, "Host": at.host}
    with _pool(at, ca_certificate, timeout) as pool:
        return _answer(pool.request("GET", url, redirect=False, headers=headers), started)


def _pool(
    at: Listener, ca_certificate: str, timeout: urllib3.Timeout
) -> urllib3.HTTPConnectionPool:
    if not at.tls:
        return urllib3.HTTPConnectionPool(at.address, at.port, timeout=timeout, retries=False)
    return urllib3.HTTPSConnectionPool(
        at.address,
        at.port,
        timeout=timeout,
        retries=False,
        ssl_context=trust(ca_certificate),
        server_hostname=at.host,
        assert_hostname=at.host,
    )


def _answer(response: urllib3.BaseHTTPResponse, started: float) -> Answer:
    body = response.read(MAX_BODY_BYTES) or response.data[:MAX_BODY_BYTES]
    headers = {name.lower(): value for name, value in response.headers.items()}
    seconds = time.monotonic() - started
    return Answer(response.status, headers, seconds, body.decode(errors="replace"))
