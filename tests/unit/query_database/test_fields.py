"""A bad request is answered by naming the field and what was expected, never its value."""

from typing import Any

import pytest

from ops_common.query_database import BadRequest, DatabaseAddress, Login
from query_database.app import handler
from query_database.fields import Fields
from query_database.requests import REQUESTS

LOGIN = {"host": "db", "port": 5432, "name": "jiki", "user": "u", "password": "hunter2"}


def test_reads_a_login() -> None:
    assert Fields({"login": LOGIN}).login() == Login(
        DatabaseAddress("db", 5432, "jiki"), "u", "hunter2"
    )


def test_a_login_may_come_without_a_password() -> None:
    assert Fields({"login": LOGIN | {"password": None}}).login().password is None


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"host": ""}, "login.host must be a non-empty string"),
        ({"host": "a\0b"}, "login.host must be a non-empty string"),
        ({"host": "/var/run/postgresql"}, "login.host must be the name or the address of a host"),
        ({"host": "db,/tmp"}, "login.host must be the name or the address of a host"),
        ({"host": "@abstract"}, "login.host must be the name or the address of a host"),
        ({"password": "hunter2\ud800"}, "login.password must be a non-empty string"),
        ({"name": None}, "login.name must be a non-empty string"),
        ({"user": 7}, "login.user must be a non-empty string"),
        ({"password": ""}, "login.password must be a non-empty string"),
        ({"password": ["hunter2"]}, "login.password must be a non-empty string"),
        ({"port": "5432"}, "login.port must be a whole number above zero"),
        ({"port": True}, "login.port must be a whole number above zero"),
        ({"port": 0}, "login.port must be a whole number above zero"),
        ({"port": 65536}, "login.port must be at most 65535"),
    ],
)
def test_a_bad_field_of_a_login_is_named(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(BadRequest) as caught:
        Fields({"login": LOGIN | change}).login()

    assert str(caught.value) == complaint
    assert "hunter2" not in repr(caught.value)


@pytest.mark.parametrize("value", [None, "ab", ["a", "a"], ["a", ""], ["a", 1], ["a", "b\0"]])
def test_a_list_of_texts_holds_distinct_texts(value: Any) -> None:
    with pytest.raises(BadRequest, match="users must be a list of distinct non-empty strings"):
        Fields({"users": value}).texts("users")


@pytest.mark.parametrize(
    ("event", "complaint"),
    [
        ([], "the event must be an object with a field request"),
        (None, "the event must be an object with a field request"),
        ({}, "request must be a non-empty string"),
        ({"request": "check_login"}, "login must be an object"),
        ({"request": "drop_table", "login": LOGIN}, "unknown request; expected one of check_login"),
        ({"request": "check_login", "login": LOGIN | {"port": -1}}, "login.port must be a whole"),
        (
            {"request": "check_login", "login": LOGIN | {"password": None}},
            "login.password must be given: DATABASE_AUTH is not iam",
        ),
    ],
)
def test_the_handler_answers_a_bad_request_and_does_not_raise(
    event: Any, complaint: str, lambda_context: Any
) -> None:
    answer = handler(event, lambda_context)

    assert answer["ok"] is False
    assert answer["error"]["kind"] == "bad_request"
    assert answer["error"]["message"].startswith(complaint)


def test_every_request_says_in_its_docstring_what_it_answers() -> None:
    assert all(function.__doc__ for function in REQUESTS.values())
