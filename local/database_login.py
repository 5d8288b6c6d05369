"""How the local app and workers log in: as the functions do, in fully verified TLS."""

import base64
import ssl
from functools import cache
from typing import Any

import psycopg

from ops_common.query_database import Login
from query_database.connection import file_of_this_process


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
    return file_of_this_process(ssl.DER_cert_to_PEM_cert(base64.b64decode(certificate)))
