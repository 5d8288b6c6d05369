"""A refusal has its meaning by SQLSTATE and routine; words count where there is no code.

tests/integration has real servers say them, in other languages too.
"""

import pytest

from ops_common.database_cause import DatabaseCause as Cause
from ops_common.query_database import DatabaseAddress, Login
from query_database.libpq import Refusal
from query_database.refusals import connection_error

LOGIN = Login(DatabaseAddress("db.internal", 5432, "jiki_production"), "jiki", "hunter2")


@pytest.mark.parametrize(
    ("code", "routine", "kind", "cause"),
    [
        ("28P01", "auth_failed", "login_refused", Cause.PASSWORD),
        ("28000", "auth_failed", "login_refused", Cause.PASSWORD),
        ("28000", "InitializeSessionUserId", "login_disabled", Cause.NOLOGIN),
        ("28000", "ClientAuthentication", "refused", Cause.NO_ENTRY),
        ("53300", "InitPostgres", "unreachable", Cause.NO_CONNECTION_LEFT),
        ("53200", "", "unreachable", Cause.NO_RESOURCES),
        ("57P03", "ProcessStartupPacket", "unreachable", Cause.STARTING),
        ("57P01", "", "unreachable", Cause.CLOSED),
        ("3D000", "InitPostgres", "refused", Cause.NO_DATABASE),
        ("42501", "CheckMyDatabase", "refused", Cause.NOT_GRANTED),
        ("55000", "CheckMyDatabase", "refused", Cause.TAKES_NO_CONNECTION),
        ("XX000", "", "unreachable", None),
    ],
)
def test_a_code_has_its_meaning_whatever_the_words(
    code: str, routine: str, kind: str, cause: Cause | None
) -> None:
    words = "SCHWERWIEGEND: Datenbank »timeout« password authentication failed"

    error = connection_error(Refusal(words, code, routine), LOGIN, 5)

    assert (error.kind, error.cause, error.sqlstate) == (kind, cause, code)


@pytest.mark.parametrize(
    ("words", "kind", "cause"),
    [
        ("SASL authentication failed", "login_refused", Cause.POOLER_PASSWORD),
        ("password authentication failed", "login_refused", Cause.POOLER_PASSWORD),
        ("no such user: jiki", "login_refused", Cause.POOLER_NO_USER),
        ("no such database: jiki_production", "refused", Cause.POOLER_NO_DATABASE),
        (
            "server login has been failing, try again later (server_login_retry)",
            "unreachable",
            Cause.POOLER_LOGIN,
        ),
        (
            "no more connections allowed (max_client_conn)",
            "unreachable",
            Cause.NO_CONNECTION_LEFT,
        ),
        ("something that no pooler has said yet", "unreachable", None),
    ],
)
def test_a_pooler_s_code_for_everything_is_known_by_its_words(
    words: str, kind: str, cause: Cause | None
) -> None:
    error = connection_error(Refusal(f"FATAL:  {words}", "08P01"), LOGIN, 5)

    assert (error.kind, error.cause) == (kind, cause)


@pytest.mark.parametrize(
    ("words", "kind", "cause"),
    [
        (
            "This RDS proxy has no credentials for the role jiki. Check the credentials for this"
            " role and try again.",
            "login_refused",
            Cause.PROXY_NO_CREDENTIALS,
        ),
        (
            "The password that was provided for the role jiki is wrong.",
            "login_refused",
            Cause.PROXY_PASSWORD,
        ),
        (
            "Timed-out waiting to acquire database connection.",
            "unreachable",
            Cause.PROXY_NO_CONNECTION,
        ),
        ("RDS supports only IAM or MD5 authentication.", "refused", Cause.PROXY_IAM_ONLY),
    ],
)
@pytest.mark.parametrize("code", ["28000", "08P01", "XX000", ""])
def test_rds_proxy_s_words_have_their_meaning_whatever_the_code(
    words: str, kind: str, cause: Cause, code: str
) -> None:
    error = connection_error(Refusal(f"FATAL:  {words}", code), LOGIN, 5)

    assert (error.kind, error.cause) == (kind, cause)


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ("server does not support SSL, but SSL was required", Cause.NO_TLS),
        ("received invalid response to SSL negotiation: J", Cause.NOT_POSTGRESQL),
        ("SSL error: certificate verify failed", Cause.UNKNOWN_CA),
        (
            'server certificate for "localhost" does not match host name "db.internal"',
            Cause.OTHER_HOST,
        ),
        ('authentication method requirement "scram-sha-256" failed', Cause.NO_PROOF),
        ("Connection refused Is the server running on that host?", Cause.NOTHING_LISTENS),
        (
            'could not translate host name "db.internal" to address: Name or service not known',
            Cause.UNKNOWN_HOST,
        ),
        ("server {closed} the connection", None),
    ],
)
def test_without_a_server_libpq_s_own_words_decide(words: str, cause: Cause | None) -> None:
    error = connection_error(Refusal(words), LOGIN, 5)

    assert (error.kind, error.cause, error.sqlstate) == ("unreachable", cause, "")


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (
            'requirement "scram-sha-256,md5" failed: server requested a cleartext password',
            Cause.CLEAR_TEXT,
        ),
        ('requirement "password" failed: server requested SASL authentication', Cause.NO_TOKEN),
        ('requirement "password" failed: server requested a hashed password', Cause.NO_TOKEN),
    ],
)
def test_a_role_that_logs_in_otherwise_is_no_outage(words: str, cause: Cause) -> None:
    error = connection_error(Refusal(f"authentication method {words}"), LOGIN, 5)

    assert (error.kind, error.cause) == ("login_disabled", cause)


def test_time_that_ran_out_is_no_matter_of_words() -> None:
    error = connection_error(Refusal("", timed_out=True), LOGIN, 5)

    assert (error.kind, error.cause) == ("unreachable", Cause.NO_ANSWER)
