"""The second act of scaling: two services, three pools, and a task that never starts."""

import math
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg

from local.account import WORKER_SERVICE
from local.database_login import connect
from local.demo.hurry import hurried
from local.demo.narrator import Narrator
from local.ecs import Task, TaskRunner
from local.solid_queue.jobs import enqueue
from local.solid_queue.workers import WorkerFleet, WorkerSettings
from local.start_world import FIRST_SHA
from local.world import World

BULK = "jiki-api-bulk"
SERVICES = (WORKER_SERVICE, BULK)
VARIABLES = {"WORKER_SERVICES": ",".join(SERVICES), "SCALING_POLICIES": f"{BULK}: max=2"}
JOBS = (("default", 600, 0.1), ("critical", 60, 0.1), ("bulk", 400, 0.2))
MISSING = "Worker tasks don't come up"
NOT_UP = "have not come up"
MOST_TICKS = 24
SUM = re.compile(r"(\d+) tasks? (?:would )?starts? [^(]*\(([^:()]*), (\d+) a task\)")


class _OnlyOneComesUp(WorkerFleet):
    """A fleet whose further tasks run, and never have a worker in them."""

    def started(self, task: Task) -> None:
        """See TaskRunner."""
        if not self.tasks:
            super().started(task)


class _Both(TaskRunner):
    """Two pools in each task."""

    def __init__(self, fleets: Sequence[WorkerFleet]) -> None:
        self._fleets = fleets

    def started(self, task: Task) -> None:
        """See TaskRunner."""
        for fleet in self._fleets:
            fleet.started(task)

    def stopping(self, task: Task) -> None:
        """See TaskRunner."""
        for fleet in self._fleets:
            fleet.stopping(task)

    def stopped(self, task: Task) -> None:
        """See TaskRunner."""
        for fleet in self._fleets:
            fleet.stopped(task)


def play(world: World, say: Narrator, tick_seconds: float, hurry: dict[str, str]) -> None:
    """A line per service and tick, each with the sum that makes its tasks."""
    say.step(
        "A second service comes: bulk, at most two tasks. The first one's tasks have two pools now:"
        " three threads for default, two for critical. Bulk's second task will never start"
    )
    with (
        _two_services(world),
        hurried(world, "ScaleWorkers", hurry | VARIABLES),
        connect(world.login(), world.postgres.ca_certificate) as session,
    ):
        _play(world, say, session, tick_seconds)


def _play(
    world: World, say: Narrator, session: psycopg.Connection[tuple[Any, ...]], tick_seconds: float
) -> None:
    _ticks(world)
    time.sleep(tick_seconds)
    for queue, jobs, seconds in JOBS:
        enqueue(session, jobs, seconds=seconds, queue=queue)
    said: dict[str, list[str]] = {name: [] for name in SERVICES}
    most = dict.fromkeys(SERVICES, 1)
    notified = False
    for tick in range(1, MOST_TICKS + 1):
        started = time.monotonic()
        for name, answer in zip(SERVICES, _ticks(world), strict=True):
            most[name] = max(most[name], answer["desired"])
            said[name].append(answer["reason"])
            if _is_shown(said[name]):
                say.step(f"{tick:>2}  {name}", answer["reason"])
        notified = notified or _is_notified(world)
        if notified:
            break
        time.sleep(max(0.0, tick_seconds - (time.monotonic() - started)))
    say.expect(
        f"each service has its own count: up to {most[WORKER_SERVICE]} and {most[BULK]} tasks",
        held=most[WORKER_SERVICE] > 2 == most[BULK],
    )
    say.expect(
        "the task that never starts is notified", world.wait_for(lambda: _is_notified(world))
    )
    sums = [one for reasons in said.values() for one in map(SUM.search, reasons) if one]
    say.expect(
        f"the sum of threads makes the tasks, in each of {len(sums)} reasons",
        held=len(sums) > 1 and all(_adds_up(one) for one in sums),
    )


def _is_shown(reasons: Sequence[str]) -> bool:
    """The first, each change, and the first that says that tasks don't come."""
    *before, last = reasons
    unsaid = not any(NOT_UP in one for one in before)
    return not before or "→" in last or (NOT_UP in last and unsaid)


def _adds_up(found: re.Match[str]) -> bool:
    """As a person would divide, by what is written to a tenth."""
    tasks, per_task = int(found[1]), int(found[3])
    threads = float(found[2].rpartition("= ")[2].split()[0])
    least, most = (math.ceil(max(0.0, threads + by) / per_task) for by in (-0.05, 0.05))
    return max(1, least) <= tasks <= max(1, most)


def _is_notified(world: World) -> bool:
    return any(MISSING in str(mail) for mail in world.sns_messages())


def _ticks(world: World) -> list[dict[str, Any]]:
    """Invoke the function as the schedule does, whose own tick may come between."""
    while True:
        answer = world.invoke("ScaleWorkers", {})
        answers = [answer, *answer.get("others", [])]
        if len(answers) == len(SERVICES) and not any("overtaken" in one for one in answers):
            return answers


@contextmanager
def _two_services(world: World) -> Iterator[None]:
    def login() -> psycopg.Connection[tuple[Any, ...]]:
        return connect(world.login(), world.postgres.ca_certificate)

    default = WorkerFleet(login, WorkerSettings(threads=3, queues=("default",)))
    critical = WorkerFleet(login, WorkerSettings(threads=2, queues=("critical",)))
    bulk = _OnlyOneComesUp(login, WorkerSettings(threads=2, queues=("bulk",)))
    runners = world.ecs.engine.runners
    world.ecs.create_service(BULK, desired=1, tag=FIRST_SHA)
    world.ecs.run_tasks(BULK, bulk)
    two_pools = runners[WORKER_SERVICE] = _Both((default, critical))
    for task in world.ecs.running_tasks(WORKER_SERVICE):
        world.workers.tasks.pop(task.id).stop()
        two_pools.started(task)
    try:
        yield
    finally:
        runners[WORKER_SERVICE] = world.workers
        for fleet in (default, critical, bulk):
            for worker in fleet.tasks.values():
                worker.stop()
        del world.ecs.engine.services[BULK]
        for task in world.ecs.running_tasks(WORKER_SERVICE):
            world.workers.started(task)
