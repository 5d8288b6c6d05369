"""A dataclass that crosses the invoke as JSON, by the types of its fields."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields
from datetime import datetime
from enum import Enum
from types import NoneType
from typing import Any, Self, Union, get_args, get_origin, get_type_hints

from ..query_database import DatabaseError


class UnexpectedAnswer(DatabaseError):
    """The answer isn't of the class that the asker reads: the two functions differ in version."""

    def __init__(self, words: str, *fields: str) -> None:
        super().__init__(words)
        self.fields = fields


@dataclass(frozen=True)
class Answer:
    """Base of all answers. Fields may be JSON's own types, `datetime`, an enum, `tuple[X, ...]`,
    `Mapping[str, X]`, another Answer, or one of these or None.
    """

    def as_json(self) -> dict[str, Any]:
        """The answer as JSON holds it."""
        return {field.name: _encoded(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Read what `as_json` wrote. A field that the class lacks is ignored, one that the text
        lacks is its default. Raises UnexpectedAnswer that names the field.
        """
        known = {field.name: field for field in fields(cls)}
        if missing := [name for name, one in known.items() if name not in values and _needed(one)]:
            raise UnexpectedAnswer(f"{cls.__name__} lacks {', '.join(missing)}", *missing)
        if cls not in _HINTS:
            _HINTS[cls] = get_type_hints(cls)
        hints = _HINTS[cls]
        read: dict[str, Any] = {}
        for name in known.keys() & values.keys():
            try:
                read[name] = _decoded(values[name], hints[name])
            except (TypeError, ValueError, AttributeError):
                raise UnexpectedAnswer(f"{cls.__name__} has a bad {name}", name) from None
        return cls(**read)


_HINTS: dict[type, dict[str, Any]] = {}


def _needed(field: "Field[Any]") -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _encoded(value: Any) -> Any:
    match value:
        case Answer():
            return value.as_json()
        case datetime():
            return value.isoformat()
        case Enum():
            return value.value
        case Mapping():
            return {key: _encoded(inner) for key, inner in value.items()}
        case tuple():
            return [_encoded(inner) for inner in value]
        case _:
            return value


def _decoded(value: Any, kind: Any) -> Any:
    """The value as a field of that type. Raises TypeError, ValueError or AttributeError."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin is tuple:
        return tuple(_decoded(one, inner[0]) for one in _is(value, list))
    if origin is Mapping:
        return {key: _decoded(one, inner[1]) for key, one in value.items()}
    if origin is not None:  # X | None
        return None if value is None else _decoded(value, _not_none(kind))
    if kind is Any:
        return value
    if kind is datetime:
        return datetime.fromisoformat(value)
    if issubclass(kind, Answer):
        return kind.from_json(value)
    if issubclass(kind, Enum):
        return kind(value)
    if kind is float and not isinstance(value, bool):
        return float(_is(value, int | float))
    if isinstance(value, bool) is not (kind is bool):
        raise TypeError
    return _is(value, kind)


def _is(value: Any, kind: Any) -> Any:
    if not isinstance(value, kind):
        raise TypeError
    return value


def _not_none(kind: Any) -> Any:
    return Union[tuple(one for one in get_args(kind) if one is not NoneType)]  # noqa: UP007  # of kinds known at run time
