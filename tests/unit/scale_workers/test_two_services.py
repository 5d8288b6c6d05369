"""One tick of two services: one measurement, shared connections, each trouble notified once."""

from collections.abc import Callable
from copy import replace
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from ops_common.answers.queue import Measurement, QueueDepth
from ops_common.ecs import Service
from ops_common.service_names import ServiceNames
from scale_workers.memory import Overtaken, Remembered
from scale_workers.policy.history import Memory, RequiredTasks, ServiceMemory
from scale_workers.policy.model import Policy
from scale_workers.policy.outcome import HeldBy
from scale_workers.policy.service_policies import service_policies
from scale_workers.ports import Ports, WorkerPorts
from scale_workers.settings import Settings
from scale_workers.tick import run
from tests.unit.scale_workers.tick_world import (
    NOW,
    World,
    _Memories,
    _Tasks,
    measured,
    service,
    settings,
    task,
    worker,
)

CRITICAL, BULK = "critical", "bulk"


def two(text: str = "", policy: Policy | None = None) -> Settings:
    base = settings(policy=policy)
    names = (CRITICAL, BULK)
    return base._replace(
        services=ServiceNames(worker=names),
        policies=service_policies(text, base.policy, names),
    )


@dataclass
class Two:
    """Critical's task 1 takes `urgent`, bulk's task 2 everything else."""

    critical: World = field(
        default_factory=lambda: World(worker=service(1, name=CRITICAL), listed=[task(1)])
    )
    bulk: World = field(
        default_factory=lambda: World(worker=service(1, name=BULK), listed=[task(2)])
    )
    look: Measurement = field(default_factory=lambda: look())
    measured: int = 0
    refused: str = ""
    """The service whose count ECS will not change."""

    def ports(self) -> Ports:
        worlds = {CRITICAL: self.critical, BULK: self.bulk}
        return replace(
            self.critical.ports(),
            services=_Services(self),
            workers={
                name: WorkerPorts(_Tasks(one), _Memories(one), lambda: None)
                for name, one in worlds.items()
            },
            measure=self._measure,
        )

    def _measure(self) -> Measurement:
        self.measured += 1
        return self.look

    def kinds(self) -> list[str]:
        return [event.kind for event in self.critical.events if event.kind != "WorkersScaled"]


@dataclass
class _Services:
    two: Two

    def describe(self, names: tuple[str, ...]) -> list[Service]:
        known = {CRITICAL: self.two.critical.worker, BULK: self.two.bulk.worker}
        return [known[name] for name in names]

    def set_desired(self, name: str, count: int) -> None:
        if name == self.two.refused:
            raise ConnectionError("ecs")
        world = self.two.critical if name == CRITICAL else self.two.bulk
        world.worker = replace(world.worker, desired=count)


def look(urgent: int = 0, other: int = 0, oldest: float = 0.0, **values: object) -> Measurement:
    workers = (replace(worker(1, 3), queues=("urgent",)), replace(worker(2, 3), queues=("*",)))
    depths = (("urgent", urgent), ("other", other))
    queues = tuple(
        QueueDepth(name, jobs, oldest_wait_seconds=oldest) for name, jobs in depths if jobs
    )
    return replace(measured(*workers), queues=queues, oldest_wait_seconds=oldest, **values)


def test_the_queue_is_measured_once_and_each_service_takes_its_own() -> None:
    world = Two(look=look(urgent=900, oldest=20))
    critical, bulk = run(world.ports(), two(), NOW)
    assert world.measured == 1
    assert critical.applied.desired > 1
    assert bulk.applied.desired == 1
    assert (critical.speaks_for_all, bulk.speaks_for_all) == (True, False)


def test_connections_go_by_need_not_to_whoever_comes_first() -> None:
    # GIVEN 50 connections for 8 tasks, and two services that each could use all
    world = Two(look=look(urgent=3000, other=3000, oldest=90, max_connections=50))
    critical, bulk = run(world.ports(), two(), NOW)
    # THEN each has half of them, and together they have no more than there are
    assert (critical.applied.desired, bulk.applied.desired) == (4, 4)
    assert {critical.decision.held_by, bulk.decision.held_by} == {HeldBy.CONNECTIONS}


def test_a_service_that_holds_too_many_gives_way_where_another_needs_them() -> None:
    world = Two(look=look(urgent=3000, other=30, oldest=90, max_connections=50))
    world.bulk.worker = service(7, name=BULK)
    world.bulk.listed = [task(number) for number in range(2, 9)]
    quiet = tuple(RequiredTasks(NOW - timedelta(seconds=60 * ago), 1, 1) for ago in (2, 1))
    world.bulk.remembered = Remembered(Memory(required=quiet))
    busy = (replace(worker(1, 3), queues=("urgent",)), replace(worker(2, 3), queues=("*",)))
    idle = tuple(worker(number) for number in range(3, 9))
    world.look = replace(world.look, workers=(*busy, *idle))
    _, bulk = run(world.ports(), two(), NOW)
    assert bulk.applied.desired < 7
    # WHEN they have ended
    world.bulk.worker = service(bulk.applied.desired, name=BULK)
    later = NOW + timedelta(minutes=1)
    critical, _ = run(world.ports(), two(), later)
    assert critical.applied.desired > 1


def test_trouble_of_the_whole_queue_is_notified_once() -> None:
    dead = (replace(worker(1, age=30), replaced=True),)
    strange = replace(worker(9), hostname="laptop.local")
    trouble = look(due_jobs_whose_dispatcher_is_missing=40, dead_workers=dead)
    world = Two(look=replace(trouble, workers=(*trouble.workers, strange)))
    for minute in range(15):
        at = NOW + timedelta(minutes=minute)
        world.look = replace(world.look, taken_at=at)
        list(run(world.ports(), two(), at))
    assert sorted(world.kinds()) == ["ForeignWorkers", "NoDispatcher", "WorkersKilled"]


@pytest.mark.parametrize("refused", [CRITICAL, BULK])
def test_what_goes_wrong_with_one_does_not_stop_the_other(refused: str) -> None:
    world = Two(look=look(urgent=3000, other=3000, oldest=90), refused=refused)
    done = []
    with pytest.raises(ConnectionError):
        done += [tick.name for tick in run(world.ports(), two(), NOW)]
    other = world.bulk if refused == CRITICAL else world.critical
    assert other.worker.desired > 1


def test_one_that_was_overtaken_is_said_only_where_nothing_worse_happened() -> None:
    world = Two(look=look(urgent=3000, other=3000, oldest=90), refused=BULK)
    world.critical.overtaken = True
    with pytest.raises(ConnectionError):
        list(run(world.ports(), two(), NOW))
    world.refused = ""
    with pytest.raises(Overtaken):
        list(run(world.ports(), two(), NOW))
    assert world.bulk.worker.desired > 1


def test_the_lists_of_a_service_without_workers_are_remembered_for_all() -> None:
    # GIVEN bulk at none, whose workers were last seen with `other`
    world = Two(look=look(urgent=1, other=50, oldest=20))
    world.bulk.worker, world.bulk.listed = service(0, name=BULK), []
    world.look = replace(world.look, workers=(replace(worker(1), queues=("*",)),))
    memory = Memory(service=ServiceMemory(lists=((("other",), 3),)))
    world.bulk.remembered = Remembered(memory)
    critical, bulk = run(world.ports(), two("bulk: min=0"), NOW)
    # THEN its jobs are its own, not those of the one that takes everything
    assert bulk.applied.desired == 1
    assert critical.service.share is not None
    assert critical.service.share.portions == {"urgent": 1.0}


def test_an_ignored_queue_brings_no_task_whatever_comes_into_it() -> None:
    world = Two()
    given = two("critical: max=10; bulk: min=0 other.target=0")
    for minute in range(20):
        at = NOW + timedelta(minutes=minute)
        world.look = look(
            other=500,
            oldest=60.0 * minute,
            taken_at=at,
            enqueued_total=600 * minute,
            started_total=120 * minute,
        )
        _, bulk = run(world.ports(), given, at)
    assert bulk.decision.required == 0
    assert bulk.decision.pools is not None
    assert bulk.decision.pools.ignored == ("other",)


COUNTS: list[tuple[Callable[[int], int], int]] = [
    (lambda minute: 5 if minute in (3, 6, 9) else 1, 1),
    (lambda minute: 5 if minute in (3, 6) else 1, 0),
]


@pytest.mark.parametrize(("count", "notified"), COUNTS, ids=["three times", "twice"])
def test_somebody_else_who_changes_the_count_is_notified_the_third_time(
    count: Callable[[int], int], notified: int
) -> None:
    world = Two()
    for minute in range(12):
        world.critical.worker = service(count(minute), name=CRITICAL)
        at = NOW + timedelta(minutes=minute)
        world.look = replace(world.look, taken_at=at)
        held = two("critical: min=1 max=1")._replace(dry_run=False)
        list(run(world.ports(), held, at))
        if minute < 9:
            assert world.kinds() == []
    assert world.kinds().count("CountChanged") == notified
