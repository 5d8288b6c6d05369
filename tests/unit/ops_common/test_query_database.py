import io
import json
from typing import Any

import pytest

from ops_common.database_cause import DatabaseCause
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
@pytest.mark.parametrize("cause", [None, DatabaseCause.NO_TLS])
def test_an_error_crosses_with_its_kind_and_all_of_its_fields(
    kind: str, cause: DatabaseCause | None
) -> None:
    reported = ERRORS[kind]("words", cause=cause, sqlstate="42501", field="login.host")
    with pytest.raises(ERRORS[kind]) as error:
        ask(FakeLambda({"ok": False, "error": reported.as_json()}))
    assert type(error.value) is ERRORS[kind]
    assert error.value.cause is cause
    assert error.value.as_json() == reported.as_json()
    assert str(error.value) == "words"


def test_an_unknown_kind_or_cause_is_a_plain_database_error() -> None:
    client = FakeLambda({"ok": False, "error": {"kind": "new", "cause": "new", "message": "words"}})
    with pytest.raises(DatabaseError) as error:
        ask(client)
    assert error.value.cause is None
    assert type(error.value) is DatabaseError


def test_a_crash_is_known_as_one_and_its_message_stays_behind() -> None:
    client = FakeLambda(
        {"errorType": "KeyError", "errorMessage": "s3cret-marker"}, function_error=True
    )
    with pytest.raises(DatabaseError) as error:
        ask(client)
    assert error.value.cause is DatabaseCause.CRASHED
    assert "s3cret-marker" not in str(error.value)


def test_the_representation_of_a_login_hides_its_password() -> None:
    assert "s3cret-marker" not in repr(LOGIN)
