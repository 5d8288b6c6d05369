"""One short-lived, TLS-verified connection, with psycopg's errors told apart."""

import base64
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import psycopg

import rds_ca
from ops_common.query_database import (
    DatabaseRefused,
    DatabaseTimeout,
    DatabaseUnreachable,
    Login,
    LoginRefused,
)
from query_database.settings import Settings


@contextmanager
def connect(login: Login, settings: Settings) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A connection in autocommit mode, closed at the end.

    TLS is verify-full and nothing can turn it off. Raises DatabaseUnreachable, LoginRefused,
    DatabaseTimeout or DatabaseRefused; no message holds a password.
    """
    where = f"{login.address.host}:{login.address.port}"
    try:
        connection = psycopg.connect(
            host=login.address.host,
            port=login.address.port,
            dbname=login.address.name,
            user=login.user,
            password=login.password,
            sslmode="verify-full",
            sslrootcert=_ca_file(settings.ca_certificate),
            connect_timeout=settings.connect_timeout_seconds,
            application_name="jiki-ops",
            options=f"-c statement_timeout={settings.statement_timeout_seconds}s"
            " -c lock_timeout=1s -c client_encoding=UTF8",
            autocommit=True,
        )
    except psycopg.OperationalError as error:
        raise _connection_error(error, where, login.user) from None
    with connection:
        try:
            yield connection
        except (psycopg.errors.QueryCanceled, psycopg.errors.LockNotAvailable) as error:
            raise DatabaseTimeout(f"{where}: {_primary(error)}") from None
        except psycopg.Error as error:
            raise DatabaseRefused(f"{where}: {error.sqlstate} {_primary(error)}") from None


def _connection_error(error: psycopg.OperationalError, where: str, user: str) -> Exception:
    text = " ".join(str(error).split())
    # libpq gives no SQLSTATE for a failed connection attempt; the server's words are stable.
    if "authentication failed" in text or "is not permitted to log in" in text:
        return LoginRefused(f"{where} refused the login of {user}")
    return DatabaseUnreachable(f"{where}: {text}")


def _primary(error: psycopg.Error) -> str:
    # Not str(error): its DETAIL and CONTEXT may quote a row or a statement.
    return error.diag.message_primary or type(error).__name__


@cache
def _ca_file(certificate: str) -> str:
    if not certificate:
        return str(rds_ca.BUNDLE)
    pem = ssl.DER_cert_to_PEM_cert(base64.b64decode(certificate))
    with tempfile.NamedTemporaryFile("w", suffix=".pem", delete=False) as file:
        file.write(pem)
    return file.name
