from copy import replace
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from ops_common.scaling_hold import Hold
from scale_workers.memory import Overtaken, Remembered
from scale_workers.policy.applied import KeptBy
from scale_workers.policy.history import Memory, RequiredTasks
from scale_workers.policy.model import NoMeasurement, Policy
from scale_workers.policy.outcome import HeldBy
from scale_workers.ports import Ports
from scale_workers.report import Tick
from scale_workers.settings import Settings
from scale_workers.tick import run as run_all
from tests.unit.scale_workers.tick_world import (
    NOW,
    WORKER_SERVICE,
    World,
    measured,
    service,
    settings,
    task,
    worker,
)

LONG_QUIET = Memory(
    required=tuple(RequiredTasks(NOW - timedelta(seconds=60 * ago), 1, 1) for ago in (3, 2, 1)),
    measured_at=NOW - timedelta(seconds=60),
)
"""The need has been one task for as long as the patience asks."""


CAREFUL = Policy(scale_in_step=2, patience_seconds=180)


def run(ports: Ports, given: Settings, now: datetime) -> Tick:
    """The tick of the only service."""
    (tick,) = run_all(ports, given, now)
    return tick


def quiet_world(*workers_busy: int) -> World:
    """Four tasks of which the given ones run a job; nothing waits."""
    look = measured(*(worker(number, int(number in workers_busy)) for number in range(1, 5)))
    return World(
        worker=service(4),
        listed=[task(number) for number in range(1, 5)],
        looks=[look],
        remembered=Remembered(LONG_QUIET),
    )


def kinds(world: World) -> list[str]:
    return [event.kind for event in world.events]


def test_scales_out_at_once_and_publishes_the_change() -> None:
    world = World(looks=[measured(worker(1, 3), ready=3000, oldest=90)])
    tick = run(world.ports(), settings(), NOW)
    assert tick.applied.desired > 1
    assert world.counts() == [tick.applied.desired]
    assert kinds(world) == ["WorkersScaled"]
    assert world.events[0].facts["to"] == tick.applied.desired


def test_scales_in_by_its_step_and_protects_what_is_busy() -> None:
    world = quiet_world(1)
    assert run(world.ports(), settings(policy=CAREFUL), NOW).applied.desired == 2
    assert world.counts() == [2]
    assert [what for what, _ in world.done] == ["look", "protect", "release", "look", "set"]


def test_a_dry_run_decides_and_remembers_but_changes_and_sends_nothing() -> None:
    world = quiet_world(1)
    tick = run(world.ports(), settings(dry_run=True, policy=CAREFUL), NOW)
    assert tick.decision.desired == 2
    assert tick.applied.desired == 4
    assert tick.dry_run
    assert [what for what, _ in world.done] == ["look"]
    assert world.events == []
    assert world.remembered.memory.required


def test_a_dry_run_notifies_of_blindness_but_not_of_a_limit_that_it_does_not_hold() -> None:
    held = World(looks=[measured(worker(1, 3), ready=500, oldest=4000)])
    blind = World(looks=[NoMeasurement("timeout")])
    for minute in range(15):
        for world in (held, blind):
            run(
                world.ports(),
                settings(dry_run=True, policy=Policy(max_tasks=1)),
                NOW + timedelta(minutes=minute),
            )
    assert kinds(held) == []
    assert kinds(blind) == ["ScalerBlind"]


def test_a_count_that_ecs_refuses_is_an_error_and_the_next_tick_tries_again() -> None:
    # GIVEN a scale-in that dies between protecting and lowering
    world = quiet_world(1)
    ports = world.ports()

    def refuse(name: str, count: int) -> None:
        raise ConnectionError("ecs")

    broken = replace(
        ports, services=SimpleNamespace(describe=ports.services.describe, set_desired=refuse)
    )
    with pytest.raises(ConnectionError):
        run(broken, settings(policy=CAREFUL), NOW)
    # THEN nothing was lowered, and a minute later it is
    assert world.counts() == []
    run(ports, settings(policy=CAREFUL), NOW + timedelta(seconds=60))
    assert world.counts() == [2]


def test_takes_nothing_away_while_a_deployment_rolls_out() -> None:
    world = quiet_world()
    world.worker = service(4, rolling=True)
    assert run(world.ports(), settings(), NOW).applied.desired == 4
    assert world.counts() == []


def test_keeps_the_count_and_says_why_where_the_queue_cannot_be_measured() -> None:
    world = quiet_world()
    world.looks = [NoMeasurement("db:5432: connection timed out")]
    tick = run(world.ports(), settings(), NOW)
    assert tick.applied.desired == 4
    assert tick.decision.held_by is HeldBy.NO_MEASUREMENT
    assert world.counts() == []


def test_a_run_that_was_overtaken_changes_nothing() -> None:
    world = World(looks=[measured(worker(1), ready=3000, oldest=90)], overtaken=True)
    with pytest.raises(Overtaken):
        run(world.ports(), settings(), NOW)
    assert world.counts() == []
    assert world.events == []


def test_without_a_kept_memory_it_may_add_tasks_but_takes_none_away() -> None:
    busy = World(looks=[measured(worker(1, 3), ready=3000, oldest=90)], memory_kept=False)
    assert run(busy.ports(), settings(), NOW).applied.desired > 1
    quiet = quiet_world()
    quiet.memory_kept = False
    tick = run(quiet.ports(), settings(), NOW)
    assert tick.applied.desired == 4
    assert tick.applied.kept_by is KeptBy.MEMORY


def test_a_lost_memory_only_makes_it_wait_longer() -> None:
    world = quiet_world()
    world.remembered = Remembered()
    assert run(world.ports(), settings(), NOW).applied.desired == 4


def test_the_database_s_own_limit_is_used() -> None:
    look = replace(measured(worker(1, 3), ready=5000, oldest=300), max_connections=50)
    world = World(looks=[look])
    tick = run(world.ports(), settings(), NOW)
    # 50 connections less 10 in reserve and 2 web tasks × 10 leave four times 5
    assert tick.applied.desired == 4
    assert tick.decision.held_by is HeldBy.CONNECTIONS


def test_an_event_that_could_not_be_published_is_sent_by_the_next_tick() -> None:
    # GIVEN a scaler that has been blind for long, and a bus that is down
    world = World(looks=[NoMeasurement("timeout")], bus_down=True)
    late = NOW + timedelta(seconds=600)
    run(world.ports(), settings(), NOW)
    with pytest.raises(ConnectionError):
        run(world.ports(), settings(), late)
    # WHEN the bus is back
    world.bus_down = False
    run(world.ports(), settings(), late + timedelta(seconds=60))
    # THEN people hear of it
    assert kinds(world) == ["ScalerBlind"]


def test_a_hold_keeps_the_count_and_says_who_asked_for_it() -> None:
    world = World(looks=[measured(worker(1, 3), ready=3000, oldest=90)])
    world.hold = Hold(WORKER_SERVICE, 2, NOW + timedelta(hours=1), "dana")
    tick = run(world.ports(), settings(), NOW)
    assert tick.applied.desired == 2
    assert tick.decision.held_by is HeldBy.HOLD


def test_a_hold_below_the_count_takes_no_busy_task() -> None:
    world = quiet_world(1, 2, 3)
    world.hold = Hold(WORKER_SERVICE, 1, NOW + timedelta(hours=1), "dana")
    assert run(world.ports(), settings(), NOW).applied.desired == 3


def test_a_foreign_worker_that_stays_blocks_no_scale_in() -> None:
    world = quiet_world(1)
    laptop = replace(worker(9, 2), hostname="laptop.local")
    world.looks = [replace(world.looks[0], workers=(*world.looks[0].workers, laptop))]
    # At first it could be a task's that has just come up.
    assert run(world.ports(), settings(policy=CAREFUL), NOW).applied.desired == 4
    later = NOW + timedelta(minutes=1)
    world.looks = [replace(world.looks[0], taken_at=later)]
    assert run(world.ports(), settings(policy=CAREFUL), later).applied.desired == 2
