"""Whom to trust over HTTPS."""

import base64
import ssl


def trust(ca_certificate: str) -> ssl.SSLContext:
    """A verifying context: the platform's roots, or the one CA given (base64 DER)."""
    if not ca_certificate:
        return ssl.create_default_context()
    return ssl.create_default_context(
        cadata=ssl.DER_cert_to_PEM_cert(base64.b64decode(ca_certificate))
    )
