"""What a refused connection or statement means: by SQLSTATE, by libpq's words without one."""

import psycopg

import rds_ca
from ops_common.database_cause import DatabaseCause as Cause
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
from query_database import words
from query_database.libpq import Refusal

# PostgreSQL's documentation, appendix A; a shorter code stands for all that begin with it.
BY_SQLSTATE = {
    "28P01": Cause.PASSWORD,
    "28000": Cause.PASSWORD,
    "53300": Cause.NO_CONNECTION_LEFT,
    "53": Cause.NO_RESOURCES,
    "57P03": Cause.STARTING,
    "57P": Cause.CLOSED,
    "3D000": Cause.NO_DATABASE,
    "42501": Cause.NOT_GRANTED,
    "55000": Cause.TAKES_NO_CONNECTION,
}
# 28000 is said for several things; the routine (in auth.c and miscinit.c) says which.
BY_ROUTINE = {
    ("28000", "InitializeSessionUserId"): Cause.NOLOGIN,
    ("28000", "ClientAuthentication"): Cause.NO_ENTRY,
}
# Of libpq and OpenSSL on our own side, which speak English.
BY_OWN_WORDS = {
    "certificate verify failed": Cause.UNKNOWN_CA,
    "does not match host name": Cause.OTHER_HOST,
    # MySQL greets first, and libpq takes the greeting for an answer.
    "invalid response to SSL negotiation": Cause.NOT_POSTGRESQL,
    "does not support SSL": Cause.NO_TLS,
    "server requested a cleartext password": Cause.CLEAR_TEXT,
    'authentication method requirement "password" failed': Cause.NO_TOKEN,
    "authentication method requirement": Cause.NO_PROOF,
    "Connection refused": Cause.NOTHING_LISTENS,
    "could not translate host name": Cause.UNKNOWN_HOST,
}
# A pooler in front says these under the code 08P01 (protocol violation), always in English.
POOLER = "08P01"
BY_POOLERS_WORDS = {
    "authentication failed": Cause.POOLER_PASSWORD,
    "no such user": Cause.POOLER_NO_USER,
    "no such database": Cause.POOLER_NO_DATABASE,
    "server login": Cause.POOLER_LOGIN,
    "no more connections": Cause.NO_CONNECTION_LEFT,
}
# RDS Proxy has words of its own, some without a code (Amazon RDS User Guide, "Troubleshooting for
# RDS Proxy").
BY_PROXYS_WORDS = {
    "no credentials for the role": Cause.PROXY_NO_CREDENTIALS,
    "that was provided for the role": Cause.PROXY_PASSWORD,
    "waiting to acquire database connection": Cause.PROXY_NO_CONNECTION,
    "connections to the proxy exceeded": Cause.NO_CONNECTION_LEFT,
    "Rate of connection to proxy exceeded": Cause.NO_CONNECTION_LEFT,
    "only IAM": Cause.PROXY_IAM_ONLY,
}
# In the words of Amazon RDS to ALTER ROLE (Amazon Aurora User Guide, "Delegating and controlling
# user password management").
RDS_PASSWORD = "rds_password"  # noqa: S105  # a role's name
# All others, and what nobody knows, are DatabaseUnreachable.
KINDS: dict[Cause, type[DatabaseError]] = {
    Cause.PASSWORD: LoginRefused,
    Cause.POOLER_PASSWORD: LoginRefused,
    Cause.POOLER_NO_USER: LoginRefused,
    Cause.PROXY_NO_CREDENTIALS: LoginRefused,
    Cause.PROXY_PASSWORD: LoginRefused,
    Cause.CLEAR_TEXT: LoginDisabled,
    Cause.NOLOGIN: LoginDisabled,
    Cause.NO_TOKEN: LoginDisabled,
    Cause.NOT_GRANTED: DatabaseRefused,
    Cause.NO_DATABASE: DatabaseRefused,
    Cause.NO_ENTRY: DatabaseRefused,
    Cause.POOLER_NO_DATABASE: DatabaseRefused,
    Cause.PROXY_IAM_ONLY: DatabaseRefused,
    Cause.TAKES_NO_CONNECTION: DatabaseRefused,
}


def takes_no_options(refusal: Refusal) -> bool:
    """Whether a pooler refused nothing but the options at the start of a session.

    PgBouncer names the parameter; RDS Proxy says feature_not_supported (0A000).
    """
    said = refusal.words
    return (
        "unsupported startup parameter" in said
        or "command-line options" in said
        or "support the option" in said
    )


def connection_error(refusal: Refusal, login: Login, timeout_seconds: int) -> DatabaseError:
    """What a failed connection attempt means."""
    cause, code = _cause(refusal), refusal.sqlstate
    if cause is None:
        said = f"said {code}: {refusal.words}" if code else refusal.words
        return DatabaseUnreachable(f"{where(login)} {said}", sqlstate=code)
    detail = words.WORDS[cause].format(
        user=login.user,
        database=login.address.name,
        sqlstate=code,
        timeout_seconds=timeout_seconds,
    )
    region = rds_ca.missing_region(login.address.host)
    if cause is Cause.UNKNOWN_CA and region:
        detail += f": {words.NO_ROOTS.format(region=region)}"
    kind = KINDS.get(cause, DatabaseUnreachable)
    return kind(f"{where(login)} {detail}", cause=cause, sqlstate=code)


def statement_error(error: psycopg.Error, login: Login) -> DatabaseError:
    """What an error of a statement means."""
    primary, code = error.diag.message_primary, error.sqlstate or ""
    if isinstance(error, psycopg.errors.QueryCanceled | psycopg.errors.LockNotAvailable):
        return DatabaseTimeout(f"{where(login)}: {primary}", sqlstate=code)
    if isinstance(error, psycopg.errors.ReadOnlySqlTransaction):
        return DatabaseReadOnly(f"{where(login)} {words.READ_ONLY}", sqlstate=code)
    # Without a code the connection broke; 57P01 and its like say that the server ended it.
    if not code or code.startswith("57P"):
        closed = words.WORDS[Cause.CLOSED]
        return DatabaseUnreachable(f"{where(login)} {closed}", cause=Cause.CLOSED, sqlstate=code)
    if isinstance(error, psycopg.errors.InsufficientPrivilege) and RDS_PASSWORD in (primary or ""):
        said = f"{where(login)}: {primary}; {words.NOT_ALLOWED_TO_SET}"
        return DatabaseRefused(said, cause=Cause.NOT_ALLOWED_TO_SET, sqlstate=code)
    # Not str(error): its DETAIL and CONTEXT may quote a row or a statement.
    return DatabaseRefused(f"{where(login)}: {code} {primary}", sqlstate=code)


def where(login: Login) -> str:
    """The address for people."""
    return f"{login.address.host}:{login.address.port}"


def _cause(refusal: Refusal) -> Cause | None:
    code = refusal.sqlstate
    if refusal.timed_out:
        return Cause.NO_ANSWER
    if said := _by_words(BY_PROXYS_WORDS, refusal):
        return said
    if code == POOLER:
        return _by_words(BY_POOLERS_WORDS, refusal)
    if not code:
        return _by_words(BY_OWN_WORDS, refusal)
    return (
        BY_ROUTINE.get((code, refusal.routine))
        or BY_SQLSTATE.get(code)
        or BY_SQLSTATE.get(code[:3])
        or BY_SQLSTATE.get(code[:2])
    )


def _by_words(table: dict[str, Cause], refusal: Refusal) -> Cause | None:
    return next((cause for part, cause in table.items() if part in refusal.words), None)
