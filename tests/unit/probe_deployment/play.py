"""Plays a whole deployment in the small world: its beginning, its end, and every later look."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from ops_common.ecs import EcsServices
from ops_common.ops_events import OpsEvent
from ops_common.query_database import Login
from probe_deployment import soak
from probe_deployment.answer import answer, without_verdict
from probe_deployment.deployed import Clients
from probe_deployment.hook import HookStatus
from probe_deployment.memory import ProbeMemory
from probe_deployment.probe import Ports, probe, watch
from probe_deployment.settings import Settings
from probe_deployment.superseded import Superseded
from probe_deployment.triggers import parse
from probe_deployment.verdict import Verdict
from tests.unit.probe_deployment.world import ARN, BEGAN, World, definition
from tests.unit.probe_deployment.world_clients import FakeClient

ENVIRONMENT = {
    "CONFIG_SECRET_ID": "config",
    "CONFIG_TABLE_NAME": "",
    "DATABASE_ADDRESS": "",
    "QUERY_DATABASE_FUNCTION": "query",
    "ECS_CLUSTER": "jiki-production",
    "WEB_SERVICES": "jiki-api-web",
    "WORKER_SERVICES": "jiki-api-solid-queue",
    "OPS_TABLE_NAME": "ops",
    "HEALTH_CHECK_URL": "https://api.jiki.io/health-check",
    "SCHEDULE_GROUP": "jiki-ops",
    "SCHEDULE_ROLE_ARN": "role",
    "SCHEDULE_TARGET_ARN": "function",
    "PROBE_SOAK_MINUTES": "1,3,10",
    "PROBE_ROLLBACK": "true",
    # TLS itself is tried on sockets (tests/integration/probe_deployment/test_https.py).
    "ACCEPTED_CHECKS": "certificate",
}


@dataclass
class Played:
    """What became of a deployment."""

    world: World
    verdicts: list[Verdict] = field(default_factory=list)
    events: list[OpsEvent] = field(default_factory=list)
    schedules: dict[str, tuple[datetime, Mapping[str, Any]]] = field(default_factory=dict)

    def sleep(self, seconds: float) -> None:
        """Time passes."""
        self.world.now += timedelta(seconds=seconds)

    @property
    def failed(self) -> set[str]:
        """Checks that failed in a verdict that stands."""
        return {each.check for verdict in self.verdicts for each in verdict.failed}

    @property
    def unknown(self) -> set[str]:
        """Checks that could not look."""
        return {each.check for verdict in self.verdicts for each in verdict.unknown}

    @property
    def fixed_by_older_version(self) -> set[str]:
        """Of those that failed, the ones that may roll back."""
        return {each.check for verdict in self.verdicts for each in verdict.fixed_by_older_version}


def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    """As the template gives them, with a rollback allowed."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return Settings.from_env()


class Faults:
    """Calls that were made, and one of them that fails each time."""

    def __init__(self, fail: str = "", error: Exception | None = None) -> None:
        self.met: set[str] = set()
        self._fail, self._error = fail, error

    def __call__[T](self, name: str, answer: Callable[[], T]) -> T:
        self.met.add(name)
        if name == self._fail and self._error is not None:
            raise self._error.with_traceback(None)  # or each one keeps all frames of those before
        return answer()


class FaultyClient:
    """A client of the small world whose calls are recorded, and may fail."""

    def __init__(self, world: World, service: str, faults: Faults) -> None:
        self._inner, self._service, self._faults = FakeClient(world, service), service, faults

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._inner, name)
        return lambda **asked: self._faults(f"{self._service}.{name}", lambda: call(**asked))


def ports_of(played: Played, chosen: Settings, faults: Faults) -> Ports:
    """The small world, as probe() sees it."""
    world = played.world
    began = [world.now]

    def make(service: str) -> Any:
        return FaultyClient(world, service, faults)

    def publish(event: OpsEvent) -> None:
        faults("events.put_events", lambda: played.events.append(event))

    return Ports(
        client=Clients(make),
        query_database=Asked(world, faults),
        memory=ProbeMemory(make("dynamodb"), "ops"),
        ecs=EcsServices(make("ecs"), chosen.cluster),
        publish=publish,
        schedules=Scheduled(played, faults),
        now=lambda: world.now,
        sleep=played.sleep,
        remaining_seconds=lambda: 720 - (world.now - began[0]).total_seconds(),
        get=world.get,
    )


@dataclass
class Asked:
    """The port QueryDatabase, an invoke of Lambda."""

    world: World
    faults: Faults

    def ask(
        self, request: str, login: Login, parameters: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The world's answer."""
        return self.faults("lambda.invoke", lambda: self.world.ask(request, login, parameters))


@dataclass
class Scheduled:
    """The port OneTimeSchedules."""

    played: Played
    faults: Faults

    def put(self, name: str, at: datetime, payload: Mapping[str, Any]) -> None:
        """To be played at that time."""
        keep = self.played.schedules.__setitem__
        self.faults("scheduler.create_schedule", lambda: keep(name, (at, payload)))

    def delete(self, name: str) -> None:
        """Not to be played."""
        drop = self.played.schedules.pop
        self.faults("scheduler.delete_schedule", lambda: drop(name, None))


def play(world: World, chosen: Settings, faults: Faults | None = None) -> Played:
    """From ECS's first event to the last look; what raises is left to Lambda's repetition."""
    played, faults = Played(world), faults or Faults()
    passed = f"probe#passed#{world.service}"
    last = {"task_definition": {"S": definition(world.service, new=False)}}
    world.items.setdefault(passed, last)

    def look(event: Any) -> None:
        ports, request = ports_of(played, chosen, faults), parse(event, chosen.services)
        assert request is not None
        with suppress(Superseded, ClientError, BotoCoreError):
            if soak.watch_begins(request):
                watch(request, ports, chosen)
            else:
                played.verdicts.append(probe(request, ports, chosen))

    look(_event(world, "IN_PROGRESS", BEGAN))
    for name, at in (("COMPLETED", world.completed), ("FAILED", world.gave_up)):
        if at is not None:
            world.now = at
            look(_event(world, name, at))
    while played.schedules:
        name, (at, payload) = min(played.schedules.items(), key=lambda item: item[1][0])
        del played.schedules[name]
        world.now = max(world.now, at)
        look(dict(payload))
    return played


def hook(
    world: World, stage: str, chosen: Settings, faults: Faults | None = None
) -> tuple[dict[str, Any], Verdict | None]:
    """What a lifecycle hook is answered, asked again until it is no longer IN_PROGRESS."""
    played, details = Played(world), dict[str, Any]()
    verdict: Verdict | None = None
    while True:
        event = _hook(world, stage, details)
        request = parse(event, chosen.services)
        assert request is not None
        try:
            verdict = probe(request, ports_of(played, chosen, faults or Faults()), chosen)
            said = answer(verdict, chosen.hook_on_unknown)
        except (ClientError, BotoCoreError):
            said = without_verdict(event, chosen.hook_on_unknown)
        if said["hookStatus"] != HookStatus.IN_PROGRESS:
            return said, verdict
        details = said["hookDetails"]
        played.sleep(said["callBackDelay"])


def _hook(world: World, stage: str, details: Mapping[str, Any]) -> dict[str, Any]:
    arn = f"{ARN}service/jiki-production/{world.service}"
    target = f"{ARN}service-revision/jiki-production/{world.service}/2"
    return {
        "lifecycleStage": stage,
        "executionDetails": {"serviceArn": arn, "targetServiceRevisionArn": target},
        "hookDetails": details,
    }


def _event(world: World, name: str, at: datetime) -> dict[str, Any]:
    return {
        "detail-type": "ECS Deployment State Change",
        "time": at.isoformat(),
        "resources": [f"{ARN}service/jiki-production/{world.service}"],
        "detail": {
            "eventName": f"SERVICE_DEPLOYMENT_{name}",
            "deploymentId": "ecs-svc/new",
            "updatedAt": at.isoformat(),
            "reason": f"ECS deployment ecs-svc/new {name.lower()}.",
        },
    }
