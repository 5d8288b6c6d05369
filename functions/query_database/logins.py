"""Who can log in, and giving a role a new password."""

from psycopg import sql

from ops_common.answers.logins import LoginAnswer, PasswordAnswer, UsersAnswer, UserStatus
from ops_common.database_cause import DatabaseCause
from ops_common.query_database import DatabaseRefused
from query_database.fields import APPLICATION_NAME, Connection, Fields
from query_database.roles import SET_PASSWORD, prepared_users
from query_database.words import NOT_PREPARED


def check_login(connection: Connection, _fields: Fields) -> LoginAnswer:
    """Who is logged in, and how."""
    row = connection.execute(
        "SELECT session_user, current_user, current_setting('server_version'),"
        " (SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()),"
        " (SELECT rolvaliduntil FROM pg_roles"
        "  WHERE rolname = session_user AND isfinite(rolvaliduntil)),"
        " pg_is_in_recovery(), pg_backend_pid()"
    ).fetchone()
    assert row is not None  # noqa: S101  # a SELECT without FROM has one row
    session_user, current_user, server_version, tls, valid_until, read_only, process = row
    return LoginAnswer(
        session_user=session_user,
        current_user=current_user,
        server_version=server_version,
        tls=tls,
        alternating_users=prepared_users(connection),
        valid_until=valid_until,
        read_only=read_only,
        # A pooler gives its clients process ids of its own.
        pooled=process != connection.info.backend_pid,
    )


def inspect_users(connection: Connection, fields: Fields) -> UsersAnswer:
    """Whether `users` may log in, and which sessions they have; every role may see that."""
    rows = connection.execute(
        "SELECT rolname, rolcanlogin,"
        " CASE WHEN isfinite(rolvaliduntil) THEN rolvaliduntil END,"
        " count(pid)::int, coalesce(array_agg(DISTINCT application_name)"
        "  FILTER (WHERE application_name <> ''), '{}'),"
        " coalesce(pg_has_role(rolname, to_regrole('rds_iam'), 'MEMBER'), false)"
        " FROM pg_roles LEFT JOIN pg_stat_activity"
        "  ON usename = rolname AND application_name <> %s"
        " WHERE rolname = ANY (%s) GROUP BY 1, 2, 3 ORDER BY 1",
        (APPLICATION_NAME, list(fields.texts("users"))),
    ).fetchall()
    return UsersAnswer(
        tuple(
            UserStatus(name, can_login, valid_until, sessions, tuple(applications), by_token)
            for name, can_login, valid_until, sessions, applications, by_token in rows
        )
    )


def set_password(connection: Connection, fields: Fields) -> PasswordAnswer:
    """Give the role `user` the password `new_password`; the server sees a SCRAM verifier only.

    A role changes its own; the other one of an alternating pair by the function that
    `prepare_roles` made. Raises DatabaseRefused, with the remedy where that function is missing.
    """
    user = fields.text("user")
    verifier = _verifier(connection, user, fields.text("new_password"))
    with connection.transaction():
        # Refused under the owner role that a prepared role's session starts with. For this
        # transaction alone: a pooler may hand the session to the app afterwards.
        connection.execute("SET LOCAL ROLE NONE")
        _set_verifier(connection, user, verifier)
    return PasswordAnswer(user)


def _set_verifier(connection: Connection, user: str, verifier: str) -> None:
    if user == connection.info.user:
        # ALTER ROLE takes no bind parameters.
        connection.execute(
            sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(user), sql.Literal(verifier))
        )
    elif connection.execute("SELECT to_regproc(%s)", (SET_PASSWORD,)).fetchone() == (None,):
        said = NOT_PREPARED.format(login=connection.info.user, user=user)
        raise DatabaseRefused(said, cause=DatabaseCause.NOT_PREPARED)
    else:
        connection.execute(
            sql.SQL("SELECT {}(%s, %s)").format(sql.Identifier(*SET_PASSWORD.split("."))),
            (user, verifier),
        )


def _verifier(connection: Connection, user: str, password: str) -> str:
    # RFC 5803; computed by libpq on this side, so no log of the server's can hold the password.
    return connection.pgconn.encrypt_password(
        password.encode(), user.encode(), b"scram-sha-256"
    ).decode()
