"""A `DATABASE_URL` as Rails and libpq read it: parsed, and given other credentials.

libpq's connection URIs (PostgreSQL documentation, section 34.1.1.2), which Rails takes too: scheme,
user and password (percent-encoded), host, port, name, options.
"""

import re
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import parse_qsl, quote, unquote

_URL = re.compile(
    r"(?P<scheme>postgres(?:ql)?|postgis)://"
    r"(?P<user>[^:/?#@\s]*):(?P<password>[^/?#@\s]*)@"
    r"(?P<host>\[[0-9a-fA-F:.]+\]|[^:/?#@,%\s\[\]]+)(?::(?P<port>[0-9]{0,5}))?"
    r"/(?P<name>[^?#\s]+)(?P<rest>\?\S*)?"
)
# What an option may say instead of the part before it: libpq takes the last, Rails the option.
LOGIN_OPTIONS = frozenset({"user", "username", "password"})
_PLACE_OPTIONS = frozenset({"host", "hostaddr", "port", "dbname", "database"})
POSTGRES_PORT = 5432
MAX_PORT = 65_535


class BadDatabaseUrl(Exception):
    """The text is a URL, but not one of PostgreSQL with all its parts; it is never quoted."""


class OtherDatabase(BadDatabaseUrl):
    """It is of another database."""

    def __init__(self, scheme: str) -> None:
        super().__init__(f"it is of {scheme}: only PostgreSQL is supported")
        self.scheme = scheme


def is_url(text: object) -> bool:
    """Whether a value is meant as a URL."""
    return isinstance(text, str) and "://" in text


def options(text: str) -> frozenset[str]:
    """The names of a URL's options, decoded."""
    return frozenset(name for name, _ in parse_qsl(text.partition("?")[2], keep_blank_values=True))


@dataclass(frozen=True)
class DatabaseUrl:
    """What the URL says, decoded."""

    text: str = field(repr=False)
    user: str
    password: str = field(repr=False)
    host: str
    port: int
    name: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises BadDatabaseUrl that says what is missing or of another database."""
        scheme = text.partition("://")[0]
        if re.fullmatch(r"mysql2?|trilogy|sqlserver|oracle(-enhanced)?|sqlite3?", scheme):
            raise OtherDatabase(scheme)
        match = _URL.fullmatch(text)
        if match is None or not match["password"]:
            raise BadDatabaseUrl("expected postgres://USER:PASSWORD@HOST:PORT/NAME in one line")
        if again := options(text) & (LOGIN_OPTIONS | _PLACE_OPTIONS):
            raise BadDatabaseUrl(f"its options say {', '.join(sorted(again))} once more")
        port = int(match["port"] or POSTGRES_PORT)
        if not 0 < port <= MAX_PORT:
            raise BadDatabaseUrl(f"its port must be from 1 to {MAX_PORT}")
        try:
            user, password, name = (
                unquote(match[part], errors="strict") for part in ("user", "password", "name")
            )
        except UnicodeDecodeError:
            raise BadDatabaseUrl("what is percent-encoded in it is not UTF-8") from None
        host = match["host"].strip("[]")
        return cls(text=text, user=user, password=password, host=host, port=port, name=name)

    def with_credentials(self, user: str, password: str) -> str:
        """The text with another login in it; every byte of what stays the same is kept."""
        match = _URL.fullmatch(self.text)
        if match is None:
            raise BadDatabaseUrl("it was no URL of PostgreSQL")
        new_user = match["user"] if user == self.user else quote(user, safe="")
        start, end = match.start("user"), match.end("password")
        return f"{self.text[:start]}{new_user}:{quote(password, safe='')}{self.text[end:]}"
