"""One short-lived, TLS-verified connection, with the ways it fails by their kind."""

import atexit
import base64
import os
import ssl
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache

import psycopg
from psycopg import pq

import rds_ca
from ops_common.query_database import BadRequest, Login
from query_database.fields import APPLICATION_NAME, Connection
from query_database.iam_token import sign_token
from query_database.libpq import Refusal, open_connection
from query_database.refusals import connection_error, statement_error, takes_no_options
from query_database.settings import Settings

# A password is proved to the server, never sent: also to one that asks for it in clear text. MD5 is
# for a role whose password was set before SCRAM; its first rotation ends that. Amazon RDS takes an
# IAM token in clear text alone (libpq, require_auth).
PASSWORD_METHODS, TOKEN_METHOD = "scram-sha-256,md5", "password"
LOCK_TIMEOUT_SECONDS = 1


@contextmanager
def connect(login: Login, settings: Settings) -> Iterator[Connection]:
    """A connection in autocommit mode, closed at the end.

    TLS is verify-full and nothing can turn it off. Raises DatabaseUnreachable, LoginRefused,
    DatabaseTimeout or DatabaseRefused, none with a password in its message; BadRequest for a
    login without a password where IAM logins are off.
    """
    limits = {
        "statement_timeout": f"{settings.statement_timeout_seconds}s",
        "lock_timeout": f"{LOCK_TIMEOUT_SECONDS}s",
        # A role or a database may be read-only by default; a standby stays so in spite of this.
        "default_transaction_read_only": "off",
    }
    try:
        with _open(login, settings, limits) as connection:
            yield connection
    except Refusal as refusal:
        # `from None`: an unexpected text of libpq's must not travel in a traceback either.
        raise connection_error(refusal, login, settings.connect_timeout_seconds) from None
    except psycopg.Error as error:
        raise statement_error(error, login) from None


@contextmanager
def _open(login: Login, settings: Settings, limits: Mapping[str, str]) -> Iterator[Connection]:
    """With the time limits of a session, or, behind a pooler, of one transaction.

    PgBouncer and RDS Proxy take no options at the start of a session; and what is SET in one of
    their sessions may stay there for the app's (or pins it, in RDS Proxy).
    """
    try:
        pgconn = _attempt(login, settings, " ".join(f"-c {k}={v}" for k, v in limits.items()))
    except Refusal as refusal:
        if not takes_no_options(refusal):
            raise
        pooled = psycopg.Connection(_attempt(login, settings, ""))
        pooled.prepare_threshold = None
        with pooled:
            for name, value in limits.items():
                pooled.execute("SELECT set_config(%s, %s, true)", (name, value))
            yield pooled
        return
    with psycopg.Connection(pgconn) as connection:
        connection.autocommit = True
        yield connection


def _attempt(login: Login, settings: Settings, options: str) -> pq.abc.PGconn:
    return open_connection(
        settings.connect_timeout_seconds,
        host=login.address.host,
        port=login.address.port,
        dbname=login.address.name,
        user=login.user,
        password=_password(login, settings),
        sslmode="verify-full",
        sslrootcert=_ca_file(settings.ca_certificate),
        require_auth=PASSWORD_METHODS if login.password else TOKEN_METHOD,
        application_name=APPLICATION_NAME,
        client_encoding="UTF8",
        options=options,
    )


def _password(login: Login, settings: Settings) -> str:
    if login.password is not None:
        return login.password
    if not settings.iam_login:
        raise BadRequest(
            "login.password must be given: DATABASE_AUTH is not iam", field="login.password"
        )
    return sign_token(login.address, login.user)


@cache
def _ca_file(certificate: str) -> str:
    if not certificate and not rds_ca.own_roots():
        return str(rds_ca.BUNDLE)
    pem = (
        ssl.DER_cert_to_PEM_cert(base64.b64decode(certificate))
        if certificate
        else "\n".join([rds_ca.BUNDLE.read_text(), *rds_ca.own_roots()])
    )
    return file_of_this_process(pem)


def file_of_this_process(text: str) -> str:
    """The path of a file with this text that is gone with the process, however it ends."""
    if sys.platform == "linux":
        memory = os.memfd_create("roots.pem")
        with os.fdopen(os.dup(memory), "w") as writer:
            writer.write(text)
        return f"/proc/self/fd/{memory}"
    with tempfile.NamedTemporaryFile("w", suffix=".pem", delete=False) as file:
        file.write(text)
    atexit.register(os.unlink, file.name)
    return file.name
