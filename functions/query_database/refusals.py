"""What a refused connection or statement means: by SQLSTATE, by libpq's words without one."""

import psycopg

import rds_ca
from ops_common.query_database import (
    DatabaseError,
    DatabaseReadOnly,
    DatabaseRefused,
    DatabaseTimeout,
    DatabaseUnreachable,
    Login,
    LoginDisabled,
    LoginRefused,
)
from query_database.libpq import Refusal

type Meaning = tuple[type[DatabaseError], str]

# PostgreSQL's documentation, appendix A; a class of two characters stands for all of its codes.
BY_SQLSTATE: dict[str, Meaning] = {
    "28P01": (LoginRefused, "refused the login of {user}"),
    "28000": (LoginRefused, "refused the login of {user}"),
    "53300": (DatabaseUnreachable, "has no connection left for {user}"),
    "53": (DatabaseUnreachable, "is out of resources ({sqlstate})"),
    "57P03": (DatabaseUnreachable, "is starting up, shutting down or recovering"),
    "57P": (DatabaseUnreachable, "ended the connection ({sqlstate})"),
    "3D000": (DatabaseRefused, "has no database {database} for {user}"),
    "42501": (DatabaseRefused, "doesn't let {user} connect to database {database}"),
    "55000": (DatabaseRefused, "accepts no connection to database {database}"),
}
# 28000 is said for several things; the routine (in auth.c and miscinit.c) says which.
BY_ROUTINE: dict[tuple[str, str], Meaning] = {
    ("28000", "InitializeSessionUserId"): (
        LoginDisabled,
        "doesn't let {user} log in: the role is NOLOGIN",
    ),
    ("28000", "ClientAuthentication"): (
        DatabaseRefused,
        "has no pg_hba.conf entry for {user}",
    ),
}
UNKNOWN_CA = "shows a certificate of an unknown CA"
# Of libpq and OpenSSL on our own side, which speak English.
BY_OWN_WORDS: tuple[tuple[str, Meaning], ...] = (
    ("certificate verify failed", (DatabaseUnreachable, UNKNOWN_CA)),
    ("does not match host name", (DatabaseUnreachable, "shows a certificate of another host")),
    # MySQL greets first, and libpq takes the greeting for an answer.
    (
        "invalid response to SSL negotiation",
        (DatabaseUnreachable, "is no PostgreSQL server (MySQL?): only PostgreSQL is supported"),
    ),
    ("does not support SSL", (DatabaseUnreachable, "offers no TLS")),
    (
        "authentication method requirement",
        (DatabaseUnreachable, "doesn't ask for proof by SCRAM"),
    ),
    (
        "Connection refused",
        (DatabaseUnreachable, "refused the connection: nothing listens there"),
    ),
    (
        "could not translate host name",
        (DatabaseUnreachable, "is a host name that DNS doesn't know"),
    ),
)
# A pooler in front says these under the code 08P01 (protocol violation), always in English.
POOLER = "08P01"
BY_POOLERS_WORDS: tuple[tuple[str, Meaning], ...] = (
    ("authentication failed", (LoginRefused, "refused the login of {user} (a pooler's words)")),
    ("no such user", (LoginRefused, "knows no user {user} (a pooler's words)")),
    ("no such database", (DatabaseRefused, "has no database {database} (a pooler's words)")),
    ("server login", (DatabaseUnreachable, "is a pooler that can't log in to its server")),
    ("no more connections", (DatabaseUnreachable, "has no connection left for {user}")),
)
# RDS Proxy has words of its own, some without a code (Amazon RDS User Guide, "Troubleshooting for
# RDS Proxy").
BY_PROXYS_WORDS: tuple[tuple[str, Meaning], ...] = (
    (
        "no credentials for the role",
        (
            LoginRefused,
            "is an RDS Proxy whose own secret has no credentials of {user}",
        ),
    ),
    (
        "that was provided for the role",
        (LoginRefused, "is an RDS Proxy whose own secret has another password of {user}"),
    ),
    (
        "waiting to acquire database connection",
        (DatabaseUnreachable, "is an RDS Proxy without a connection to its database"),
    ),
    ("connections to the proxy exceeded", (DatabaseUnreachable, "has no connection left")),
    ("Rate of connection to proxy exceeded", (DatabaseUnreachable, "has no connection left")),
    ("only IAM", (DatabaseRefused, "is an RDS Proxy that takes {user} by IAM token alone")),
)


def takes_no_options(refusal: Refusal) -> bool:
    """Whether a pooler refused nothing but the options at the start of a session.

    PgBouncer names the parameter; RDS Proxy says feature_not_supported (0A000).
    """
    words = refusal.words
    return "unsupported startup parameter" in words or (
        "command-line options" in words or "support the option" in words
    )


def connection_error(refusal: Refusal, login: Login, timeout_seconds: int) -> DatabaseError:
    """What a failed connection attempt means."""
    kind, words = _meaning(refusal, timeout_seconds)
    detail = words.format(user=login.user, database=login.address.name, sqlstate=refusal.sqlstate)
    region = rds_ca.missing_region(login.address.host)
    if words == UNKNOWN_CA and region:
        detail += f": the roots of {region} are not in the layer (docs/deploy.md, Certificates)"
    return kind(f"{where(login)} {detail}")


def statement_error(error: psycopg.Error, login: Login) -> DatabaseError:
    """What an error of a statement means."""
    primary = error.diag.message_primary
    if isinstance(error, psycopg.errors.QueryCanceled | psycopg.errors.LockNotAvailable):
        return DatabaseTimeout(f"{where(login)}: {primary}")
    if isinstance(error, psycopg.errors.ReadOnlySqlTransaction):
        return DatabaseReadOnly(
            f"{where(login)} is read-only: a reader's endpoint, a failover that isn't over, or"
            " a pooler's session with default_transaction_read_only"
        )
    # Without a code the connection broke; 57P01 and its like say that the server ended it.
    if error.sqlstate is None or error.sqlstate.startswith("57P"):
        return DatabaseUnreachable(f"{where(login)} closed the connection")
    # Not str(error): its DETAIL and CONTEXT may quote a row or a statement.
    return DatabaseRefused(f"{where(login)}: {error.sqlstate} {primary}")


def where(login: Login) -> str:
    """The address for people."""
    return f"{login.address.host}:{login.address.port}"


def _meaning(refusal: Refusal, timeout_seconds: int) -> Meaning:
    code = refusal.sqlstate
    if refusal.timed_out:
        return DatabaseUnreachable, f"did not answer within {timeout_seconds} s"
    if said := _by_words(BY_PROXYS_WORDS, refusal.words):
        return said
    if code == POOLER:
        said = _by_words(BY_POOLERS_WORDS, refusal.words)
    elif code:
        said = (
            BY_ROUTINE.get((code, refusal.routine))
            or BY_SQLSTATE.get(code)
            or BY_SQLSTATE.get(code[:3])
            or BY_SQLSTATE.get(code[:2])
        )
    else:
        said = _by_words(BY_OWN_WORDS, refusal.words)
    return said or (DatabaseUnreachable, _escaped(refusal))


def _by_words(table: tuple[tuple[str, Meaning], ...], text: str) -> Meaning | None:
    return next((meaning for words, meaning in table if words in text), None)


def _escaped(refusal: Refusal) -> str:
    said = f"said {refusal.sqlstate}: {refusal.words}" if refusal.sqlstate else refusal.words
    return said.replace("{", "{{").replace("}", "}}")
