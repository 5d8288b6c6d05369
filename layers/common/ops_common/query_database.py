"""How the other functions ask `query_database`, the only one that reaches PostgreSQL.

A request is `{"request": NAME, "login": {...}, ...}`; the answer is an envelope, either
`{"ok": true, "answer": {...}}` or `{"ok": false, "error": {"kind": KIND, "message": TEXT, ...}}`.
A program goes by the kind and the error's other fields, a person by its message. Only a defect of
the function itself raises there, so its error alarm means a defect.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from .database_cause import DatabaseCause

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


class DatabaseAddress(NamedTuple):
    """Where the database listens."""

    host: str
    port: int
    name: str


@dataclass(frozen=True)
class Login:
    """An address, a user, and a password; without a password an IAM token is used."""

    address: DatabaseAddress
    user: str
    password: str | None = field(repr=False)

    def as_json(self) -> dict[str, Any]:
        """The `login` part of a request."""
        return {**self.address._asdict(), "user": self.user, "password": self.password}


class DatabaseError(Exception):
    """The database, or the function in front of it, did not give an answer.

    `cause`: which of the kind's; None where the kind says all, or nobody knows. `sqlstate`: the
    server's code, if it gave one. `field`: of the request, what is wrong, or empty.
    """

    kind = "failed"

    def __init__(
        self,
        message: str,
        *,
        cause: DatabaseCause | None = None,
        sqlstate: str = "",
        field: str = "",
    ) -> None:
        super().__init__(message)
        self.cause, self.sqlstate, self.field = cause, sqlstate, field

    def as_json(self) -> dict[str, Any]:
        """The `error` of an answer."""
        return {
            "kind": self.kind,
            "cause": self.cause,
            "sqlstate": self.sqlstate,
            "field": self.field,
            "message": str(self),
        }

    @staticmethod
    def from_json(values: Mapping[str, Any]) -> "DatabaseError":
        """Read what `as_json` wrote, as the error of its kind.

        While a stack is updated the functions are not all of one version: a cause that this one
        does not know is none.
        """
        cause = values.get("cause") or ""
        return ERRORS.get(values["kind"], DatabaseError)(
            values["message"],
            cause=DatabaseCause(cause) if cause in DatabaseCause else None,
            sqlstate=values.get("sqlstate", ""),
            field=values.get("field", ""),
        )


class BadRequest(DatabaseError):
    """`query_database` does not know the request, or a field of it is wrong."""

    kind = "bad_request"


class DatabaseUnreachable(DatabaseError):
    """No connection within the timeout, or a server that must not be trusted (TLS)."""

    kind = "unreachable"


class LoginRefused(DatabaseError):
    """The server refused this user with this password (SQLSTATE 28P01, 28000)."""

    kind = "login_refused"


class LoginDisabled(LoginRefused):
    """The password is right or not asked for: the role may not log in (NOLOGIN), or otherwise."""

    kind = "login_disabled"


class DatabaseReadOnly(DatabaseUnreachable):
    """A standby answered where something was to be changed (SQLSTATE 25006)."""

    kind = "read_only"


class DatabaseTimeout(DatabaseError):
    """A statement or a lock took longer than its timeout (SQLSTATE 57014, 55P03)."""

    kind = "timeout"


class DatabaseRefused(DatabaseError):
    """The server answered with another error (`sqlstate`)."""

    kind = "refused"


class QueueTablesMissing(DatabaseError):
    """The database that was asked holds no tables of Solid Queue."""

    kind = "queue_tables_missing"


ERRORS: dict[str, type[DatabaseError]] = {
    error.kind: error
    for error in (
        BadRequest,
        DatabaseUnreachable,
        LoginRefused,
        LoginDisabled,
        DatabaseReadOnly,
        DatabaseTimeout,
        DatabaseRefused,
        QueueTablesMissing,
        DatabaseError,
    )
}


class QueryDatabase(Protocol):
    """The question-and-answer port; tests give a fake, production gives the Lambda."""

    def ask(
        self, request: str, login: Login, parameters: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The answer to one request. Raises a DatabaseError of the kind that was reported."""


class LambdaQueryDatabase:
    """Asks the deployed function by a synchronous invoke."""

    def __init__(self, client: "LambdaClient", function_name: str) -> None:
        self._client = client
        self._function_name = function_name

    def connect(self) -> None:
        """Open a connection to Lambda by asking whether the function may be invoked; it isn't."""
        answer = self._client.invoke(FunctionName=self._function_name, InvocationType="DryRun")
        answer["Payload"].read()  # empty; until it is read the connection isn't free

    def ask(
        self, request: str, login: Login, parameters: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """See QueryDatabase; a crash of the function is a DatabaseError without its details."""
        payload = {"request": request, "login": login.as_json(), **(parameters or {})}
        response = self._client.invoke(
            FunctionName=self._function_name,
            InvocationType="RequestResponse",
            Payload=json.dumps(payload).encode(),
        )
        body = json.loads(response["Payload"].read())
        if "FunctionError" in response:
            # Its message may quote the event, and the event holds a password: keep the type only.
            kind = body.get("errorType", "unknown") if isinstance(body, dict) else "unknown"
            said = f"{self._function_name} failed on {request}: {kind}"
            raise DatabaseError(said, cause=DatabaseCause.CRASHED)
        if body["ok"]:
            answer: dict[str, Any] = body["answer"]
            return answer
        raise DatabaseError.from_json(body["error"])
