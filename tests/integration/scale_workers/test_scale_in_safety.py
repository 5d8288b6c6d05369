"""Hours of random work on real rows: what our scale-ins break, and what plain ones break."""

from collections.abc import Callable
from copy import replace
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

import pytest

from local.clock import SteppedClock
from local.ecs import EcsStandIn
from local.moto_aws import MotoAws
from ops_common import aws as ops_aws
from ops_common.answers.queue import Measurement
from ops_common.ecs import EcsServices
from query_database.fields import Fields
from query_database.queue import measure_queue
from scale_workers.policy.model import NoMeasurement
from scale_workers.ports import Ports
from scale_workers.protection import EcsProtection
from scale_workers.tasks import EcsTasks
from scale_workers.tick import run
from tests.conftest import Database
from tests.integration.scale_workers.stepped_workers import Job, SteppedWorkers, job_seconds
from tests.unit.scale_workers.tick_world import World, settings

WORKER_SERVICE = "jiki-api-solid-queue"
HOURS = 2


@dataclass
class Outcome:
    """What a run came to."""

    scale_ins: int
    finished: int
    in_flight_broken: int
    """Jobs that ran at the last look before the count was lowered, and were given up."""
    raced: int
    """Jobs that were claimed after that look by a task about to stop, and were given up."""


class Scaler:
    """Ticks with the real adapters, while the world moves between any two of their calls."""

    def __init__(
        self,
        database: Database,
        ecs: EcsStandIn,
        clock: SteppedClock,
        seed: int,
        *,
        safely: bool,
    ) -> None:
        self._random = Random(seed)
        self._clock = clock
        self.workers = SteppedWorkers(database.admin, ecs, clock, WORKER_SERVICE)
        self._connection = database.admin
        self._safely = safely
        self._client = ops_aws.client("ecs")
        self._services = EcsServices(self._client, ecs.cluster)
        self._memories = World().ports().memories
        self.last_look: tuple[datetime, list[Job]] = (clock.now, [])
        self.scale_ins = 0
        self._ecs = ecs

    def tick(self) -> None:
        ports = Ports(
            services=self,
            tasks=EcsTasks(self._client, self._ecs.cluster, WORKER_SERVICE),
            protection=self,
            activity=World().ports().activity,
            memories=self._memories,
            look=self._look,
            hold=lambda: None,
            others={},
            publish=lambda _: None,
        )
        run(ports, settings(), self._clock.now)

    def describe(self, names: tuple[str, ...]) -> object:
        return self._services.describe(names)

    def set_desired(self, name: str, count: int) -> None:
        lowered = count < self._ecs.service(name).desired
        self.scale_ins += lowered
        # ECS takes its time: what it stops, it stops some seconds after it was asked to.
        self._pass_time(0, 4)
        self._services.set_desired(name, count)

    def protect(self, tasks: object, minutes: int) -> list[str]:
        self._pass_time(0, 1)
        if not self._safely:
            return []
        return EcsProtection(self._client, self._ecs.cluster).protect(tasks, minutes)

    def release(self, tasks: object) -> None:
        if self._safely:
            EcsProtection(self._client, self._ecs.cluster).release(tasks)

    def _look(self) -> Measurement | NoMeasurement:
        self._pass_time(0, 1)
        self.workers.write_rows()
        seen = measure_queue(self._connection, Fields({}))
        self.last_look = (self._clock.now, self.workers.in_flight)
        if not self._safely:
            # A scaler that knows how many are wanted, but neither which run jobs nor how many.
            idle = tuple(replace(worker, in_flight=0) for worker in seen.workers)
            return replace(seen, workers=idle)
        return seen

    def _pass_time(self, least: float, most: float) -> None:
        self.workers.advance(self._random.uniform(least, most))


def work(scaler: Scaler, clock: SteppedClock, seed: int) -> Outcome:
    """Bursts and quiet times, a tick each minute, two hours long."""
    random = Random(seed)
    broken_before = 0
    in_flight_broken = raced = 0
    end = clock.now + timedelta(hours=HOURS)
    rate_per_minute = 0.0
    next_tick = clock.now
    while clock.now < end:
        if random.random() < 0.1:
            rate_per_minute = random.choice([0, 0.5, 2, 10, 40])
        for _ in range(int(rate_per_minute + random.random())):
            scaler.workers.enqueue(job_seconds(random))
        scaler.tick()
        looked_at, running = scaler.last_look
        next_tick += timedelta(seconds=60)
        scaler.workers.advance(max(0.0, (next_tick - clock.now).total_seconds()))
        for job in scaler.workers.broken[broken_before:]:
            if job in running or (job.claimed_at or looked_at) <= looked_at:
                in_flight_broken += 1
            else:
                raced += 1
        broken_before = len(scaler.workers.broken)
    return Outcome(scaler.scale_ins, scaler.workers.finished, in_flight_broken, raced)


@pytest.fixture
def outcome(
    database: Database, aws: MotoAws, ecs: EcsStandIn, clock: SteppedClock
) -> Callable[[int, bool], Outcome]:
    ecs.engine.stop_delay = timedelta(seconds=30)
    ecs.engine.start_delay = timedelta(seconds=45)

    def run_with(seed: int, safely: bool) -> Outcome:
        return work(Scaler(database, ecs, clock, seed, safely=safely), clock, seed)

    return run_with


@pytest.mark.parametrize("seed", [1, 2])
def test_our_scale_ins_break_no_job_that_runs(
    outcome: Callable[[int, bool], Outcome], seed: int
) -> None:
    ours = outcome(seed, True)
    assert ours.scale_ins >= 5
    assert ours.finished > 300
    assert ours.in_flight_broken == 0
    # The race that nobody outside the worker can close: see docs/scaling.md.
    assert ours.raced <= 1


def test_plain_ones_on_the_same_work_break_some(
    outcome: Callable[[int, bool], Outcome],
) -> None:
    plain = outcome(1, False)
    assert plain.scale_ins >= 5
    assert plain.in_flight_broken > 0
