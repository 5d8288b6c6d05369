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
    "change",
    [
        {"host": ""},
        {"host": "a\0b"},
        {"host": "/var/run/postgresql"},
        {"host": "db,/tmp"},
        {"host": "@abstract"},
        {"password": "hunter2\ud800"},
        {"name": None},
        {"user": 7},
        {"password": ""},
        {"password": ["hunter2"]},
        {"port": "5432"},
        {"port": True},
        {"port": 0},
        {"port": 65536},
    ],
)
def test_a_bad_field_of_a_login_is_named(change: dict[str, Any]) -> None:
    with pytest.raises(BadRequest) as caught:
        Fields({"login": LOGIN | change}).login()

    assert caught.value.field == f"login.{next(iter(change))}"
    assert "hunter2" not in repr(caught.value)


@pytest.mark.parametrize("value", [None, "ab", ["a", "a"], ["a", ""], ["a", 1], ["a", "b\0"]])
def test_a_list_of_texts_holds_distinct_texts(value: Any) -> None:
    with pytest.raises(BadRequest) as caught:
        Fields({"users": value}).texts("users")
    assert caught.value.field == "users"


@pytest.mark.parametrize(
    ("event", "field"),
    [
        ([], "request"),
        (None, "request"),
        ({}, "request"),
        ({"request": "check_login"}, "login"),
        ({"request": "drop_table", "login": LOGIN}, "request"),
        ({"request": "check_login", "login": LOGIN | {"port": -1}}, "login.port"),
        ({"request": "check_login", "login": LOGIN | {"password": None}}, "login.password"),
    ],
)
def test_the_handler_answers_a_bad_request_and_does_not_raise(
    event: Any, field: str, lambda_context: Any
) -> None:
    answer = handler(event, lambda_context)

    assert answer["ok"] is False
    assert (answer["error"]["kind"], answer["error"]["field"]) == ("bad_request", field)


def test_every_request_says_in_its_docstring_what_it_answers() -> None:
    assert all(function.__doc__ for function in REQUESTS.values())
