"""A database that sleeps is measured once per new activity."""

from copy import replace
from datetime import datetime, timedelta

import pytest

from ops_common.scaling_hold import Hold
from scale_workers.activity import Connections, newly_used
from scale_workers.policy.model import Policy
from scale_workers.policy.outcome import HeldBy
from scale_workers.report import Tick
from scale_workers.tick import run as run_all
from tests.unit.scale_workers.tick_world import (
    NOW,
    WORKER_SERVICE,
    World,
    hostname,
    measured,
    service,
    settings,
    task,
    worker,
)

ASLEEP = Policy(min_tasks=0)
MINUTE = timedelta(minutes=1)


def run(world: World, now: datetime = NOW, policy: Policy = ASLEEP) -> Tick:
    (tick,) = run_all(world.ports(), settings(policy=policy), now)
    return tick


def sleeping_world() -> World:
    return World(worker=service(0), looks=[measured()])


def connected(at: datetime, most: float = 1) -> Connections:
    return Connections(at, most)


def measurements(world: World) -> int:
    return [what for what, _ in world.done].count("look")


def test_a_database_that_nobody_uses_is_not_asked() -> None:
    world = sleeping_world()
    tick = run(world)
    assert world.done == [("activity", None)]
    assert (tick.applied.desired, tick.decision.held_by) == (0, HeldBy.ASLEEP)
    assert not world.remembered.conditions.by_kind


def test_it_is_asked_as_soon_as_somebody_connects() -> None:
    world = sleeping_world()
    world.connections = [connected(NOW - 2 * MINUTE)]
    world.looks = [measured(ready=5, oldest=20)]
    assert run(world).applied.desired == 1


def test_one_visit_is_measured_once_however_long_the_metric_shows_it() -> None:
    world = sleeping_world()
    visit = connected(NOW - 2 * MINUTE)
    for minute in range(10):
        at = NOW + minute * MINUTE
        # Each measurement of ours is a connection in the metric, too.
        ours = [connected(NOW)] if minute > 1 else []
        world.connections = [visit, *ours]
        world.looks = [measured(at=at)]
        run(world, at)
    assert measurements(world) == 1
    # A second visitor is new.
    later = NOW + 11 * MINUTE
    world.connections.append(connected(later - 2 * MINUTE))
    world.looks = [measured(at=later)]
    run(world, later)
    assert measurements(world) == 2


@pytest.mark.parametrize(
    ("point", "is_new"),
    [
        (connected(NOW - MINUTE), False),
        # The minute of the measurement itself: one connection was ours.
        (connected(NOW), False),
        (connected(NOW, most=2), True),
        (connected(NOW + MINUTE), True),
        (connected(NOW + MINUTE, most=0), False),
    ],
)
def test_only_what_the_last_measurement_did_not_see_is_new(
    point: Connections, is_new: bool
) -> None:
    assert newly_used([point], NOW + timedelta(seconds=20)) is is_new
    assert newly_used([point], None) is (point.most > 0)


def test_a_measurement_across_the_minute_is_ours_in_both() -> None:
    at = NOW + timedelta(seconds=55)
    assert not newly_used([connected(NOW), connected(NOW + MINUTE)], at)


def test_it_is_asked_again_when_a_scheduled_job_comes_due() -> None:
    # GIVEN a measurement that saw a job scheduled in an hour
    world = sleeping_world()
    world.connections = [connected(NOW - 2 * MINUTE)]
    world.looks = [replace(measured(), next_scheduled_seconds=3600.0)]
    run(world)
    # WHEN it is half an hour later, it sleeps; WHEN a task asked for now is just in time
    run(world, NOW + 30 * MINUTE)
    assert measurements(world) == 1
    world.looks = [replace(measured(), soon_due_scheduled=1)]
    # THEN the queue is measured and a task asked for
    assert run(world, NOW + timedelta(seconds=3480)).applied.desired == 1


def test_with_a_minimum_above_zero_the_metric_is_never_paid_for() -> None:
    world = sleeping_world()
    run(world, policy=Policy())
    assert ("activity", None) not in world.done


def test_a_hold_wakes_it() -> None:
    world = sleeping_world()
    world.hold = Hold(WORKER_SERVICE, 2, NOW + timedelta(hours=1), "dana")
    assert run(world).applied.desired == 2


def test_recurring_tasks_keep_one_task_whose_scheduler_fires_them() -> None:
    world = sleeping_world()
    world.connections = [connected(NOW - 2 * MINUTE)]
    key = "clear_solid_queue_finished_jobs"
    world.looks = [replace(measured(), recurring_tasks=1, recurring_keys=(key,))]
    tick = run(world)
    assert (tick.applied.desired, tick.policy.min_tasks) == (1, 1)
    assert key in tick.policy.bounds_because


def test_the_service_whose_scheduler_lives_is_the_one_that_stays() -> None:
    world = World(worker=service(1), listed=[task(1)])
    look = replace(measured(worker(1)), recurring_tasks=1)
    world.looks = [replace(look, scheduler_hosts=(hostname(1),))]
    assert run(world).policy.min_tasks == 1
    world.looks = [replace(look, scheduler_hosts=("elsewhere",))]
    assert run(world, NOW + MINUTE).policy.min_tasks == 1
