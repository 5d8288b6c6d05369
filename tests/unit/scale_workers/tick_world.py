"""A world in memory for ticks: services, tasks, protection, memory and bus as plain lists."""

from collections.abc import Sequence
from copy import replace
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from ops_common.answers.queue import Measurement, QueueDepth, Worker
from ops_common.app_config import AppConfigSettings
from ops_common.ecs import Deployment, Service
from ops_common.ops_events import OpsEvent
from ops_common.scaling_hold import Hold
from ops_common.service_names import ServiceNames
from scale_workers.activity import Connections
from scale_workers.memory import Overtaken, Remembered
from scale_workers.policy.model import NoMeasurement, Policy
from scale_workers.ports import Ports, WorkerPorts
from scale_workers.settings import Settings
from scale_workers.tasks import Task

NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
WORKER_SERVICE = "jiki-api-solid-queue"


def settings(*, dry_run: bool = False, policy: Policy | None = None) -> Settings:
    return Settings(
        cluster="jiki-production",
        services=ServiceNames(web=("jiki-api-web",), worker=(WORKER_SERVICE,)),
        table_name="ops",
        query_database_function="query-database",
        queue_database_name="",
        database_cluster_id="jiki-production",
        config=AppConfigSettings("config", "p", "u", "config", "id", "value", "jiki"),
        policy=policy or Policy(),
        blind_after_seconds=600,
        dry_run=dry_run,
    )


def service(
    desired: int, *, running: int | None = None, name: str = WORKER_SERVICE, rolling: bool = False
) -> Service:
    deployment = Deployment(
        id="ecs-svc/1",
        primary=True,
        rollout_state="IN_PROGRESS" if rolling else "COMPLETED",
        rollout_reason="",
        created_at=NOW,
        task_definition="worker:1",
        desired=desired,
        running=desired,
        failed=0,
    )
    up = desired if running is None else running
    return Service(name, f"arn:{name}", desired, up, desired - up, "worker:1", (deployment,))


def task(number: int, *, running: bool = True) -> Task:
    host = hostname(number)
    names = {host, host.split(".")[0], f"10.1.0.{number}"}
    started_at = NOW - timedelta(minutes=number)
    return Task(f"arn:task/{number}", running, started_at, frozenset(names))


def hostname(number: int) -> str:
    return f"ip-10-1-0-{number}.eu-west-1.compute.internal"


def worker(number: int, in_flight: int = 0, *, age: float = 5.0) -> Worker:
    return Worker(hostname(number), 3, ("*",), in_flight, age)


def measured(
    *workers: Worker, ready: int = 0, oldest: float = 0.0, at: datetime = NOW
) -> Measurement:
    return Measurement(
        taken_at=at,
        queues=(QueueDepth("default", ready),) if ready else (),
        oldest_wait_seconds=oldest,
        in_flight=sum(one.in_flight for one in workers),
        workers=workers,
    )


@dataclass
class World:
    """The fakes, and a log of what was done to them in its order."""

    worker: Service = field(default_factory=lambda: service(1))
    web: Service = field(default_factory=lambda: service(2, name="jiki-api-web"))
    listed: list[Task] = field(default_factory=list)
    looks: list[Measurement | NoMeasurement] = field(default_factory=list)
    """Answers to `measure`, the last one repeated."""
    connections: list[Connections] = field(default_factory=list)
    """By the cluster's metric."""
    remembered: Remembered = field(default_factory=Remembered)
    overtaken: bool = False
    memory_kept: bool = True
    refuses_protection: bool = False
    bus_down: bool = False
    hold: Hold | None = None
    done: list[tuple[str, object]] = field(default_factory=list)
    events: list[OpsEvent] = field(default_factory=list)

    def ports(self) -> Ports:
        return Ports(
            services=_Services(self),
            workers={WORKER_SERVICE: WorkerPorts(_Tasks(self), _Memories(self), lambda: self.hold)},
            protection=_Protection(self),
            activity=_Activity(self),
            measure=self._measure,
            publish=self._publish,
        )

    def counts(self) -> list[object]:
        """What the service's count was set to, in order."""
        return [value for what, value in self.done if what == "set"]

    def _measure(self) -> Measurement | NoMeasurement:
        self.done.append(("look", None))
        return self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]

    def _publish(self, event: OpsEvent) -> None:
        if self.bus_down:
            raise ConnectionError("bus down")
        self.events.append(event)


@dataclass
class _Services:
    world: World

    def describe(self, names: tuple[str, ...]) -> list[Service]:
        known = {one.name: one for one in (self.world.worker, self.world.web)}
        return [known[name] for name in names]

    def set_desired(self, name: str, count: int) -> None:
        assert name == WORKER_SERVICE
        self.world.done.append(("set", count))
        self.world.worker = replace(self.world.worker, desired=count)


@dataclass
class _Tasks:
    world: World

    def list(self) -> list[Task]:
        return self.world.listed


@dataclass
class _Protection:
    world: World

    def protect(self, tasks: Sequence[Task], minutes: int) -> list[str]:
        assert 1 <= minutes <= 2880
        if tasks:
            self.world.done.append(("protect", tuple(one.arn for one in tasks)))
        return ["arn:task/9: TASK_NOT_VALID"] if self.world.refuses_protection else []

    def release(self, tasks: Sequence[Task]) -> None:
        if tasks:
            self.world.done.append(("release", tuple(one.arn for one in tasks)))


@dataclass
class _Activity:
    world: World

    def connections(self, now: datetime) -> list[Connections]:
        self.world.done.append(("activity", None))
        return self.world.connections


@dataclass
class _Memories:
    world: World

    def load(self) -> Remembered:
        return self.world.remembered

    def save(self, remembered: Remembered, now: datetime) -> bool:
        if self.world.overtaken:
            raise Overtaken("another run has decided meanwhile")
        if self.world.memory_kept:
            self.world.remembered = remembered
        return self.world.memory_kept
