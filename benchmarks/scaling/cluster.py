"""A Solid Queue and its ECS service, simulated: tasks start late, stop by the rules, cost money."""

import random
from collections import deque
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import simpy

from benchmarks.scaling.workloads import Job
from ops_common.answers.queue import Measurement, QueueDepth, Worker
from scale_workers.policy.model import ServiceState

EPOCH = datetime(2026, 1, 5, tzinfo=UTC)
START_UP_SECONDS = (45.0, 90.0)
"""From UpdateService until the worker claims jobs, drawn evenly (Fargate: image pull and boot)."""
REACTION_SECONDS = (1.0, 5.0)
"""From UpdateService until ECS sends SIGTERM."""
COUNTING_BOUND = 500
"""How many ready jobs `measure_queue` counts before it says "at least"."""
SCHEDULED_BOUND = 5_000
"""How many scheduled jobs it counts."""
SHUTDOWN_SECONDS = 5.0
"""What Solid Queue's shutdown_timeout gives to running jobs after SIGTERM."""


@dataclass(eq=False)
class Task:
    """One ECS task with its worker threads."""

    name: str
    threads: int
    asked_at: float
    up: bool = False
    stopping: bool = False
    stopped_at: float | None = None
    running: dict[int, float] = field(default_factory=dict)
    """Index of each running job, and when it was claimed."""


@dataclass
class Tallies:
    """What is counted over a run."""

    waits: list[float]
    """Per job, from ready to its first start; what never started is cut at the end."""
    task_seconds: float = 0.0
    changes: int = 0
    broken: int = 0
    timeline: list[tuple[float, int, int, float]] = field(default_factory=list)
    """Each half minute: time, tasks paid for, ready jobs, oldest wait."""


class Cluster:
    """The queue and the tasks that work on it."""

    def __init__(self, jobs: list[Job], tasks: int, threads: int, seed: int) -> None:
        self.env = simpy.Environment()
        self.jobs = jobs
        self.threads = threads
        self.desired = tasks
        self.tallies = Tallies(waits=[-1.0] * len(jobs))
        self._start_ups = random.Random(f"start-up {seed}")
        self._choices = random.Random(f"choices {seed}")
        self._ready: deque[tuple[int, float]] = deque()
        self._tasks: list[Task] = []
        self._made = self._arrived = self._started = 0
        self._due = [job.ready_at for job in jobs if job.scheduled]
        for _ in range(tasks):
            self._new_task().up = True
        self.env.process(self._arrivals())
        self.env.process(self._record())

    @property
    def now(self) -> float:
        """Seconds since the start."""
        return float(self.env.now)

    @property
    def ready(self) -> int:
        """Jobs that wait."""
        return len(self._ready)

    @property
    def oldest_wait(self) -> float:
        """How long the first of them has waited."""
        return self.now - self._ready[0][1] if self._ready else 0.0

    @property
    def in_flight(self) -> int:
        """Jobs that run."""
        return sum(len(task.running) for task in self._tasks)

    @property
    def running(self) -> int:
        """Tasks whose workers claim jobs."""
        return sum(task.up and not task.stopping for task in self._tasks)

    def measure(self, look_ahead_seconds: float) -> Measurement:
        """What `measure_queue` would answer; finished jobs are taken not to be preserved."""
        self._due = [at for at in self._due if at > self.now]
        return Measurement(
            taken_at=self.time,
            queues=(
                QueueDepth(
                    "default",
                    min(self.ready, COUNTING_BOUND),
                    ready_is_at_least=self.ready > COUNTING_BOUND,
                    # Of one queue without priorities the sample is exact: its ids are dense.
                    estimate=self.ready if self.ready > COUNTING_BOUND else 0,
                    oldest_wait_seconds=self.oldest_wait,
                ),
            ),
            oldest_wait_seconds=self.oldest_wait,
            median_wait_seconds=(
                self.now - self._ready[self.ready // 2][1] if self._ready else 0.0
            ),
            in_flight=self.in_flight,
            long_running=sum(
                claimed_at < self.now - 60
                for task in self._tasks
                for claimed_at in task.running.values()
            ),
            soon_due_scheduled=min(
                SCHEDULED_BOUND, sum(at <= self.now + look_ahead_seconds for at in self._due)
            ),
            arrived_total=self._started + self.ready,
            enqueued_total=self._arrived,
            started_total=self._started,
            workers=tuple(
                Worker(task.name, task.threads, ("*",), len(task.running), 30)
                for task in self._tasks
                if task.up and not task.stopping
            ),
        )

    @property
    def time(self) -> datetime:
        """The same moment by the clock."""
        return EPOCH + timedelta(seconds=self.now)

    def service(self) -> ServiceState:
        """What DescribeServices would answer."""
        up = [task for task in self._tasks if task.up and not task.stopping]
        busy = sum(bool(task.running) for task in up)
        return ServiceState(self.desired, len(up), self.desired - len(up), busy=busy)

    def set_desired(self, count: int, *, protect_busy: bool) -> None:
        """UpdateService. With protection ECS may only take tasks that run no job now."""
        if count == self.desired:
            return
        living = [task for task in self._tasks if not task.stopping]
        if count < self.desired:
            able = [task for task in living if not (protect_busy and task.running)]
            # A task that is still starting goes first; among the others ECS's choice is open.
            able.sort(key=lambda task: (task.up, self._choices.random()))
            chosen = able[: self.desired - count]
            count = self.desired - len(chosen)
            for task in chosen:
                self.env.process(self._stop(task))
                task.stopping = not task.up
        self.tallies.changes += count != self.desired
        for _ in range(count - self.desired):
            self.env.process(self._start(self._new_task()))
        self.desired = count

    def run(self, seconds: float) -> Tallies:
        """Run to the end, and add up."""
        self.env.run(until=seconds)
        self.tallies.task_seconds += sum(seconds - task.asked_at for task in self._tasks)
        self.tallies.waits = [
            seconds - job.ready_at if wait < 0 else wait
            for job, wait in zip(self.jobs, self.tallies.waits, strict=True)
        ]
        return self.tallies

    def _new_task(self) -> Task:
        self._made += 1
        task = Task(f"ip-10-1-0-{self._made}", self.threads, self.now)
        self._tasks.append(task)
        return task

    def _start(self, task: Task) -> Generator[simpy.Event, Any]:
        yield self.env.timeout(self._start_ups.uniform(*START_UP_SECONDS))
        if not task.stopping:
            task.up = True
            self._came_up(task)
            self._claim(task)

    def _came_up(self, task: Task) -> None:
        """For what only some clusters keep."""

    def _stop(self, task: Task) -> Generator[simpy.Event, Any]:
        yield self.env.timeout(self._choices.uniform(*REACTION_SECONDS))
        task.stopping = True
        if task.running:
            yield self.env.timeout(SHUTDOWN_SECONDS)
        self._tasks.remove(task)
        task.stopped_at = self.now
        self.tallies.task_seconds += self.now - task.asked_at
        # Solid Queue releases what was not finished: the job starts all over.
        self.tallies.broken += len(task.running)
        for index in task.running:
            self._enqueue(index)
        task.running.clear()

    def _arrivals(self) -> Generator[simpy.Event, Any]:
        for index, job in enumerate(self.jobs):
            if job.ready_at > self.now:
                yield self.env.timeout(job.ready_at - self.now)
            self._enqueue(index)

    def _enqueue(self, index: int) -> None:
        self._arrived += 1
        self._ready.append((index, self.now))
        free = [t for t in self._tasks if t.up and not t.stopping and len(t.running) < t.threads]
        if free:
            self._claim(self._choices.choice(free))

    def _claim(self, task: Task) -> None:
        while self._ready and not task.stopping and len(task.running) < task.threads:
            index, _since = self._ready.popleft()
            if self.tallies.waits[index] < 0:
                self.tallies.waits[index] = self.now - self.jobs[index].ready_at
            task.running[index] = self.now
            self._started += 1
            done = self.env.timeout(self.jobs[index].service_seconds)
            if done.callbacks is not None:
                done.callbacks.append(partial(self._finish, task, index, self.now))

    def _finish(self, task: Task, index: int, claimed_at: float, _event: simpy.Event) -> None:
        # A job that was released meanwhile runs elsewhere.
        if task.running.get(index) == claimed_at:
            del task.running[index]
            self._claim(task)

    def _record(self) -> Generator[simpy.Event, Any]:
        while True:
            row = (self.now, len(self._tasks), self.ready, self.oldest_wait)
            self.tallies.timeline.append(row)
            yield self.env.timeout(30)
