"""Whatever stands in the memory's item, the next tick runs, and decides as it would without."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scale_workers.memory import Remembered
from scale_workers.policy.conditions import Condition, Conditions, follow
from scale_workers.policy.decision import decide
from scale_workers.policy.history import (
    Arrivals,
    Burst,
    Memory,
    Missing,
    RequiredTasks,
    ServiceMemory,
)
from scale_workers.policy.model import Policy, ServiceState
from tests.unit.scale_workers.tick_world import NOW, measured, worker

MINUTE = timedelta(minutes=1)
WHOLE = Remembered(
    Memory(
        measured_at=NOW - MINUTE,
        enqueued_total=500,
        started_total=450,
        waiting=50,
        estimated=20,
        in_flight=3,
        arrivals=(Arrivals(60, 20), Arrivals(60, 30)),
        busy_seconds=600,
        long_seconds=60,
        finished_jobs=300,
        soon_due=(1, 2),
        bursts=(Burst(NOW - 60 * MINUTE, 900), Burst(NOW - 120 * MINUTE, 900)),
        required=(RequiredTasks(NOW - 2 * MINUTE, 3, 2), RequiredTasks(NOW - MINUTE, 3, 2)),
        last_change_at=NOW - 5 * MINUTE,
        pools={"default": Memory(measured_at=NOW - MINUTE, waiting=7)},
        service=ServiceMemory(
            lists=((("default",), 3), (("mail", "low*", "a,b"), 5)),
            missing=(Missing(NOW - MINUTE, 2),),
            counts=(2, 3),
            changed_by_others=(NOW - 9 * MINUTE,),
            idle_beside=("low",),
            ready_total=50,
        ),
    ),
    Conditions({"ScalerAtLimit": Condition(NOW - 3 * MINUTE, NOW - MINUTE, notified=True)}),
    wake_at=NOW + MINUTE,
)
odd_scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from([10**400, -1, "2026-11-25T04:00:00", "9999-12-31T23:59:59+00:00"])
)
odd_values = st.recursive(
    odd_scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=5,
)


def tick_after(item: Any) -> int:
    """The count that a tick decides on after it has read this from the table."""
    remembered = Remembered.from_json(json.loads(json.dumps(item)))
    measurement = measured(worker(1, 3), ready=40, oldest=20)
    service = ServiceState(3, 3, busy=1)
    decision = decide(measurement, service, Policy(), remembered.memory, NOW)
    follow(
        remembered.conditions,
        measurement,
        service,
        decision,
        service_name="worker",
        blind_after_seconds=600,
        now=NOW,
    )
    assert Remembered.from_json(remembered.as_json()) == remembered
    return decision.desired


def test_what_a_tick_wrote_is_read_as_it_was() -> None:
    assert Remembered.from_json(json.loads(json.dumps(WHOLE.as_json()))) == WHOLE


@given(st.sampled_from(Memory._fields), odd_values)
def test_one_odd_value_in_the_memory_takes_no_task_away(name: str, odd: Any) -> None:
    item = WHOLE.as_json()
    item["memory"][name] = odd
    assert tick_after(item) >= 3


@given(st.sampled_from(["arrivals", "bursts", "required"]), st.integers(0, 1), odd_scalars)
def test_one_odd_value_in_a_list_takes_no_task_away(name: str, index: int, odd: Any) -> None:
    item = WHOLE.as_json()
    item["memory"][name][0][index] = odd
    assert tick_after(item) >= 3


@given(st.sampled_from(["memory", "conditions", "wake_at"]), odd_values)
def test_a_whole_part_may_be_odd(part: str, odd: Any) -> None:
    assert tick_after({**WHOLE.as_json(), part: odd}) >= 3


@given(st.integers(0, 2), odd_scalars)
def test_an_odd_condition_is_no_trouble(index: int, odd: Any) -> None:
    item = WHOLE.as_json()
    item["conditions"]["ScalerAtLimit"][index] = odd
    assert tick_after(item) >= 3


@given(odd_values)
def test_any_json_at_all_is_a_fresh_memory(values: Any) -> None:
    assert tick_after(values) == tick_after(None)


@pytest.mark.parametrize("name", Memory._fields)
def test_a_memory_of_an_older_version_without_a_field_is_a_fresh_one(name: str) -> None:
    item = WHOLE.as_json()
    del item["memory"][name]
    assert Remembered.from_json(item).memory == Memory()
