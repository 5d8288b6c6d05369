"""What people read of an error; everywhere else the tests go by its fields."""

from dataclasses import replace
from typing import Any

import psycopg
import pytest

from ops_common.database_cause import DatabaseCause as Cause
from ops_common.query_database import BadRequest, DatabaseAddress, Login
from query_database.app import handler
from query_database.fields import Fields
from query_database.libpq import Refusal
from query_database.refusals import connection_error, statement_error
from query_database.words import WORDS

LOGIN = Login(DatabaseAddress("db.internal", 5432, "jiki_production"), "jiki", "hunter2")


def said(refusal: Refusal, login: Login = LOGIN) -> str:
    return str(connection_error(refusal, login, 5))


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (Refusal("", "28P01"), "db.internal:5432 refused the login of jiki"),
        (
            Refusal("", "3D000"),
            "db.internal:5432 has no database jiki_production for jiki",
        ),
        (Refusal("", "53200"), "db.internal:5432 is out of resources (53200)"),
        (Refusal("", timed_out=True), "db.internal:5432 did not answer within 5 s"),
        (
            Refusal("received invalid response to SSL negotiation: J"),
            "db.internal:5432 is no PostgreSQL server (MySQL?): only PostgreSQL is supported",
        ),
        (
            Refusal("server requested a cleartext password"),
            "db.internal:5432 wants the password of jiki in clear text: a role that was granted"
            " rds_iam logs in by IAM token alone (REVOKE rds_iam FROM jiki)",
        ),
        (
            Refusal('authentication method requirement "password" failed'),
            "db.internal:5432 takes no IAM token of jiki (GRANT rds_iam TO jiki)",
        ),
        # What nobody knows is shown as it was said.
        (Refusal("server {closed} it"), "db.internal:5432 server {closed} it"),
        (Refusal("{user}: new", "XX000"), "db.internal:5432 said XX000: {user}: new"),
    ],
)
def test_a_refusal_names_the_server_and_what_it_said(refusal: Refusal, words: str) -> None:
    assert said(refusal) == words


def test_every_cause_of_a_connection_has_words() -> None:
    assert set(Cause) - WORDS.keys() == {
        Cause.CRASHED,
        Cause.NOT_PREPARED,
        Cause.NOT_ALLOWED_TO_SET,
    }


def test_a_region_without_roots_is_named() -> None:
    host = "jiki.cluster-c0ffee.ca-west-1.rds.amazonaws.com"
    unknown = Refusal("SSL error: certificate verify failed")
    words = said(unknown, replace(LOGIN, address=LOGIN.address._replace(host=host)))
    assert words.endswith(
        "an unknown CA: the roots of ca-west-1 are not in the layer (docs/deploy.md, Certificates)"
    )
    assert said(unknown).endswith("an unknown CA")


def test_an_error_of_a_statement_names_its_code_and_no_detail() -> None:
    error = psycopg.errors.InsufficientPrivilege("permission denied for table t\nDETAIL: marker")
    words = str(statement_error(error, LOGIN))
    assert words.startswith("db.internal:5432: 42501 ")
    assert "marker" not in words


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"host": ""}, "login.host must be a non-empty string"),
        ({"host": "/tmp"}, "login.host must be the name or the address of a host"),
        ({"port": 0}, "login.port must be a whole number above zero"),
        ({"port": 65536}, "login.port must be at most 65535"),
    ],
)
def test_a_bad_field_is_named_with_what_was_expected(change: dict[str, Any], words: str) -> None:
    with pytest.raises(BadRequest) as caught:
        Fields({"login": LOGIN.as_json() | change}).login()
    assert str(caught.value) == words


@pytest.mark.parametrize(
    ("read", "words"),
    [
        (lambda fields: fields.texts("f"), "f must be a list of distinct non-empty strings"),
        (lambda fields: fields.object("f"), "f must be an object"),
        (lambda fields: fields.time("f"), "f must be a time such as 2026-01-31T09:00:00+00:00"),
    ],
)
def test_what_a_field_should_be_is_said(read: Any, words: str) -> None:
    with pytest.raises(BadRequest) as caught:
        read(Fields({"f": "x"}))
    assert str(caught.value) == words


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ([], "the event must be an object with a field request"),
        ({"request": "drop_table"}, "request must be one of check_login, connection_usage, "),
        (
            {"request": "check_login", "login": LOGIN.as_json() | {"password": None}},
            "login.password must be given: DATABASE_AUTH is not iam",
        ),
    ],
)
def test_who_invokes_it_by_hand_reads_what_to_send(
    event: Any, words: str, lambda_context: Any
) -> None:
    assert handler(event, lambda_context)["error"]["message"].startswith(words)
