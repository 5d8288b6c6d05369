"""Values as JSON holds them."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any


def jsonable(value: Any) -> Any:
    """Dataclasses as objects, sequences as arrays, times as ISO 8601.

    Unlike `dataclasses.asdict` it copies nothing that can't change, which with sixty transitions
    in an item is most of the work.
    """
    match value:
        case datetime():
            return value.isoformat()
        case Mapping():
            return {key: jsonable(inner) for key, inner in value.items()}
        case list() | tuple():
            return [jsonable(inner) for inner in value]
        case _ if is_dataclass(value):
            return {one.name: jsonable(getattr(value, one.name)) for one in fields(value)}
        case _:
            return value
