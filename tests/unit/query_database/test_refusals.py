"""A refusal has its meaning by SQLSTATE and routine; words count where there is no code.

tests/integration has real servers say them, in other languages too.
"""

import pytest

from ops_common.query_database import DatabaseAddress, Login
from query_database.libpq import Refusal
from query_database.refusals import connection_error

LOGIN = Login(DatabaseAddress("db.internal", 5432, "jiki_production"), "jiki", "hunter2")


@pytest.mark.parametrize(
    ("code", "routine", "kind"),
    [
        ("28P01", "auth_failed", "login_refused"),
        ("28000", "auth_failed", "login_refused"),
        ("28000", "InitializeSessionUserId", "login_disabled"),
        ("28000", "ClientAuthentication", "refused"),
        ("53300", "InitPostgres", "unreachable"),
        ("53200", "", "unreachable"),
        ("57P03", "ProcessStartupPacket", "unreachable"),
        ("57P01", "", "unreachable"),
        ("3D000", "InitPostgres", "refused"),
        ("42501", "CheckMyDatabase", "refused"),
        ("55000", "CheckMyDatabase", "refused"),
        ("XX000", "", "unreachable"),
    ],
)
def test_a_code_has_its_meaning_whatever_the_words(code: str, routine: str, kind: str) -> None:
    words = "SCHWERWIEGEND: Datenbank »timeout« password authentication failed"

    error = connection_error(Refusal(words, code, routine), LOGIN, 5)

    assert error.kind == kind
    assert str(error).startswith("db.internal:5432 ")


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("SASL authentication failed", "login_refused"),
        ("password authentication failed", "login_refused"),
        ("no such user: jiki", "login_refused"),
        ("no such database: jiki_production", "refused"),
        ("server login has been failing, try again later (server_login_retry)", "unreachable"),
        ("something that no pooler has said yet", "unreachable"),
    ],
)
def test_a_pooler_s_code_for_everything_is_known_by_its_words(words: str, kind: str) -> None:
    assert connection_error(Refusal(f"FATAL:  {words}", "08P01"), LOGIN, 5).kind == kind


@pytest.mark.parametrize(
    ("words", "kind", "said"),
    [
        (
            "This RDS proxy has no credentials for the role jiki. Check the credentials for this"
            " role and try again.",
            "login_refused",
            "no credentials of jiki",
        ),
        ("The password that was provided for the role jiki is wrong.", "login_refused", "another"),
        (
            "Timed-out waiting to acquire database connection.",
            "unreachable",
            "without a connection",
        ),
        ("RDS supports only IAM or MD5 authentication.", "refused", "IAM token"),
    ],
)
@pytest.mark.parametrize("code", ["28000", "08P01", "XX000", ""])
def test_rds_proxy_s_words_have_their_meaning_whatever_the_code(
    words: str, kind: str, said: str, code: str
) -> None:
    error = connection_error(Refusal(f"FATAL:  {words}", code), LOGIN, 5)

    assert error.kind == kind
    assert said in str(error)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("server does not support SSL, but SSL was required", "offers no TLS"),
        (
            "received invalid response to SSL negotiation: J",
            "is no PostgreSQL server (MySQL?): only PostgreSQL is supported",
        ),
        ("SSL error: certificate verify failed", "shows a certificate of an unknown CA"),
        (
            'server certificate for "localhost" does not match host name "db.internal"',
            "shows a certificate of another host",
        ),
        (
            "Connection refused Is the server running on that host?",
            "refused the connection: nothing listens there",
        ),
        (
            'could not translate host name "db.internal" to address: Name or service not known',
            "is a host name that DNS doesn't know",
        ),
        ("server {closed} the connection", "server {closed} the connection"),
    ],
)
def test_without_a_server_libpq_s_own_words_decide(words: str, said: str) -> None:
    error = connection_error(Refusal(words), LOGIN, 5)

    assert (error.kind, str(error)) == ("unreachable", f"db.internal:5432 {said}")


def test_time_that_ran_out_is_no_matter_of_words() -> None:
    error = connection_error(Refusal("", timed_out=True), LOGIN, 5)

    assert str(error) == "db.internal:5432 did not answer within 5 s"
