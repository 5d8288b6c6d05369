"""Values as JSON holds them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any


def jsonable(value: Any) -> Any:
    """Named tuples as objects, other sequences as arrays, times as ISO 8601.

    Plain values first: whether one is a Mapping, an abstract class, Python finds out by a trip
    through all classes below it, once for each type of value.
    """
    match value:
        case str() | int() | float() | None:
            return value
        case datetime():
            return value.isoformat()
        case tuple() if hasattr(value, "_fields"):
            return {name: jsonable(inner) for name, inner in zip(value._fields, value, strict=True)}
        case list() | tuple():
            return [jsonable(inner) for inner in value]
        case Mapping():
            return {key: jsonable(inner) for key, inner in value.items()}
        case _:
            return value
