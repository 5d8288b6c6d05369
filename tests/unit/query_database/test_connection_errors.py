"""libpq gives words and no code for a failed connection; each wording has one meaning.

The words are those of PostgreSQL 15 to 18 and of RDS; tests/integration has a real server say
most of them.
"""

import pytest

from ops_common.query_database import DatabaseAddress, Login
from query_database.connection import connection_error
from query_database.settings import Settings

LOGIN = Login(DatabaseAddress("db.internal", 5432, "jiki_production"), "jiki", "hunter2")
SETTINGS = Settings(5, 5, iam_login=False, ca_certificate="")
PREFIX = 'connection failed: connection to server at "10.1.0.9", port 5432 failed: '


@pytest.mark.parametrize(
    ("words", "kind", "message"),
    [
        (
            'FATAL:  password authentication failed for user "jiki"',
            "login_refused",
            "refused the login of jiki",
        ),
        (
            'FATAL:  PAM authentication failed for user "jiki"',
            "login_refused",
            "refused the login of jiki",
        ),
        (
            'FATAL:  role "jiki" is not permitted to log in',
            "login_refused",
            "doesn't let jiki log in (NOLOGIN)",
        ),
        (
            "server does not support SSL, but SSL was required",
            "unreachable",
            "offers no TLS",
        ),
        (
            "SSL error: certificate verify failed",
            "unreachable",
            "shows a certificate of an unknown CA",
        ),
        (
            'server certificate for "localhost" does not match host name "db.internal"',
            "unreachable",
            "shows a certificate of another host",
        ),
        (
            "FATAL:  remaining connection slots are reserved for non-replication superuser"
            " connections",
            "unreachable",
            "has no connection left",
        ),
        (
            "FATAL:  remaining connection slots are reserved for roles with the SUPERUSER"
            " attribute",
            "unreachable",
            "has no connection left",
        ),
        ("FATAL:  sorry, too many clients already", "unreachable", "has no connection left"),
        (
            'FATAL:  too many connections for role "jiki"',
            "unreachable",
            "has no connection left for jiki",
        ),
        ("FATAL:  the database system is starting up", "unreachable", "is starting up"),
        ("FATAL:  the database system is shutting down", "unreachable", "is shutting down"),
        (
            "FATAL:  the database system is in recovery mode",
            "unreachable",
            "is recovering from a crash",
        ),
        (
            "FATAL:  the database system is not yet accepting connections\n"
            "DETAIL:  Consistent recovery state has not been yet reached.",
            "unreachable",
            "is recovering from a crash",
        ),
        ("connection timeout expired", "unreachable", "did not answer within 5 s"),
        (
            "Connection refused\n\tIs the server running on that host?",
            "unreachable",
            "refused the connection: nothing listens there",
        ),
        (
            "failed to resolve host 'db.internal': [Errno -2] Name or service not known",
            "unreachable",
            "is a host name that DNS doesn't know",
        ),
        (
            'FATAL:  no pg_hba.conf entry for host "10.1.0.7", user "jiki", database "x", no SSL',
            "refused",
            "has no pg_hba.conf entry for jiki",
        ),
        (
            'FATAL:  database "jiki_production" does not exist',
            "refused",
            "has no database jiki_production for jiki",
        ),
    ],
)
def test_each_wording_has_its_meaning(words: str, kind: str, message: str) -> None:
    error = connection_error(PREFIX + words, LOGIN, SETTINGS)

    assert (error.kind, str(error)) == (kind, f"db.internal:5432 {message}")


def test_a_wording_not_met_before_is_passed_on_in_one_line() -> None:
    error = connection_error("server closed the connection\n\tunexpectedly", LOGIN, SETTINGS)

    assert error.kind == "unreachable"
    assert str(error) == "db.internal:5432: server closed the connection unexpectedly"
