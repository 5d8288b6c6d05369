"""Solid Queue workers on real rows, in stepped time: hours of work in seconds.

PostgreSQL keeps to the stepped clock too: the database's search path finds a function `now()` of
ours before the server's own, so the statement under test runs as it is. Rows are written when
somebody is about to look (`write_rows`), in one round trip.

What goes wrong is played as the recordings show it: a worker that is killed fails its jobs, and its
supervisor starts another, while the row of the killed one stays until it is pruned; a host that
vanishes leaves all its rows and claims, until another supervisor prunes them.
"""

import heapq
from collections import deque
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import LiteralString

import psycopg

from local.clock import SteppedClock
from local.ecs import EcsStandIn, Task, TaskRunner
from tests.integration.scale_workers.stepped_jobs import Job, Worker

THREADS = 3
SHUTDOWN_TIMEOUT_SECONDS = 5.0
"""How long Solid Queue's supervisor lets jobs finish after SIGTERM."""
HEARTBEAT_SECONDS = 60.0
ALIVE_SECONDS = 300.0
"""A supervisor prunes what has not beaten for so long."""
REPLACED_AFTER_SECONDS = 3.0
"""Until a supervisor has started another worker in the place of a killed one."""
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


class SteppedWorkers(TaskRunner):
    """Follows the tasks of services of the ECS stand-in; `advance` lets time pass for all.

    `queues`: by service, the one that its workers take jobs from.
    """

    def __init__(
        self,
        connection: psycopg.Connection[tuple[object, ...]],
        ecs: EcsStandIn,
        clock: SteppedClock,
        queues: Mapping[str, str],
    ) -> None:
        self._connection = connection
        self._ecs = ecs
        self._clock = clock
        self._queues = queues
        self._workers: dict[str, Worker] = {}
        self._ready: dict[str, deque[Job]] = {queue: deque() for queue in queues.values()}
        self._abandoned: list[tuple[datetime, int, list[Job]]] = []
        """Processes that are gone: since when, whose row, and what they held."""
        self._due: list[tuple[datetime, int, object, object]] = []
        self._order = count()
        self._job_ids, self._process_ids = count(1), count(1)
        self._rows: list[tuple[LiteralString, tuple[object, ...]]] = []
        self.broken: list[Job] = []
        """Jobs that were running and had to be given up: the same entry as often as it happened."""
        self.finished = self.killed_workers = self.vanished_hosts = self.failed = 0
        connection.execute(STEPPED_TIME)
        for service in queues:
            ecs.run_tasks(service, self)

    def enqueue(self, seconds: float, queue: str = "default") -> None:
        """A job that takes so long becomes ready now."""
        job = Job(next(self._job_ids), seconds, queue)
        self._write(
            "INSERT INTO solid_queue_jobs (id, queue_name, class_name, created_at, updated_at)"
            " VALUES (%s, %s, 'Job', %s, %s)",
            job.id,
            queue,
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
        supervisor_id = next(self._process_ids)
        self._write_process(supervisor_id, "Supervisor(fork)", "{}", task, None)
        self._start_worker(task, supervisor_id)
        self._later(HEARTBEAT_SECONDS, self._beat, task.id)

    def _start_worker(self, task: Task, supervisor_id: int) -> None:
        process_id, queue = next(self._process_ids), self._queues[task.service]
        metadata = f'{{"queues":"{queue}","thread_pool_size":{THREADS}}}'
        self._write_process(process_id, "Worker", metadata, task, supervisor_id)
        self._workers[task.id] = Worker(task, process_id, supervisor_id, queue)
        self._claim()

    def _write_process(
        self, process_id: int, kind: str, metadata: str, task: Task, supervisor_id: int | None
    ) -> None:
        self._write(
            "INSERT INTO solid_queue_processes (id, kind, last_heartbeat_at, pid, hostname,"
            " metadata, name, created_at, supervisor_id)"
            " VALUES (%s, %s, %s, 1, %s, %s, %s, %s, %s)",
            process_id,
            kind,
            self._utc,
            task.host_name,
            metadata,
            f"{kind}-{process_id}",
            self._utc,
            supervisor_id,
        )

    def kill(self, random: Random) -> None:
        """SIGKILL for some worker: its jobs fail, its row stays, another takes its place."""
        alive = sorted(one for one in self._workers if not self._workers[one].stopping)
        if not alive:
            return
        worker = self._workers.pop(random.choice(alive))
        self.killed_workers += 1
        self._fail(worker.jobs.values())
        self._abandoned.append((self._clock.now, worker.process_id, []))
        self._later(REPLACED_AFTER_SECONDS, self._replace, worker)

    def _replace(self, worker: object) -> None:
        assert isinstance(worker, Worker)
        if worker.task.wanted:
            self._start_worker(worker.task, worker.supervisor_id)

    def vanish(self, random: Random) -> None:
        """A host goes, with all that runs on it."""
        alive = sorted(one for one in self._workers if not self._workers[one].stopping)
        if not alive:
            return
        worker = self._workers.pop(random.choice(alive))
        self.vanished_hosts += 1
        for process_id, jobs in (
            (worker.process_id, list(worker.jobs.values())),
            (worker.supervisor_id, []),
        ):
            self._abandoned.append((self._clock.now, process_id, jobs))
        self._ecs.end_task(worker.task, "Host EC2 (instance) terminated.")

    def _fail(self, jobs: Iterable[Job]) -> None:
        for job in jobs:
            job.run += 1
            self.failed += 1
            self._unclaim(job)

    def _prune(self) -> None:
        for gone in list(self._abandoned):
            since, process_id, jobs = gone
            if (self._clock.now - since).total_seconds() > ALIVE_SECONDS:
                self._abandoned.remove(gone)
                self._fail(jobs)
                self._write("DELETE FROM solid_queue_processes WHERE id = %s", process_id)

    def _beat(self, task_id: object) -> None:
        worker = self._workers.get(str(task_id))
        if worker:
            self._prune()
            self._write(
                "UPDATE solid_queue_processes SET last_heartbeat_at = %s WHERE id IN (%s, %s)",
                self._utc,
                worker.process_id,
                worker.supervisor_id,
            )
        if any(
            task.id == task_id for name in self._queues for task in self._ecs.running_tasks(name)
        ):
            self._later(HEARTBEAT_SECONDS, self._beat, task_id)

    def _claim(self) -> None:
        for worker in self._workers.values():
            ready = self._ready[worker.queue]
            while ready and len(worker.jobs) < THREADS and not worker.stopping:
                job = ready.popleft()
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
        for process_id in (worker.process_id, worker.supervisor_id):
            self._write("DELETE FROM solid_queue_processes WHERE id = %s", process_id)
        self._claim()

    def _wait(self, job: Job) -> None:
        self._write(
            "INSERT INTO solid_queue_ready_executions (job_id, queue_name, created_at)"
            " VALUES (%s, %s, %s)",
            job.id,
            job.queue,
            self._utc,
        )
        self._ready[job.queue].append(job)

    def _unclaim(self, job: Job) -> None:
        self._write("DELETE FROM solid_queue_claimed_executions WHERE job_id = %s", job.id)
