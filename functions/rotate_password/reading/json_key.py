"""Putting a text at one key of a JSON object, and leaving every other byte as it is.

Parsing and writing the object anew would change number formats (1.0e5), escapes, white space and
duplicate keys of a document that a dozen other programs read and people edit.
"""

import json
import re
from collections.abc import Iterator, Mapping

_WHITE_SPACE = re.compile(r"[ \t\n\r]*")  # RFC 8259, section 2
# Numbers stay text: Python limits the digits of an int, JSON does not.
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str)


class NotAnObject(Exception):
    """The document is not one JSON object; the message quotes none of it."""


def put(document: str, values: Mapping[str, str]) -> str:
    """The document with new strings at some keys of its top level, all else byte for byte.

    A key that occurs twice is replaced twice: parsers differ in which of them counts. One that
    doesn't occur is put after the last one. Raises NotAnObject.
    """
    found: set[str] = set()
    pieces: list[str] = []
    position = end = 0
    for key, start, end in _members(document):
        if key in values:
            found.add(key)
            pieces += [document[position:start], json.dumps(values[key])]
            position = end
    if missing := [
        f"{json.dumps(key)}: {json.dumps(value)}"
        for key, value in values.items()
        if key not in found
    ]:
        place = end or document.index("{") + 1
        pieces += [document[position:place], ", " if end else "", ", ".join(missing)]
        position = place
    return "".join([*pieces, document[position:]])


def _members(document: str) -> Iterator[tuple[str, int, int]]:
    """Each top-level key as it reads decoded, with the start and end of its value's text."""
    try:
        if not isinstance(json.loads(document, parse_int=str, parse_float=str), dict):
            raise NotAnObject("expected a JSON object")
        position = _skip(document, 0) + 1  # past "{"
        while document[position := _skip(document, position)] != "}":
            key, position = _DECODER.raw_decode(document, position)
            start = _skip(document, _skip(document, position) + 1)  # past ":"
            _, end = _DECODER.raw_decode(document, start)
            yield key, start, end
            position = _skip(document, end)
            position += document[position] == ","
    except (ValueError, RecursionError):
        # The decoder's own message may quote the document.
        raise NotAnObject("expected a JSON object") from None


def _skip(document: str, position: int) -> int:
    match = _WHITE_SPACE.match(document, position)
    assert match is not None  # noqa: S101  # the expression matches the empty string too
    return match.end()
