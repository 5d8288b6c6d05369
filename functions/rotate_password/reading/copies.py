"""The same password under other keys of the secret: a URL, another program's name for it."""

import json
import re
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote, unquote_plus

from ops_common.database_url import LOGIN_OPTIONS, options

# RFC 3986, section 3.2.1: the user information before the host.
_USER_INFO = re.compile(r"(?<=://)([^:/?#@\s]*):([^/?#@\s]*)(?=@)")
# A shorter password may be a part of a longer word by accident; of that length, hardly.
SUBSTRING_LENGTH = 8
_STANDARD_DIGITS = str.maketrans("-_", "+/")


def find(content: Mapping[str, Any], password: str, known: Sequence[str]) -> tuple[str, ...]:
    """The places (`key`, or `key.inner`) that hold the password, but for the known keys.

    As the whole value, as the password of a URL (percent-encoded or not), or, from 8 characters
    on, anywhere within, also as other formats spell it, and in Base64.
    """
    return tuple(
        place
        for place, text in _texts("", {k: v for k, v in content.items() if k not in known})
        if _holds(text, password)
    )


def advice(place: str, value: Any, password: str) -> str:
    """What to do about a place that `find` has found, with its key's value.

    A URL may be of another server, such as the queue's, whose password must not change with it.
    """
    if "." in place:
        return "take it out: no more than a key of the top level can change with the password"
    if password_in(value) != password:
        return "take it out: no more than a password alone, or a URL with it, can change"
    return f"PasswordCopies={place}, or a password of its own if it is for another server"


def renewed(value: str, *, user: str, password: str) -> str:
    """The new value of a key that holds a password alone, or a URL with it."""
    if "://" not in value:
        return password
    return _USER_INFO.sub(lambda _: f"{quote(user, safe='')}:{quote(password, safe='')}", value)


def password_in(value: Any) -> str:
    """The password of a value that is it alone, or a URL with it; empty where it is neither.

    So it is for a URL within which another login stands, or the same once more.
    """
    if not isinstance(value, str):
        return ""
    if "://" not in value:
        return value
    found = _USER_INFO.findall(value)
    return unquote(found[0][1]) if len(found) == 1 and not options(value) & LOGIN_OPTIONS else ""


def _holds(text: str, password: str) -> bool:
    if text == password or any(unquote(found) == password for _, found in _USER_INFO.findall(text)):
        return True
    if len(password) < SUBSTRING_LENGTH:
        return False
    texts = (text, unquote(text), unquote_plus(text), _decoded(text))
    return any(spelled in each for spelled in _spellings(password) for each in texts)


def _spellings(password: str) -> set[str]:
    """As it is, and within quotes: in JSON, YAML (and SQL), and libpq's `key='value'`."""
    return {
        password,
        json.dumps(password)[1:-1],
        json.dumps(password, ensure_ascii=False)[1:-1],
        password.replace("'", "''"),
        password.replace("\\", "\\\\").replace("'", "\\'"),
    }


def _decoded(text: str) -> str:
    """What a text in Base64 (RFC 4648) says, percent-decoded; empty for any other."""
    # In lines, by the alphabet for URLs, or without its padding.
    digits = "".join(text.split()).translate(_STANDARD_DIGITS).rstrip("=")
    try:
        return unquote(b64decode(digits + "=" * (-len(digits) % 4), validate=True).decode())
    except ValueError:
        return ""


def _texts(place: str, value: Any) -> Iterator[tuple[str, str]]:
    match value:
        case str():
            yield place, value
        case Mapping():
            for key, inner in value.items():
                yield from _texts(f"{place}.{key}" if place else str(key), inner)
        case list():
            for number, inner in enumerate(value):
                yield from _texts(f"{place}.{number}", inner)
