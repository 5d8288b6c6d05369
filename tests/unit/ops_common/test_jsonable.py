"""Values as JSON holds them."""

import sys
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from ops_common.jsonable import jsonable


class Colour(StrEnum):
    RED = "red"


class Place(NamedTuple):
    name: str
    since: datetime
    tags: tuple[str, ...] = ()


def test_named_tuples_mappings_and_times_at_any_depth() -> None:
    noon = datetime(2026, 8, 1, 12, tzinfo=UTC)
    found = jsonable(MappingProxyType({"places": [Place("a", noon, ("x", "y"))], "none": None}))
    place = {"name": "a", "since": "2026-08-01T12:00:00+00:00", "tags": ["x", "y"]}
    assert found == {"places": [place], "none": None}


@pytest.mark.parametrize(
    "value", ["text", Colour.RED, 1, 1.5, True, None, Place("a", datetime.max)]
)
def test_no_plain_value_is_compared_with_an_abstract_class(value: Any) -> None:
    asked = 0

    def note(frame: Any, event: str, _: object) -> None:
        nonlocal asked
        asked += event == "call" and frame.f_code.co_name == "__instancecheck__"

    sys.setprofile(note)
    try:
        jsonable(value)
    finally:
        sys.setprofile(None)
    assert not asked
