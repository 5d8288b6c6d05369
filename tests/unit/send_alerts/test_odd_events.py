"""Events with fields that are missing or odd: each is sent somehow, and keeps back nothing."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.alert_batches import EVENTS
from send_alerts.reading.notice import Signal
from send_alerts.reading.parse import parse
from tests.unit.send_alerts.alert_world import NOON, STACK_INFO, AlertWorld
from tests.unit.send_alerts.parsing import Event

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


FIELDS = ["source", "detail", "detail-type", "Records", "Message", "AlarmName", "id", "time", "x"]


def assert_told(event: Any) -> None:
    found = parse(json.dumps(event), NOON, STACK_INFO)
    world = AlertWorld()
    assert found
    if isinstance(found, list):
        world.notify(*found)
        assert world.threads.messages or found[0].signal is not Signal.OPEN


@given(st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_any_object_is_sent_somehow(event: dict[str, Any]) -> None:
    assert_told(event)


def announced(event: dict[str, Any]) -> bool:
    found = parse(json.dumps(event), NOON, STACK_INFO)
    assert isinstance(found, list)
    return [notice.signal for notice in found if not notice.hold] == [Signal.OPEN]


ALARMS = [json.loads(path.read_text()) for path in (EVENTS / "alerts").glob("alarm_*.json")]
ALARMS = [event for event in ALARMS if announced(event)]


@given(st.sampled_from(ALARMS), st.data())
def test_an_alarm_with_any_field_missing_or_odd_is_sent_somehow(
    event: dict[str, Any], data: st.DataObject
) -> None:
    field = data.draw(st.sampled_from(sorted(event["detail"])))
    detail = {**event["detail"], field: data.draw(JSON)}
    assert_told({**event, "detail": detail})


def with_odd_fields(value: Any, odd: Any) -> Iterator[Any]:
    """The value with one of its fields, at any depth, made odd; each once."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield {**value, name: odd}
            yield from ({**value, name: changed} for changed in with_odd_fields(inner, odd))


KNOWN = [
    path.stem
    for kind in ("own", "ecs", "alarm", "sns")
    for path in sorted((EVENTS / "alerts").glob(f"{kind}_*.json"))
]


@pytest.mark.parametrize("name", KNOWN)
@pytest.mark.parametrize("odd", [None, 7, ["a"], {}], ids=str)
def test_one_odd_field_keeps_nothing_from_being_sent_nor_what_comes_after(
    event: Event, name: str, odd: Any
) -> None:
    whole = event(f"alerts/{name}")
    for changed in with_odd_fields(whole, odd):
        world = AlertWorld()
        for one in (changed, whole):
            found = parse(json.dumps(one), NOON, STACK_INFO)
            if isinstance(found, list):
                world.notify(*found)
        assert not any(world.incident(key).outbox for key in world.items.incident_keys), changed
