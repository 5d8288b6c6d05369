"""The ECS stand-in as an HTTP server (AWS JSON 1.1 protocol), and what tests do with it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from local.clock import Clock, SteppedClock, real_clock
from local.ecs.api import Api, ApiError
from local.ecs.engine import Engine
from local.ecs.model import Service, Task, TaskDefinition
from local.ecs.runner import TaskRunner
from local.ecs.scheduler import deploy
from local.http_server import Request, Response, serve

CLUSTER = "jiki-production"
REPOSITORY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/jiki/api"
TICK_SECONDS = 0.05


@dataclass(frozen=True)
class Call:
    """One request that the stand-in got, refused ones included."""

    operation: str
    request: dict[str, Any]


@dataclass
class _Failure:
    operation: str | None
    error: ApiError
    times: int


class EcsStandIn:
    """One cluster. With a SteppedClock time passes by `advance`, with the real one by itself."""

    def __init__(
        self,
        clock: Clock = real_clock,
        *,
        cluster: str = CLUSTER,
        start_delay_seconds: float = 30,
        stop_delay_seconds: float = 5,
        restart_delay_seconds: float = 10,
        seed: int = 0,
    ) -> None:
        self.engine = Engine(
            clock,
            start_delay_seconds=start_delay_seconds,
            stop_delay_seconds=stop_delay_seconds,
            restart_delay_seconds=restart_delay_seconds,
            seed=seed,
        )
        self.cluster = cluster
        self.calls: list[Call] = []
        self.events = self.engine.events
        self.url = ""
        self._api = Api(self.engine, cluster)
        self._failures: list[_Failure] = []

    @contextmanager
    def start(self, *, listen_address: str = "127.0.0.1") -> Iterator["EcsStandIn"]:
        """Serve the API at `url` until the block ends."""
        ended = threading.Event()
        ticker = threading.Thread(target=self._tick_until, args=(ended,), daemon=True)
        with serve(self._answer, listen_address=listen_address) as port:
            self.url = f"http://127.0.0.1:{port}"
            if not isinstance(self.engine.clock, SteppedClock):
                ticker.start()
            try:
                yield self
            finally:
                ended.set()
                if ticker.is_alive():
                    ticker.join()

    def advance(self, seconds: float) -> None:
        """Let time pass on a SteppedClock, stopping wherever something falls due."""
        clock = self.engine.clock
        if not isinstance(clock, SteppedClock):
            raise TypeError("time passes by itself on the real clock")
        end = clock.now + timedelta(seconds=seconds)
        self.engine.settle()
        while (due := self.engine.next_due()) is not None and due <= end:
            clock.now = due
            self.engine.settle()
        clock.now = end
        self.engine.settle()

    def register_task_definition(self, family: str, tag: str) -> TaskDefinition:
        """A new revision that runs `jiki/api:TAG`, as a pipeline registers it."""
        with self.engine.lock:
            revisions = self.engine.definitions.setdefault(family, [])
            definition = TaskDefinition(family, len(revisions) + 1, f"{REPOSITORY}:{tag}")
            revisions.append(definition)
            return definition

    def create_service(
        self, name: str, desired: int, tag: str, *, running: bool = True, **options: Any
    ) -> Service:
        """A service of one task definition; `running` means that its tasks are up already.

        Options are those of local.ecs.model.Service.
        """
        engine = self.engine
        definition = self.register_task_definition(name, tag)
        with engine.lock:
            now = engine.clock()
            service = Service(self.cluster, name, desired, now, **options)
            deploy(service, definition, now)
            engine.services[name] = service
        if running:
            delay, engine.start_delay = engine.start_delay, timedelta(0)
            engine.settle()
            engine.start_delay = delay
        return service

    def run_tasks(self, service: str, runner: TaskRunner) -> None:
        """Let a runner be notified of a service's tasks, of those that run already too."""
        self.engine.runners[service] = runner
        for task in self.running_tasks(service):
            runner.started(task)

    def on_event(self, deliver: Callable[[dict[str, Any]], None]) -> None:
        """Deliver each event from now on, as EventBridge would."""
        self.engine.on_event = deliver

    def service(self, name: str) -> Service:
        """A service's state, for tests to read."""
        return self.engine.services[name]

    def running_tasks(self, name: str) -> list[Task]:
        """The tasks of a service that run now."""
        with self.engine.lock:
            return [task for task in self.engine.services[name].tasks if task.running]

    def end_task(self, task: Task, reason: str = "Essential container in task exited") -> None:
        """Let a task crash."""
        self.engine.end(task, reason)
        self.engine.settle()

    def fail_next(
        self,
        code: str = "ThrottlingException",
        message: str = "Rate exceeded",
        *,
        operation: str | None = None,
        times: int = 1,
        status: int = 400,
    ) -> None:
        """Refuse the next calls, of one operation or of any."""
        self._failures.append(_Failure(operation, ApiError(code, message, status), times))

    def recover(self) -> None:
        """End every failure that was asked for."""
        self._failures.clear()

    def _tick_until(self, ended: threading.Event) -> None:
        while not ended.wait(TICK_SECONDS):
            self.engine.settle()

    def _answer(self, request: Request) -> Response:
        operation = request.headers.get("x-amz-target", "").rpartition(".")[2]
        content = request.json()
        self.calls.append(Call(operation, content))
        try:
            self._fail_if_asked(operation)
            return Response(body=self._api.answer(operation, content), headers=_HEADERS)
        except ApiError as error:
            body = {"__type": error.code, "message": error.message}
            return Response(error.status, body, _HEADERS)

    def _fail_if_asked(self, operation: str) -> None:
        for failure in self._failures:
            if failure.times > 0 and failure.operation in (None, operation):
                failure.times -= 1
                raise failure.error


_HEADERS = {"Content-Type": "application/x-amz-json-1.1"}
