"""One short-lived, TLS-verified connection, with the ways it fails told apart."""

import base64
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import psycopg

import rds_ca
from ops_common.query_database import (
    BadRequest,
    DatabaseError,
    DatabaseRefused,
    DatabaseTimeout,
    DatabaseUnreachable,
    Login,
    LoginRefused,
)
from query_database.fields import Connection
from query_database.iam_token import sign_token
from query_database.settings import Settings

# A password is proved to the server, never sent: also to one that asks for it in clear text. MD5 is
# for a role whose password was set before SCRAM; its first rotation ends that. Amazon RDS takes an
# IAM token in clear text alone (libpq, require_auth).
PASSWORD_METHODS, TOKEN_METHOD = "scram-sha-256,md5", "password"

# libpq reports no SQLSTATE for a failed connection attempt, so the words decide: those of
# PostgreSQL's postmaster and auth.c, of libpq's TLS code, and of psycopg's own waiting.
_REASONS: tuple[tuple[str, type[DatabaseError], str], ...] = (
    ("authentication failed for user", LoginRefused, "refused the login of {user}"),
    ("is not permitted to log in", LoginRefused, "doesn't let {user} log in (NOLOGIN)"),
    ("certificate verify failed", DatabaseUnreachable, "shows a certificate of an unknown CA"),
    ("does not match host name", DatabaseUnreachable, "shows a certificate of another host"),
    ("does not support SSL", DatabaseUnreachable, "offers no TLS"),
    ("authentication method requirement", DatabaseUnreachable, "doesn't ask for proof by SCRAM"),
    ("connection slots are reserved", DatabaseUnreachable, "has no connection left"),
    ("too many clients", DatabaseUnreachable, "has no connection left"),
    ("too many connections", DatabaseUnreachable, "has no connection left for {user}"),
    ("system is starting up", DatabaseUnreachable, "is starting up"),
    ("system is shutting down", DatabaseUnreachable, "is shutting down"),
    ("in recovery mode", DatabaseUnreachable, "is recovering from a crash"),
    ("not yet accepting connections", DatabaseUnreachable, "is recovering from a crash"),
    ("timeout", DatabaseUnreachable, "did not answer within {seconds} s"),
    ("Connection refused", DatabaseUnreachable, "refused the connection: nothing listens there"),
    ("failed to resolve host", DatabaseUnreachable, "is a host name that DNS doesn't know"),
    ("no pg_hba.conf entry", DatabaseRefused, "has no pg_hba.conf entry for {user}"),
    ('database "', DatabaseRefused, "has no database {database} for {user}"),
)


@contextmanager
def connect(login: Login, settings: Settings) -> Iterator[Connection]:
    """A connection in autocommit mode, closed at the end.

    TLS is verify-full and nothing can turn it off. Raises DatabaseUnreachable, LoginRefused,
    DatabaseTimeout or DatabaseRefused, none with a password in its message; BadRequest for a
    login without a password where IAM logins are off.
    """
    try:
        connection = psycopg.connect(
            host=login.address.host,
            port=login.address.port,
            dbname=login.address.name,
            user=login.user,
            password=_password(login, settings),
            sslmode="verify-full",
            sslrootcert=_ca_file(settings.ca_certificate),
            require_auth=PASSWORD_METHODS if login.password else TOKEN_METHOD,
            connect_timeout=settings.connect_timeout_seconds,
            application_name="jiki-ops",
            options=f"-c statement_timeout={settings.statement_timeout_seconds}s"
            " -c lock_timeout=1s -c client_encoding=UTF8",
            autocommit=True,
        )
    except psycopg.OperationalError as error:
        # `from None`: an unexpected text of libpq's must not travel in a traceback either.
        raise connection_error(str(error), login, settings) from None
    with connection:
        try:
            yield connection
        except psycopg.Error as error:
            raise _statement_error(error, login) from None


def connection_error(text: str, login: Login, settings: Settings) -> DatabaseError:
    """What a failed connection attempt means, by libpq's words for it."""
    for words, kind, meaning in _REASONS:
        if words in text:
            detail = meaning.format(
                user=login.user,
                database=login.address.name,
                seconds=settings.connect_timeout_seconds,
            )
            return kind(f"{_where(login)} {detail}")
    return DatabaseUnreachable(f"{_where(login)}: {' '.join(text.split())}")


def _statement_error(error: psycopg.Error, login: Login) -> DatabaseError:
    if isinstance(error, psycopg.errors.QueryCanceled | psycopg.errors.LockNotAvailable):
        return DatabaseTimeout(f"{_where(login)}: {error.diag.message_primary}")
    # Without a code the connection broke; 57P01 and its like say that the server ended it.
    if error.sqlstate is None or error.sqlstate.startswith("57P"):
        return DatabaseUnreachable(f"{_where(login)} closed the connection")
    # Not str(error): its DETAIL and CONTEXT may quote a row or a statement.
    return DatabaseRefused(f"{_where(login)}: {error.sqlstate} {error.diag.message_primary}")


def _password(login: Login, settings: Settings) -> str:
    if login.password is not None:
        return login.password
    if not settings.iam_login:
        raise BadRequest("login.password must be given: DATABASE_AUTH is not iam")
    return sign_token(login.address, login.user)


def _where(login: Login) -> str:
    return f"{login.address.host}:{login.address.port}"


@cache
def _ca_file(certificate: str) -> str:
    if not certificate:
        return str(rds_ca.BUNDLE)
    pem = ssl.DER_cert_to_PEM_cert(base64.b64decode(certificate))
    with tempfile.NamedTemporaryFile("w", suffix=".pem", delete=False) as file:
        file.write(pem)
    return file.name
