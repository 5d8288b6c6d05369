"""Whom to trust over HTTPS."""

import base64
import ssl


def trust(ca_certificate: str) -> ssl.SSLContext:
    """A verifying context: the platform's roots, and the one CA given (base64 DER), if any."""
    context = ssl.create_default_context()
    if ca_certificate:
        context.load_verify_locations(cadata=base64.b64decode(ca_certificate))
    return context
