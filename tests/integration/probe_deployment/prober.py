"""probe() with time under control, and tasks that go wrong."""

from collections.abc import Callable, Mapping
from copy import replace
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3

from local.app import AppStandIn
from local.ecs import Task, TaskFailed, TaskRunner
from ops_common.aws import client
from ops_common.ecs import EcsServices
from ops_common.one_time_schedules import EventBridgeSchedules, ScheduleSettings
from ops_common.ops_events import EventNotPublished, OpsEvent
from ops_common.query_database import LambdaQueryDatabase
from ops_common.settings import Environment
from probe_deployment.deployed import Clients
from probe_deployment.memory import ProbeMemory
from probe_deployment.probe import Ports, probe
from probe_deployment.settings import Settings
from probe_deployment.triggers import parse
from probe_deployment.verdict import Verdict

if TYPE_CHECKING:
    from tests.integration.probe_deployment.conftest import System


@dataclass
class Time:
    """A clock that only sleeping moves, with what is done meanwhile."""

    now: datetime
    slept: list[float] = field(default_factory=list)
    remaining_seconds: float = 700
    meanwhile: Callable[[], None] = lambda: None

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)
        self.remaining_seconds -= seconds
        self.meanwhile()


class EndsAtOnce(TaskRunner):
    """Tasks whose container ends as soon as it starts."""

    def started(self, task: Task) -> None:
        raise TaskFailed("Essential container in task exited: no queue.yml")


class ServesNothing(TaskRunner):
    """Tasks that start and answer no request; those from before stop as they should."""

    def __init__(self, app: AppStandIn) -> None:
        self.stopping = app.stopping


@dataclass
class KeptSchedules:
    """The real schedules, at moto, which starts none; and what was put, to be started by a test."""

    put_: dict[str, tuple[datetime, Mapping[str, Any]]] = field(default_factory=dict)

    def put(self, name: str, at: datetime, payload: Mapping[str, Any]) -> None:
        self.put_[name] = (at, payload)
        _schedules().put(name, at, payload)

    def delete(self, name: str) -> None:
        self.put_.pop(name, None)
        _schedules().delete(name)


def _schedules() -> EventBridgeSchedules:
    settings = ScheduleSettings.from_environment(Environment())
    return EventBridgeSchedules(client("scheduler"), settings)


@dataclass
class Prober:
    """probe() with time under control, and what it published."""

    system: "System"
    time: Time
    settings: Settings
    events: list[OpsEvent] = field(default_factory=list)
    publish_fails: bool = False
    schedules: KeptSchedules = field(default_factory=KeptSchedules)

    def __call__(self, event: Any, **settings: Any) -> Verdict:
        chosen = replace(self.settings, **settings)
        request = parse(event, chosen.services)
        assert request is not None
        return probe(request, self.ports(), chosen)

    def ports(self) -> Ports:
        return Ports(
            client=Clients(boto3.client),
            query_database=LambdaQueryDatabase(
                boto3.client("lambda"), self.settings.query_database_function
            ),
            memory=ProbeMemory(boto3.client("dynamodb"), self.settings.ops_table_name),
            ecs=EcsServices(boto3.client("ecs"), self.settings.cluster),
            publish=self.publish,
            schedules=self.schedules,
            now=lambda: self.time.now,
            sleep=self.time.sleep,
            remaining_seconds=lambda: self.time.remaining_seconds,
        )

    def publish(self, event: OpsEvent) -> None:
        if self.publish_fails:
            raise EventNotPublished("DeploymentProbed", "ThrottlingException")
        self.events.append(event)

    def look_again(self, **settings: Any) -> Verdict:
        """The next look that was scheduled, at its time."""
        ((name, (at, payload)),) = self.schedules.put_.items()
        del self.schedules.put_[name]
        self.time.now = at
        return self(dict(payload), **settings)

    @property
    def kinds(self) -> list[tuple[str, str]]:
        return [(event.kind, event.state.value) for event in self.events]
