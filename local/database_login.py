"""How the local app and workers log in: as the functions do, in fully verified TLS."""

import atexit
import base64
import ssl
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import psycopg

from ops_common.query_database import Login


def connect(login: Login, ca_certificate: str) -> psycopg.Connection[tuple[Any, ...]]:
    """A connection in autocommit mode. Raises psycopg.OperationalError."""
    return psycopg.connect(
        host=login.address.host,
        port=login.address.port,
        dbname=login.address.name,
        user=login.user,
        password=login.password,
        sslmode="verify-full",
        sslrootcert=_ca_file(ca_certificate),
        connect_timeout=3,
        autocommit=True,
    )


@cache
def _ca_file(certificate: str) -> str:
    pem = ssl.DER_cert_to_PEM_cert(base64.b64decode(certificate))
    # It holds nothing secret, and lives as long as this process.
    with tempfile.NamedTemporaryFile("w", suffix=".pem", delete=False) as file:
        file.write(pem)
    atexit.register(Path(file.name).unlink, missing_ok=True)
    return file.name
