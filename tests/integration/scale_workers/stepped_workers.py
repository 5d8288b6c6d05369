"""Solid Queue workers on real rows, in stepped time: hours of work in seconds.

PostgreSQL keeps to the stepped clock too: the database's search path finds a function `now()` of
ours before the server's own, so the statement under test runs as it is. Rows are written when
somebody is about to look (`write_rows`), in one round trip.
"""

import heapq
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import LiteralString

import psycopg

from local.clock import SteppedClock
from local.ecs import EcsStandIn, Task, TaskRunner

THREADS = 3
SHUTDOWN_TIMEOUT_SECONDS = 5.0
"""How long Solid Queue's supervisor lets jobs finish after SIGTERM."""
HEARTBEAT_SECONDS = 60.0
BEFORE_FIRST_CLAIM_SECONDS = 8.0
"""From RUNNING until Rails is up and the worker polls."""

STEPPED_TIME = """
CREATE SCHEMA stepped;
CREATE TABLE stepped.clock (now timestamptz NOT NULL);
INSERT INTO stepped.clock VALUES (now());
CREATE FUNCTION stepped.now() RETURNS timestamptz LANGUAGE sql STABLE
  AS 'SELECT clock.now FROM stepped.clock';
GRANT USAGE ON SCHEMA stepped TO PUBLIC;
GRANT SELECT ON stepped.clock TO PUBLIC;
ALTER DATABASE jiki_production SET search_path = stepped, pg_catalog, public;
SET search_path = stepped, pg_catalog, public;
"""


@dataclass
class Job:
    """One job; `run` counts its starts, so that the end of an earlier one is void."""

    id: int
    seconds: float
    run: int = 0
    claimed_at: datetime | None = None


@dataclass
class Worker:
    """One task's worker process."""

    task: Task
    process_id: int
    jobs: dict[int, Job] = field(default_factory=dict)
    stopping: bool = False


class SteppedWorkers(TaskRunner):
    """Follows the tasks of one service of the ECS stand-in; `advance` lets time pass for all."""

    def __init__(
        self,
        connection: psycopg.Connection[tuple[object, ...]],
        ecs: EcsStandIn,
        clock: SteppedClock,
        service: str,
    ) -> None:
        self._connection = connection
        self._ecs = ecs
        self._clock = clock
        self._workers: dict[str, Worker] = {}
        self._ready: deque[Job] = deque()
        self._due: list[tuple[datetime, int, object, object]] = []
        self._order = count()
        self._job_ids, self._process_ids = count(1), count(1)
        self._rows: list[tuple[LiteralString, tuple[object, ...]]] = []
        self.broken: list[Job] = []
        """Jobs that were running and had to be given up: the same entry as often as it happened."""
        self.finished = 0
        connection.execute(STEPPED_TIME)
        ecs.run_tasks(service, self)

    def enqueue(self, seconds: float) -> None:
        """A job that takes so long becomes ready now."""
        job = Job(next(self._job_ids), seconds)
        self._write(
            "INSERT INTO solid_queue_jobs (id, queue_name, class_name, created_at, updated_at)"
            " VALUES (%s, 'default', 'Job', %s, %s)",
            job.id,
            self._utc,
            self._utc,
        )
        self._wait(job)
        self._claim()

    @property
    def in_flight(self) -> list[Job]:
        """Jobs that run now."""
        return [job for worker in self._workers.values() for job in worker.jobs.values()]

    def advance(self, seconds: float) -> None:
        """Let time pass, for tasks and jobs."""
        end = self._clock.now + timedelta(seconds=seconds)
        while self._due and self._due[0][0] <= end:
            at, _, what, argument = heapq.heappop(self._due)
            self._step_to(at)
            what(argument)
        self._step_to(end)
        self._claim()

    def write_rows(self) -> None:
        """Bring the tables, and the database's clock, to what is so now."""
        with self._connection.pipeline():
            for statement, parameters in self._rows:
                self._connection.execute(statement, parameters)
            self._connection.execute("UPDATE stepped.clock SET now = %s", (self._clock.now,))
        self._rows.clear()

    def _write(self, statement: LiteralString, *parameters: object) -> None:
        self._rows.append((statement, parameters))

    @property
    def _utc(self) -> datetime:
        return self._clock.now.astimezone(UTC).replace(tzinfo=None)

    def _step_to(self, at: datetime) -> None:
        self._ecs.advance(max(0.0, (at - self._clock.now).total_seconds()))

    def _later(self, seconds: float, what: object, argument: object) -> None:
        at = self._clock.now + timedelta(seconds=seconds)
        heapq.heappush(self._due, (at, next(self._order), what, argument))

    def started(self, task: Task) -> None:
        """Boot; it takes a while until the first claim."""
        self._later(BEFORE_FIRST_CLAIM_SECONDS, self._register, task)

    def stopping(self, task: Task) -> None:
        """SIGTERM: claim nothing more, and quit when the time for running jobs is over."""
        worker = self._workers.get(task.id)
        if worker:
            worker.stopping = True
            self._later(SHUTDOWN_TIMEOUT_SECONDS, self._give_up, task.id)

    def stopped(self, task: Task) -> None:
        """Killed, if it still ran."""
        self._give_up(task.id)

    def _register(self, task: object) -> None:
        assert isinstance(task, Task)
        if not task.wanted:
            return
        process_id = next(self._process_ids)
        self._write(
            "INSERT INTO solid_queue_processes (id, kind, last_heartbeat_at, pid, hostname,"
            " metadata, name, created_at) VALUES (%s, 'Worker', %s, 1, %s, %s, %s, %s)",
            process_id,
            self._utc,
            task.host_name,
            f'{{"queues":"*","thread_pool_size":{THREADS}}}',
            task.id,
            self._utc,
        )
        self._workers[task.id] = Worker(task, process_id)
        self._later(HEARTBEAT_SECONDS, self._beat, task.id)
        self._claim()

    def _beat(self, task_id: object) -> None:
        worker = self._workers.get(str(task_id))
        if worker:
            self._write(
                "UPDATE solid_queue_processes SET last_heartbeat_at = %s WHERE id = %s",
                self._utc,
                worker.process_id,
            )
            self._later(HEARTBEAT_SECONDS, self._beat, task_id)

    def _claim(self) -> None:
        for worker in self._workers.values():
            while self._ready and len(worker.jobs) < THREADS and not worker.stopping:
                job = self._ready.popleft()
                job.run, job.claimed_at = job.run + 1, self._clock.now
                worker.jobs[job.id] = job
                self._write(
                    "DELETE FROM solid_queue_ready_executions WHERE job_id = %s",
                    job.id,
                )
                self._write(
                    "INSERT INTO solid_queue_claimed_executions (job_id, process_id, created_at)"
                    " VALUES (%s, %s, %s)",
                    job.id,
                    worker.process_id,
                    self._utc,
                )
                self._later(job.seconds, self._finish, (worker, job, job.run))

    def _finish(self, argument: object) -> None:
        worker, job, run = argument
        if job.id in worker.jobs and job.run == run:
            del worker.jobs[job.id]
            self.finished += 1
            self._unclaim(job)
            self._write(
                "UPDATE solid_queue_jobs SET finished_at = %s WHERE id = %s", self._utc, job.id
            )
            self._claim()

    def _give_up(self, task_id: object) -> None:
        """The supervisor quits: what still runs goes back to the queue, and its work is lost."""
        worker = self._workers.pop(str(task_id), None)
        if worker is None:
            return
        self.broken += worker.jobs.values()
        for job in worker.jobs.values():
            job.run += 1
            self._unclaim(job)
            self._wait(job)
        self._write("DELETE FROM solid_queue_processes WHERE id = %s", worker.process_id)
        self._claim()

    def _wait(self, job: Job) -> None:
        self._write(
            "INSERT INTO solid_queue_ready_executions (job_id, queue_name, created_at)"
            " VALUES (%s, 'default', %s)",
            job.id,
            self._utc,
        )
        self._ready.append(job)

    def _unclaim(self, job: Job) -> None:
        self._write("DELETE FROM solid_queue_claimed_executions WHERE job_id = %s", job.id)


def job_seconds(random: Random) -> float:
    """Mostly short, some long, a few for many minutes."""
    kind = random.random()
    if kind < 0.8:
        return random.uniform(0.2, 3)
    return random.uniform(20, 90) if kind < 0.96 else random.uniform(180, 600)
