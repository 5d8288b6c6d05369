"""Lets time pass in the ECS stand-in: tasks start and stop, rollouts end, events are sent."""

import threading
from collections import deque
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from local.clock import Clock
from local.ecs import events
from local.ecs.model import Service, Task, TaskDefinition
from local.ecs.runner import TaskFailed, TaskRunner
from local.ecs.scheduler import deploy, last_completed, plan
from local.ecs.zones import emptiest, words

if TYPE_CHECKING:
    from collections.abc import Callable


_NOTHING = TaskRunner()


class Engine:
    """Services of one cluster, moved on by `settle` to the time that the clock shows.

    Runners and the event callback work without the lock, so they may call the API themselves.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        start_delay_seconds: float,
        stop_delay_seconds: float,
        restart_delay_seconds: float,
        seed: int,
    ) -> None:
        self.clock = clock
        self.start_delay = timedelta(seconds=start_delay_seconds)
        self.stop_delay = timedelta(seconds=stop_delay_seconds)
        self.restart_delay = timedelta(seconds=restart_delay_seconds)
        self.lock = threading.RLock()
        self.services: dict[str, Service] = {}
        self.definitions: dict[str, list[TaskDefinition]] = {}
        self.runners: dict[str, TaskRunner] = {}
        self.on_event: Callable[[dict[str, Any]], None] = lambda _: None
        self.events: list[dict[str, Any]] = []
        self._random = Random(seed)
        self._addresses = 0
        self._settling = threading.Lock()
        self._settle_again = False
        self._outbox: deque[Callable[[], None]] = deque()

    def settle(self) -> None:
        """Do all that is due. One thread does it; a call meanwhile makes it run again."""
        self._settle_again = True
        while self._settle_again and self._settling.acquire(blocking=False):
            try:
                self._settle_again = False
                while self._step() or self._outbox:
                    while self._outbox:
                        self._outbox.popleft()()
            finally:
                self._settling.release()

    def send(self, event: dict[str, Any]) -> None:
        """Give an event to the callback at the next `settle`."""
        self.events.append(event)
        self._outbox.append(lambda: self.on_event(event))

    def next_due(self) -> datetime | None:
        """When something happens next by the clock alone."""
        with self.lock:
            now = self.clock()
            times: list[datetime | None] = []
            for service in self.services.values():
                times.append(service.start_not_before)
                for task in service.tasks:
                    times.append(task.protected_until)
                    if task.last_status == "PROVISIONING":
                        times.append(task.created_at + self.start_delay)
                    if task.last_status == "STOPPING" and task.stopping_at:
                        times.append(task.stopping_at + self.stop_delay)
            return min((time for time in times if time is not None and time > now), default=None)

    def stop(self, task: Task, code: str, reason: str) -> None:
        """Ask a task to end: it gets SIGTERM, and its time until it is killed."""
        with self.lock:
            if task.running:
                self._outbox.append(lambda: self._runner(task).stopping(task))
            self._stop(task, code, reason)

    def end(self, task: Task, reason: str, exit_code: int = 1) -> None:
        """A task's container has ended by itself; the service starts another after a pause."""
        with self.lock:
            now, service = self.clock(), self.services[task.service]
            self._stop(task, "EssentialContainerExited", reason)
            task.exit_code = exit_code
            task.stopping_at = now - self.stop_delay
            primary = service.primary
            if task.deployment_id == primary.id and primary.rollout_state == "IN_PROGRESS":
                primary.failed_tasks += 1
            service.start_not_before = now + self.restart_delay

    def _stop(self, task: Task, code: str, reason: str) -> None:
        task.desired_status, task.last_status = "STOPPED", "STOPPING"
        task.stopping_at, task.stop_code, task.stopped_reason = self.clock(), code, reason

    def _step(self) -> bool:
        """Do what is due now; whether anything changed."""
        with self.lock:
            now = self.clock()
            changed = False
            for service in self.services.values():
                for task in service.tasks:
                    changed |= self._move(task, now)
                changed |= self._apply(service, now)
            return changed

    def _move(self, task: Task, now: datetime) -> bool:
        if task.last_status == "PROVISIONING" and now >= task.created_at + self.start_delay:
            task.last_status = "PENDING"
            self._outbox.append(lambda: self._started(task))
            return True
        if task.last_status == "STOPPING" and now >= (task.stopping_at or now) + self.stop_delay:
            task.last_status, task.stopped_at = "STOPPED", now
            self._outbox.append(lambda: self._runner(task).stopped(task))
            self.send(events.task_event(task, now))
            return True
        return False

    def _runner(self, task: Task) -> TaskRunner:
        return self.runners.get(task.service, _NOTHING)

    def _started(self, task: Task) -> None:
        try:
            self._runner(task).started(task)
        except TaskFailed as failure:
            self.end(task, str(failure))
            return
        with self.lock:
            task.started_at = self.clock()
            if task.wanted:
                task.last_status = "RUNNING"
            else:
                self._outbox.append(lambda: self._runner(task).stopping(task))

    def _apply(self, service: Service, now: datetime) -> bool:
        todo = plan(service, now, self._random)
        for _ in range(todo.start):
            service.tasks.append(self._new_task(service, now))
        if todo.rebalance:
            service.messages.insert(0, (now, words(service)))
            task = self._new_task(service, now)
            task.evens_zones = True
            service.tasks.append(task)
        for task in todo.stop:
            reason = f"Scaling activity initiated by deployment {service.primary.id}"
            self.stop(task, "ServiceSchedulerInitiated", reason)
        if todo.finish:
            self._finish(service, todo.finish, now)
        return bool(todo.start or todo.stop or todo.finish or todo.rebalance)

    def _finish(self, service: Service, name: str, now: datetime) -> None:
        primary = service.primary
        primary.updated_at = now
        primary.rollout_state = name.removeprefix("SERVICE_DEPLOYMENT_")
        if name == events.COMPLETED:
            primary.rollout_reason = f"ECS deployment {primary.id} completed."
            service.deployments = [primary]
            text = f"(service {service.name}) has reached a steady state."
            service.messages.insert(0, (now, text))
            self.send(events.deployment_event(service, primary, name))
            return
        primary.rollout_reason = "ECS deployment circuit breaker: tasks failed to start."
        self.send(events.deployment_event(service, primary, name))
        previous = last_completed(service)
        if service.rollback and previous is not None:
            reason = f"ECS deployment circuit breaker: rolling back to deploymentId {previous.id}."
            deploy(service, previous.definition, now, reason)
            self.send(events.deployment_event(service, service.primary, events.IN_PROGRESS))

    def _new_task(self, service: Service, now: datetime) -> Task:
        self._addresses += 1
        third, fourth = divmod(self._addresses, 250)
        return Task(
            cluster=service.cluster,
            service=service.name,
            deployment_id=service.primary.id,
            definition=service.primary.definition,
            created_at=now,
            address=f"10.1.{third % 250 + 1}.{fourth + 4}",
            availability_zone=emptiest(service.live()),
        )
