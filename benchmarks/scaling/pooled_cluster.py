"""A cluster whose tasks run several pools of threads, each for its own queues.

Beside that it plays what goes wrong: tasks that never come up, workers that are killed, enqueues
that are rolled back.
"""

import random
from collections import Counter, deque
from collections.abc import Generator
from functools import partial
from typing import Any

import simpy

from benchmarks.scaling.cluster import COUNTING_BOUND, Cluster
from benchmarks.scaling.process_rows import ProcessRows
from benchmarks.scaling.task import Task
from benchmarks.scaling.workloads import HOUR, Job, Setup
from ops_common.answers.queue import Measurement, QueueDepth, QueueFlow
from scale_workers.policy.queues import covers

LATELY_SECONDS = 60


class PooledCluster(Cluster):
    """Jobs wait by queue; a task's threads are divided among its pools."""

    def __init__(self, jobs: list[Job], tasks: int, setup: Setup, seed: int) -> None:
        self._setup = setup
        self._queues: dict[str, deque[tuple[int, float]]] = {job.queue: deque() for job in jobs}
        self._pool_of: dict[int, int] = {}
        self._ended: deque[tuple[float, str]] = deque()
        self._failures = random.Random(f"failures {seed}")
        self._rows = ProcessRows(setup.pools)
        super().__init__(jobs, tasks, sum(pool.threads for pool in setup.pools), seed)
        for task in self._tasks:
            self._rows.start(task.name, 0.0)
        if setup.kills_per_hour:
            self.env.process(self._kills())

    @property
    def ready(self) -> int:
        """Jobs that wait."""
        return sum(map(len, self._queues.values()))

    @property
    def oldest_wait(self) -> float:
        """How long the first of them has waited."""
        return max(
            (self.now - waiting[0][1] for waiting in self._queues.values() if waiting), default=0.0
        )

    def measure(self, look_ahead_seconds: float) -> Measurement:  # noqa: ARG002  # nothing is scheduled
        """What `measure_queue` would answer; finished jobs are preserved, none is scheduled."""
        while self._ended and self._ended[0][0] < self.now - LATELY_SECONDS:
            self._ended.popleft()
        ended = Counter(queue for _, queue in self._ended)
        up = [task for task in self._tasks if task.up and not task.stopping]
        running = [(index, at) for task in up for index, at in task.running.items()]
        in_flight = Counter(self.jobs[index].queue for index, _ in running)
        long = Counter(self.jobs[index].queue for index, at in running if at < self.now - 60)
        held = {
            (task.name, number): self._used(task, number)
            for task in up
            for number in range(len(self._setup.pools))
        }
        working, gone = self._rows.workers(self.now, held)
        return Measurement(
            taken_at=self.time,
            queues=tuple(self._depth(name, jobs) for name, jobs in self._queues.items() if jobs),
            oldest_wait_seconds=self.oldest_wait,
            in_flight=sum(in_flight.values()),
            long_running=sum(long.values()),
            flows=tuple(
                QueueFlow(name, in_flight[name], long[name], completed=ended[name])
                for name in self._queues
            ),
            arrived_total=self._started + self.ready,
            enqueued_total=round(self._arrived * (1 + self._setup.rolled_back)),
            started_total=self._started,
            workers=working,
            dead_workers=gone,
            dispatchers=len(up),
        )

    def _depth(self, name: str, jobs: deque[tuple[int, float]]) -> QueueDepth:
        beyond = len(jobs) > COUNTING_BOUND
        return QueueDepth(
            name,
            min(len(jobs), COUNTING_BOUND),
            ready_is_at_least=beyond,
            estimate=len(jobs) if beyond else 0,
            oldest_wait_seconds=self.now - jobs[0][1],
            median_wait_seconds=self.now - jobs[len(jobs) // 2][1],
        )

    def _used(self, task: Task, pool: int) -> int:
        return sum(self._pool_of[index] == pool for index in task.running)

    def _start(self, task: Task) -> Generator[simpy.Event, Any]:
        if self._failures.random() >= self._setup.never_start:
            yield from super()._start(task)

    def _came_up(self, task: Task) -> None:
        self._rows.start(task.name, self.now)

    def _stop(self, task: Task) -> Generator[simpy.Event, Any]:
        yield from super()._stop(task)
        self._rows.end(task.name)

    def _kills(self) -> Generator[simpy.Event, Any]:
        """The jobs of a killed worker have failed; another takes its place."""
        while True:
            rate = self._setup.kills_per_hour * max(1, self.running) / HOUR
            yield self.env.timeout(self._failures.expovariate(rate))
            up = [task for task in self._tasks if task.up and not task.stopping]
            if not up:
                continue
            task = self._failures.choice(up)
            pool = self._failures.randrange(len(self._setup.pools))
            for index in [one for one in task.running if self._pool_of[one] == pool]:
                del task.running[index]
            self._rows.replace(task.name, pool, self.now)
            self._claim(task)

    def _enqueue(self, index: int) -> None:
        self._arrived += 1
        self._queues[self.jobs[index].queue].append((index, self.now))
        tasks = [task for task in self._tasks if task.up and not task.stopping]
        self._choices.shuffle(tasks)
        for task in tasks:
            self._claim(task)

    def _claim(self, task: Task) -> None:
        for number, pool in enumerate(self._setup.pools):
            free = pool.threads - self._used(task, number)
            while free > 0 and not task.stopping and (queue := self._next(pool.queues)):
                index, _ = self._queues[queue].popleft()
                if self.tallies.waits[index] < 0:
                    self.tallies.waits[index] = self.now - self.jobs[index].ready_at
                task.running[index] = self.now
                self._pool_of[index] = number
                self._started += 1
                free -= 1
                done = self.env.timeout(self.jobs[index].service_seconds)
                if done.callbacks is not None:
                    done.callbacks.append(partial(self._finish, task, index, self.now))

    def _next(self, queues: tuple[str, ...]) -> str | None:
        """The queue of the next job: by the order of the list, and of all by age."""
        for pattern in queues:
            waiting = [
                name for name, jobs in self._queues.items() if jobs and covers((pattern,), name)
            ]
            if waiting:
                return min(waiting, key=lambda name: self._queues[name][0][1])
        return None

    def _finish(self, task: Task, index: int, claimed_at: float, event: simpy.Event) -> None:
        if task.running.get(index) == claimed_at:
            self._ended.append((self.now, self.jobs[index].queue))
        super()._finish(task, index, claimed_at, event)
