"""The requests there are, and how each is read from an event."""

from collections.abc import Callable, Mapping
from typing import Any

import psycopg

from ops_common.query_database import BadRequest, DatabaseAddress, Login
from query_database.connection import connect
from query_database.settings import Settings

type Connection = psycopg.Connection[tuple[Any, ...]]
type Answer = dict[str, Any]


class Fields:
    """Reads typed fields of a request. Raises BadRequest that names the field."""

    def __init__(self, values: Mapping[str, Any], where: str) -> None:
        self._values = values
        self._where = where

    def text(self, name: str) -> str:
        """A non-empty string."""
        value = self._values.get(name)
        if not isinstance(value, str) or not value:
            raise BadRequest(f"{self._where}{name} must be a non-empty string")
        return value

    def integer(self, name: str, default: int | None = None) -> int:
        """A whole number above zero."""
        value = self._values.get(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise BadRequest(f"{self._where}{name} must be a whole number above zero")
        return value

    def object(self, name: str) -> "Fields":
        """A JSON object."""
        value = self._values.get(name)
        if not isinstance(value, dict):
            raise BadRequest(f"{self._where}{name} must be an object")
        return Fields(value, f"{self._where}{name}.")

    def login(self, name: str = "login") -> Login:
        """An address with a user; `password` may be null (IAM token)."""
        fields = self.object(name)
        password = fields._values.get("password")
        if password is not None and not isinstance(password, str):
            raise BadRequest(f"{fields._where}password must be a string or null")
        address = DatabaseAddress(fields.text("host"), fields.integer("port"), fields.text("name"))
        return Login(address, fields.text("user"), password)


def check_login(connection: Connection, _fields: Fields) -> Answer:
    """Who is logged in, and how."""
    row = connection.execute(
        "SELECT session_user, current_user, current_setting('server_version'),"
        " (SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid())"
    ).fetchone()
    assert row is not None  # noqa: S101  # a SELECT without FROM has one row
    return dict(zip(("session_user", "current_user", "server_version", "tls"), row, strict=True))


REQUESTS: dict[str, Callable[[Connection, Fields], Answer]] = {
    "check_login": check_login,
}


def answer(event: Any, settings: Settings) -> Answer:
    """Answer one request. Raises the DatabaseError that fits."""
    if not isinstance(event, dict):
        raise BadRequest("the event must be an object with a field request")
    fields = Fields(event, "")
    name = fields.text("request")
    if name not in REQUESTS:
        raise BadRequest(f"unknown request {name!r}; expected one of {', '.join(sorted(REQUESTS))}")
    with connect(fields.login(), settings) as connection:
        return REQUESTS[name](connection, fields)
