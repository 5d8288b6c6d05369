"""The certificate of the public address: its chain, and the days that it has left."""

import socket
import ssl
from datetime import UTC, datetime
from urllib.parse import urlsplit

from probe_deployment.cause import Cause
from probe_deployment.context import Context
from probe_deployment.finding import Finding
from probe_deployment.tls import trust

TIMEOUT_SECONDS = 5.0


def check(context: Context) -> Finding:
    """A chain that verifies, for that name, with enough days left."""
    url = urlsplit(context.settings.health_check_url)
    if url.scheme != "https" or url.hostname is None:
        return Finding.skipped("the health check's address is not https")
    address = (url.hostname, url.port or 443)
    tls = trust(context.settings.health_check_ca_certificate)
    try:
        with (
            socket.create_connection(address, timeout=TIMEOUT_SECONDS) as plain,
            tls.wrap_socket(plain, server_hostname=url.hostname) as connection,
        ):
            certificate = connection.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        return Finding.failed(
            f"{url.hostname}: {error.verify_message}",
            "a chain that verifies, for this name",
            "renew or correct the certificate where TLS ends (Cloudflare or the load balancer)",
            cause=Cause.TLS,
        )
    except OSError as error:
        return Finding.failed(
            f"no TLS connection to {url.hostname}: {type(error).__name__}",
            "a TLS connection",
            f"try it: openssl s_client -connect {url.hostname}:{address[1]}",
            cause=Cause.UNREACHABLE,
        )
    expires = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
    return judge(url.hostname, expires, context.now, context.settings.certificate_days)


def judge(host: str, expires: datetime, now: datetime, least_days: int) -> Finding:
    """Whether a valid certificate has enough days left."""
    days = (expires - now).days
    observed = f"valid for {host} until {expires:%Y-%m-%d}, {days} days"
    expected = f"at least {least_days} days"
    if days < least_days:
        return Finding.failed(
            observed,
            expected,
            "its renewal is overdue: check where TLS ends (Cloudflare or ACM)",
            cause=Cause.EXPIRES,
        )
    return Finding.passed(observed, expected)
