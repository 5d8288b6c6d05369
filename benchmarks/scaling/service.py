"""An ECS service, simulated: tasks start late, stop by the rules, cost money."""

import random
from abc import ABC, abstractmethod
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from typing import Any

import simpy

from benchmarks.scaling.tallies import Tallies
from benchmarks.scaling.task import REACTION_SECONDS, SHUTDOWN_SECONDS, START_UP_SECONDS, Task
from scale_workers.policy.model import ServiceState

EPOCH = datetime(2026, 1, 5, tzinfo=UTC)


class SimulatedService(ABC):
    """The tasks; what they work on is the subclass's."""

    def __init__(self, tasks: int, threads: int, seed: int, tallies: Tallies) -> None:
        self.env = simpy.Environment()
        self.threads = threads
        self.desired = tasks
        self.tallies = tallies
        self._start_ups = random.Random(f"start-up {seed}")
        self._choices = random.Random(f"choices {seed}")
        self._tasks: list[Task] = []
        self._made = 0
        for _ in range(tasks):
            self._new_task().up = True

    @property
    def now(self) -> float:
        """Seconds since the start."""
        return float(self.env.now)

    @property
    def time(self) -> datetime:
        """The same moment by the clock."""
        return EPOCH + timedelta(seconds=self.now)

    @property
    def in_flight(self) -> int:
        """Jobs that run."""
        return sum(len(task.running) for task in self._tasks)

    @property
    def running(self) -> int:
        """Tasks whose workers claim jobs."""
        return sum(task.up and not task.stopping for task in self._tasks)

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

    @abstractmethod
    def _claim(self, task: Task) -> None:
        """Let a task take jobs, as far as it has threads."""

    @abstractmethod
    def _enqueue(self, index: int) -> None:
        """A job is ready, or ready again."""

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

    def _came_up(self, task: Task) -> None:  # noqa: B027  # a hook that may stay empty
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
