import io
import json
from typing import Any

import pytest

from ops_common.query_database import (
    ERRORS,
    DatabaseAddress,
    DatabaseError,
    LambdaQueryDatabase,
    Login,
)

LOGIN = Login(DatabaseAddress("db.example", 5432, "app"), "jiki", "s3cret-marker")


class FakeLambda:
    """Answers every invoke with one payload, and keeps what it was asked."""

    def __init__(self, payload: Any, *, function_error: bool = False) -> None:
        self._payload = payload
        self._function_error = function_error
        self.requests: list[dict[str, Any]] = []

    def invoke(self, *, FunctionName: str, InvocationType: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803  # boto3's names
        self.requests.append(json.loads(Payload))
        response: dict[str, Any] = {"Payload": io.BytesIO(json.dumps(self._payload).encode())}
        return response | ({"FunctionError": "Unhandled"} if self._function_error else {})


def ask(client: FakeLambda) -> dict[str, Any]:
    return LambdaQueryDatabase(client, "query").ask("check_login", LOGIN, {"extra": 1})


def test_sends_the_request_with_the_login_and_its_parameters() -> None:
    client = FakeLambda({"ok": True, "answer": {"session_user": "jiki"}})
    assert ask(client) == {"session_user": "jiki"}
    assert client.requests == [
        {
            "request": "check_login",
            "login": {
                "host": "db.example",
                "port": 5432,
                "name": "app",
                "user": "jiki",
                "password": "s3cret-marker",
            },
            "extra": 1,
        }
    ]


@pytest.mark.parametrize("kind", sorted(ERRORS))
def test_raises_the_error_of_the_reported_kind(kind: str) -> None:
    client = FakeLambda({"ok": False, "error": {"kind": kind, "message": "words"}})
    with pytest.raises(ERRORS[kind], match="words") as error:
        ask(client)
    assert type(error.value) is ERRORS[kind]


def test_an_unknown_kind_is_a_plain_database_error() -> None:
    client = FakeLambda({"ok": False, "error": {"kind": "new", "message": "words"}})
    with pytest.raises(DatabaseError, match="words"):
        ask(client)


def test_a_crash_is_named_by_its_type_without_its_message() -> None:
    client = FakeLambda(
        {"errorType": "KeyError", "errorMessage": "s3cret-marker"}, function_error=True
    )
    with pytest.raises(DatabaseError, match="query failed on check_login: KeyError") as error:
        ask(client)
    assert "s3cret-marker" not in str(error.value)


def test_the_representation_of_a_login_hides_its_password() -> None:
    assert "s3cret-marker" not in repr(LOGIN)
