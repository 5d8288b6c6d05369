"""What a request function is given, and typed reading of the event it came in."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import psycopg

from ops_common.query_database import BadRequest, DatabaseAddress, Login

# PostgreSQL holds neither NUL nor half a character; JSON can spell both.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
# A name or an address. libpq takes more for a host, among it a path: a Unix socket, without TLS.
_HOST = re.compile(r"[A-Za-z0-9._:-]+")

# Of our own sessions, in pg_stat_activity.
APPLICATION_NAME = "jiki-ops"

type Connection = psycopg.Connection[tuple[Any, ...]]


class Fields:
    """Reads typed fields of a request. Each reader raises BadRequest that names the field."""

    def __init__(self, values: Mapping[str, Any], where: str = "") -> None:
        self._values = values
        self._where = where

    def text(self, name: str) -> str:
        """A non-empty string that PostgreSQL can hold."""
        value = self._values.get(name)
        if not _is_text(value):
            raise self._bad(name, "a non-empty string")
        return str(value)

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of distinct, non-empty strings."""
        value = self._values.get(name)
        if (
            not isinstance(value, list)
            or not all(_is_text(text) for text in value)
            or len(set(value)) < len(value)
        ):
            raise self._bad(name, "a list of distinct non-empty strings")
        return tuple(value)

    def integer(self, name: str, default: int | None = None) -> int:
        """A whole number above zero."""
        value = self._values.get(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise self._bad(name, "a whole number above zero")
        return value

    def time(self, name: str) -> datetime:
        """An aware time in ISO 8601."""
        try:
            time = datetime.fromisoformat(self.text(name))
        except ValueError:
            raise self._bad(name, "a time such as 2026-01-31T09:00:00+00:00") from None
        if time.tzinfo is None:
            raise self._bad(name, "a time with its zone")
        return time

    def object(self, name: str) -> "Fields":
        """A JSON object."""
        value = self._values.get(name)
        if not isinstance(value, dict):
            raise self._bad(name, "an object")
        return Fields(value, f"{self._where}{name}.")

    def login(self, name: str = "login") -> Login:
        """An address with a user; `password` may be null, which asks for an IAM token."""
        fields = self.object(name)
        port = fields.integer("port")
        if port > 65535:
            raise fields._bad("port", "at most 65535")
        host = fields.text("host")
        if not _HOST.fullmatch(host):
            raise fields._bad("host", "the name or the address of a host")
        address = DatabaseAddress(host, port, fields.text("name"))
        return Login(address, fields.text("user"), fields._optional_text("password"))

    def _optional_text(self, name: str) -> str | None:
        return None if self._values.get(name) is None else self.text(name)

    def _bad(self, name: str, expected: str) -> BadRequest:
        # Never quotes the value: it may be a password in the wrong place.
        field = f"{self._where}{name}"
        return BadRequest(f"{field} must be {expected}", field=field)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value) and not _UNSTORABLE.search(value)
