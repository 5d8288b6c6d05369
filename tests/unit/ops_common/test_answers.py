"""An answer of query_database is written and read by one class."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import pytest

from ops_common.answers.answer import Answer, UnexpectedAnswer


class Kind(StrEnum):
    READY = "ready"


@dataclass(frozen=True)
class Part(Answer):
    name: str
    seconds: float | None = None


@dataclass(frozen=True)
class Whole(Answer):
    taken_at: datetime
    kind: Kind
    count: int
    running: bool
    parts: tuple[Part, ...]
    by_name: Mapping[str, int]
    versions: Mapping[str, str | None]
    first: Part | None
    later: int = 7


WHOLE = Whole(
    taken_at=datetime(2026, 11, 25, 4, tzinfo=UTC),
    kind=Kind.READY,
    count=3,
    running=True,
    parts=(Part("a", 1.5), Part("b")),
    by_name={"x": 1},
    versions={"public": None, "other": "1"},
    first=None,
)


def test_what_is_written_is_read() -> None:
    text = json.dumps(WHOLE.as_json())

    assert Whole.from_json(json.loads(text)) == WHOLE


def test_a_reader_takes_an_older_and_a_newer_answer() -> None:
    older = {name: value for name, value in WHOLE.as_json().items() if name != "later"}

    assert Whole.from_json(older).later == 7
    assert Whole.from_json(WHOLE.as_json() | {"unheard_of": 1}) == WHOLE


def test_a_whole_number_is_read_as_seconds() -> None:
    assert Part.from_json({"name": "a", "seconds": 2}) == Part("a", 2.0)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"count": "3"}, "count"),
        ({"count": True}, "count"),
        ({"running": 1}, "running"),
        ({"kind": "unheard of"}, "kind"),
        ({"taken_at": "yesterday"}, "taken_at"),
        ({"parts": "a"}, "parts"),
        ({"by_name": ["x"]}, "by_name"),
        ({"first": 3}, "first"),
    ],
)
def test_a_field_of_another_type_is_named_without_its_value(
    change: dict[str, Any], field: str
) -> None:
    with pytest.raises(UnexpectedAnswer) as caught:
        Whole.from_json(WHOLE.as_json() | change)

    assert caught.value.fields == (field,)
    assert repr(change[field]) not in str(caught.value)


def test_missing_fields_are_named() -> None:
    with pytest.raises(UnexpectedAnswer) as caught:
        Part.from_json({})
    assert caught.value.fields == ("name",)
