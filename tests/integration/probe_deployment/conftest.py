"""Jiki's system, deployed and well: what the probes look at."""

from collections.abc import Callable, Iterator
from copy import replace
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from local.app import AppStandIn
from local.clock import SteppedClock
from local.database_login import connect
from local.ecs import EcsStandIn
from local.moto_aws import MotoAws
from local.solid_queue.workers import WorkerFleet
from ops_common.query_database import Login

WEB, WORKER = "jiki-api-web", "jiki-api-solid-queue"
OLD, NEW = "0" * 40, "3f786850e387550fdab836ed7e6dc881de23001b"
VERSION = "20260114103000"


@dataclass
class System:
    """The running parts, and ways to ask for a verdict."""

    aws: MotoAws
    ecs: EcsStandIn
    database: Any
    app: AppStandIn
    workers: WorkerFleet
    context: Any

    def probe(self, event: Any = None, **fields: Any) -> Any:
        """What the handler answers to an event, or to a person who asks with these fields."""
        from probe_deployment.app import handler  # its metrics read the environment

        return handler(event or fields, self.context)

    def checks(self, **fields: Any) -> dict[str, Any]:
        """The checks of a verdict by name."""
        return {check["name"]: check for check in self.probe(**fields)["checks"]}

    def deploy(self, service: str, tag: str, *, wait: bool = True) -> None:
        """Register a task definition with that tag and deploy it."""
        clock = self.ecs.engine.clock
        assert isinstance(clock, SteppedClock)
        clock.now = max(clock.now, datetime.now(UTC))
        definition = self.ecs.register_task_definition(service, tag)
        self.aws_ecs.update_service(
            cluster=self.ecs.cluster, service=service, taskDefinition=definition.arn
        )
        if wait:
            self.ecs.advance(120)

    def deployment_event(self, service: str = WEB, name: str = "COMPLETED") -> Any:
        """The newest event of that kind, as ECS sent it."""
        return next(
            each
            for each in reversed(self.ecs.events)
            if each["detail-type"] == "ECS Deployment State Change"
            and each["resources"][0].endswith(service)
            and each["detail"]["eventName"].endswith(name)
        )

    def log(self, service: str, *lines: str, minutes: float = 0) -> None:
        """Lines in the logs of a service's running tasks, so long ago."""
        at = int((datetime.now(UTC) - timedelta(minutes=minutes)).timestamp() * 1000)
        self.aws.client("logs").put_log_events(
            logGroupName=f"/ecs/{service}",
            logStreamName="app",
            logEvents=[{"timestamp": at, "message": line} for line in lines],
        )

    @property
    def aws_ecs(self) -> Any:
        """A client at the ECS stand-in."""
        return boto3.client("ecs", endpoint_url=self.ecs.url)


@pytest.fixture
def system(
    aws: MotoAws,
    ecs: EcsStandIn,
    database: Any,
    lambda_endpoint: Any,
    lambda_context: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[System]:
    """Two web tasks and a worker task at the old tag; targets, logs and schema in order."""

    def read_login() -> Login:
        return Login(database.address, database.login.user, aws.secret()["aurora_password"])

    _create_target_group(aws, ecs)
    for service in (WEB, WORKER):
        logs = aws.client("logs")
        logs.create_log_group(logGroupName=f"/ecs/{service}")
        logs.create_log_stream(logGroupName=f"/ecs/{service}", logStreamName="app")
    database.admin.execute("CREATE TABLE schema_migrations (version varchar PRIMARY KEY)")
    database.admin.execute("GRANT SELECT ON schema_migrations TO PUBLIC")
    database.admin.execute(
        "INSERT INTO schema_migrations VALUES ('20250101000000'), (%s)", [VERSION]
    )
    workers = WorkerFleet(lambda: connect(database.login, database.server.ca_certificate))
    with AppStandIn(read_login, database.server.ca_certificate).start() as app:
        monkeypatch.setenv("HEALTH_CHECK_URL", app.health_check_url)
        ecs.run_tasks(WEB, app)
        ecs.run_tasks(WORKER, workers)
        yield System(aws, ecs, database, app, workers, lambda_context)
        workers.close()


def _create_target_group(aws: MotoAws, ecs: EcsStandIn) -> None:
    vpc = aws.client("ec2").create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    group = aws.client("elbv2").create_target_group(
        Name="jiki-api-web", Protocol="HTTP", Port=3000, VpcId=vpc, TargetType="ip"
    )["TargetGroups"][0]["TargetGroupArn"]
    ecs.service(WEB).target_group_arn = group
    aws.client("elbv2").register_targets(
        TargetGroupArn=group, Targets=[{"Id": "10.1.0.5", "Port": 3000}]
    )


@pytest.fixture
def published(aws: MotoAws) -> Callable[[], list[dict[str, Any]]]:
    """The events of our own that were put on the bus since the last look."""
    return lambda: [
        each["detail"] | {"kind": each["detail-type"]} for each in aws.published_events()
    ]


@pytest.fixture
def prober(system: System) -> Any:
    """probe() with time under control, after a deployment."""
    # Here, for the metrics of what it imports read the environment.
    from probe_deployment.settings import Settings
    from tests.integration.probe_deployment.prober import Prober, Time

    system.deploy(WEB, NEW)
    settings = replace(Settings.from_env(), soak_minutes=())
    return Prober(system, Time(system.ecs.engine.clock()), settings)


@pytest.fixture
def broken(prober: Any) -> Any:
    """A deployment that passed, and then one whose tasks answer 503."""
    from tests.integration.probe_deployment.prober import ServesNothing

    prober(prober.system.deployment_event(WEB))
    prober.system.ecs.engine.runners[WEB] = ServesNothing(prober.system.app)
    prober.system.deploy(WEB, "b" * 40)
    ended = prober.system.deployment_event(WEB)["detail"]["updatedAt"]
    prober.time.now = datetime.fromisoformat(ended)
    prober.events.clear()
    return prober
