from typing import Any

import pytest

from ops_common.answers.queue import Measurement
from scale_workers.apply import scale_in
from scale_workers.policy.applied import Applied, KeptBy
from scale_workers.policy.model import NoMeasurement
from scale_workers.protection import EcsProtection
from tests.unit.scale_workers.tick_world import World, measured, task, worker


def lower(
    world: World,
    desired: int,
    first: Measurement,
    second: Measurement | NoMeasurement | None = None,
) -> Applied:
    world.looks = [second or first]
    ports = world.ports()
    return scale_in(
        len(world.listed),
        desired,
        first,
        measure_again=ports.measure,
        tasks=ports.workers["jiki-api-solid-queue"].tasks,
        protection=ports.protection,
        set_desired=lambda count: ports.services.set_desired("jiki-api-solid-queue", count),
    )


def arns(*numbers: int) -> tuple[str, ...]:
    return tuple(f"arn:task/{number}" for number in numbers)


def test_protects_what_stays_releases_what_goes_measures_again_and_only_then_lowers() -> None:
    world = World(listed=[task(1), task(2), task(3)])
    look = measured(worker(1, 1), worker(2), worker(3))
    assert lower(world, 2, look) == Applied(2)
    assert world.done == [
        ("protect", arns(1, 2)),
        ("release", arns(3)),
        ("look", None),
        ("set", 2),
    ]


def test_never_asks_for_fewer_than_the_busy_ones() -> None:
    world = World(listed=[task(1), task(2), task(3)])
    applied = lower(world, 1, measured(worker(1, 1), worker(2, 1), worker(3)))
    assert applied == Applied(2, KeptBy.BUSY, "2")
    assert world.counts() == [2]


def test_a_task_that_took_a_job_between_the_measurements_is_protected_and_stays() -> None:
    # GIVEN two idle tasks, of which the one to be stopped takes a job meanwhile
    world = World(listed=[task(1), task(2), task(3)])
    first = measured(worker(1, 1), worker(2), worker(3))
    second = measured(worker(1, 1), worker(2), worker(3, 1))
    # WHEN one is to be taken away
    applied = lower(world, 2, first, second)
    # THEN it is protected, and the count stays
    assert world.done[-1] == ("protect", arns(3))
    assert world.counts() == []
    assert applied == Applied(3, KeptBy.NO_IDLE_TASK)


def test_of_two_to_stop_the_one_that_is_still_idle_goes() -> None:
    world = World(listed=[task(1), task(2), task(3)])
    first = measured(worker(1, 1), worker(2), worker(3))
    second = measured(worker(1, 1), worker(2), worker(3, 1))
    assert lower(world, 1, first, second) == Applied(2, KeptBy.BUSY, "2")


def test_a_task_that_came_up_and_took_a_job_between_the_measurements_is_protected() -> None:
    world = World(listed=[task(1), task(2), task(3, running=False)])
    first = measured(worker(1), worker(2))
    second = measured(worker(1), worker(2), worker(3, 1))
    applied = lower(world, 1, first, second)
    assert ("protect", arns(3)) in world.done
    assert applied.desired == 2


def test_keeps_the_count_where_a_busy_worker_matches_no_task() -> None:
    world = World(listed=[task(1), task(2)])
    applied = lower(world, 1, measured(worker(1), worker(2), worker(9, 1)))
    assert (applied.desired, applied.kept_by) == (2, KeptBy.UNMATCHED)
    assert world.done == []


def test_keeps_the_count_where_ecs_would_not_protect_a_task() -> None:
    world = World(listed=[task(1), task(2)], refuses_protection=True)
    applied = lower(world, 1, measured(worker(1, 1), worker(2)))
    assert applied == Applied(2, KeptBy.NOT_PROTECTED, "arn:task/9: TASK_NOT_VALID")
    assert world.counts() == []


@pytest.mark.parametrize("paused", [True, False])
def test_keeps_the_count_where_the_second_measurement_fails(*, paused: bool) -> None:
    world = World(listed=[task(1), task(2)])
    applied = lower(world, 1, measured(worker(1), worker(2)), NoMeasurement("timeout", paused))
    assert applied == Applied(2, KeptBy.NOT_MEASURED, "timeout")
    assert world.counts() == []


def test_lowers_at_once_where_ecs_has_not_even_started_the_surplus() -> None:
    world = World(listed=[task(1)])
    world.looks = [measured(worker(1, 1))]
    ports = world.ports()
    applied = scale_in(
        4,
        2,
        measured(worker(1, 1)),
        measure_again=ports.measure,
        tasks=ports.workers["jiki-api-solid-queue"].tasks,
        protection=ports.protection,
        set_desired=lambda count: ports.services.set_desired("jiki-api-solid-queue", count),
    )
    assert applied == Applied(2)


class FakeEcs:
    """UpdateTaskProtection with its limit of ten tasks a call."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    def update_task_protection(self, **call: Any) -> dict[str, Any]:
        assert 1 <= len(call["tasks"]) <= 10
        self.calls.append(call)
        gone = [arn for arn in call["tasks"] if arn.endswith("/13")]
        return {"failures": [{"arn": arn, "reason": "MISSING"} for arn in gone]}


def test_protects_in_batches_of_ten_and_reports_each_failure() -> None:
    ecs = FakeEcs()
    protection = EcsProtection(ecs, "jiki-production")
    failures = protection.protect([task(number) for number in range(1, 24)], 3)
    assert [len(call["tasks"]) for call in ecs.calls] == [10, 10, 3]
    assert {call["expiresInMinutes"] for call in ecs.calls} == {3}
    assert failures == ["arn:task/13: MISSING"]


def test_makes_no_call_for_no_task() -> None:
    ecs = FakeEcs()
    protection = EcsProtection(ecs, "jiki-production")
    assert protection.protect([], 3) == []
    protection.release([])
    assert ecs.calls == []
