"""A Solid Queue, simulated, and the service whose tasks work on it."""

from collections import deque
from collections.abc import Generator
from functools import partial
from typing import Any

import simpy

from benchmarks.scaling.service import SimulatedService
from benchmarks.scaling.tallies import Tallies
from benchmarks.scaling.task import Task
from benchmarks.scaling.workloads import Job
from ops_common.answers.queue import Measurement, QueueDepth, Worker

COUNTING_BOUND = 500
"""How many ready jobs `measure_queue` counts before it says "at least"."""
SCHEDULED_BOUND = 5_000
"""How many scheduled jobs it counts."""


class Cluster(SimulatedService):
    """The queue and the tasks that work on it."""

    def __init__(self, jobs: list[Job], tasks: int, threads: int, seed: int) -> None:
        super().__init__(tasks, threads, seed, Tallies(waits=[-1.0] * len(jobs)))
        self.jobs = jobs
        self._ready: deque[tuple[int, float]] = deque()
        self._arrived = self._started = 0
        self._due = [job.ready_at for job in jobs if job.scheduled]
        self.env.process(self._arrivals())
        self.env.process(self._record())

    @property
    def ready(self) -> int:
        """Jobs that wait."""
        return len(self._ready)

    @property
    def oldest_wait(self) -> float:
        """How long the first of them has waited."""
        return self.now - self._ready[0][1] if self._ready else 0.0

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

    def run(self, seconds: float) -> Tallies:
        """Run to the end, and add up."""
        self.env.run(until=seconds)
        self.tallies.task_seconds += sum(seconds - task.asked_at for task in self._tasks)
        self.tallies.waits = [
            seconds - job.ready_at if wait < 0 else wait
            for job, wait in zip(self.jobs, self.tallies.waits, strict=True)
        ]
        return self.tallies

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
