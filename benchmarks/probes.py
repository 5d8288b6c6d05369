"""The deployment suite side by side against one check after the other, on the same parts.

The real checks ask real parts: PostgreSQL through query_database, moto, the ECS stand-in, the app's
health check. Those are a millisecond away, AWS and a public address are not: so the whole is
measured again with a delay before each call to AWS, to the health check, and to query_database.
"""

import os
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import boto3
from rich.console import Console
from rich.table import Table

from local.app import AppStandIn
from local.database_login import connect
from local.ecs import EcsStandIn
from local.ecs.server import CLUSTER
from local.lambda_endpoint import LambdaEndpoint
from local.moto_aws import (
    CONFIG_TABLE,
    OPS_TABLE,
    SCHEDULES,
    SECRET,
    TEMPORARY_PASSWORD,
    MotoAws,
)
from local.postgres import MASTER_USER, PostgresServer
from local.solid_queue.workers import WorkerFleet
from ops_common import aws as ops_aws
from ops_common.observability import logger
from ops_common.query_database import DatabaseAddress, LambdaQueryDatabase, Login
from paths import ROOT
from probe_deployment.checks import CHECKS
from probe_deployment.context import Context
from probe_deployment.deployed import Clients
from probe_deployment.finding import Finding, Status
from probe_deployment.request import Request, Trigger
from probe_deployment.runner import run_checks
from probe_deployment.settings import Settings
from probe_deployment.suites import DEPLOYMENT
from query_database.app import handler as query_database

DATABASE, WEB, WORKER = "jiki_production", "jiki-api-web", "jiki-api-solid-queue"
FUNCTION = "jiki-ops-query-database"
ROUNDS = 7
# About what a call from a Lambda to a service of its own region takes, and one through Cloudflare.
DELAYS_SECONDS = (0.0, 0.03)
DEADLINE_SECONDS = 60.0


@dataclass(frozen=True)
class Round:
    """Seconds of one round: both ways, and of the slowest check among those side by side."""

    side_by_side: float
    one_after_the_other: float
    slowest: float


def main() -> None:
    """Measure both ways by turns, and print medians."""
    logger.setLevel("ERROR")
    table = Table(
        title=f"Deployment suite, {len(DEPLOYMENT)} checks, median of {ROUNDS} rounds",
        title_justify="left",
    )
    for name in ("delay of a call", "one after the other", "side by side", "slowest check", ""):
        table.add_column(name, justify="right")
    with _system() as settings:
        for delay in DELAYS_SECONDS:
            rounds = _measure(settings, delay)
            sequential = statistics.median(each.one_after_the_other for each in rounds)
            parallel = statistics.median(each.side_by_side for each in rounds)
            slowest = statistics.median(each.slowest for each in rounds)
            table.add_row(
                f"{delay * 1000:.0f} ms",
                f"{sequential:.2f} s",
                f"{parallel:.2f} s",
                f"{slowest:.2f} s",
                f"{sequential / parallel:.1f}× faster, {parallel / slowest:.2f}× its slowest",
            )
    Console().print(table)


def _measure(settings: Settings, delay_seconds: float) -> list[Round]:
    client = Clients(_clients(delay_seconds))
    for name in ("ecs", "elbv2", "logs", "secretsmanager", "dynamodb", "lambda"):
        client(name)  # as in a warm function
    _checks(settings, client, delay_seconds)["rollout"]()
    rounds = []
    for _ in range(ROUNDS):
        started = time.monotonic()
        for check in _checks(settings, client, delay_seconds).values():
            _must_not_fail(check())
        sequential = time.monotonic() - started
        started = time.monotonic()
        results = run_checks(_checks(settings, client, delay_seconds), DEADLINE_SECONDS)
        parallel = time.monotonic() - started
        for result in results:
            _must_not_fail(result.finding)
        rounds.append(Round(parallel, sequential, max(each.seconds for each in results)))
    return rounds


def _checks(
    settings: Settings, client: Clients, delay_seconds: float
) -> Mapping[str, Callable[[], Finding]]:
    """The suite on a fresh context: nothing looked up before is known."""
    context = Context(
        Request(Trigger.PERSON, "deployment"),
        settings,
        datetime.now(UTC),
        client,
        LambdaQueryDatabase(client("lambda"), FUNCTION),
    )

    def bound(name: str) -> Callable[[], Finding]:
        def check() -> Finding:
            if name == "health_check":
                time.sleep(delay_seconds)
            return CHECKS[name](context)

        return check

    return {name: bound(name) for name in DEPLOYMENT}


def _clients(delay_seconds: float) -> Callable[[str], Any]:
    made: dict[str, Any] = {}

    def wait(**_: Any) -> None:
        time.sleep(delay_seconds)

    def make(service: Any) -> Any:
        if service not in made:
            made[service] = boto3.client(service)
            made[service].meta.events.register("before-send.*", wait)
        return made[service]

    return make


def _must_not_fail(finding: Finding) -> None:
    if finding.status is Status.FAIL:
        raise RuntimeError(f"a check failed, so its time means nothing: {finding}")


@contextmanager
def _system() -> Iterator[Settings]:
    with ExitStack() as stack:
        aws = stack.enter_context(MotoAws.start())
        postgres = stack.enter_context(PostgresServer.start())
        ecs = stack.enter_context(EcsStandIn(start_delay_seconds=0.1).start())
        endpoint = stack.enter_context(LambdaEndpoint({FUNCTION: query_database}).start())
        postgres.create_database(DATABASE, TEMPORARY_PASSWORD)
        login = Login(
            DatabaseAddress(postgres.host, postgres.port, DATABASE), MASTER_USER, TEMPORARY_PASSWORD
        )
        app = AppStandIn(lambda: login, postgres.ca_certificate)
        stack.enter_context(app.start())
        os.environ |= _variables(aws, ecs, endpoint, app, postgres.ca_certificate)
        ops_aws.client.cache_clear()
        _seed(aws, login, postgres.ca_certificate)
        for name in (WEB, WORKER):
            ecs.create_service(name, desired=2, tag="0" * 40)
        ecs.run_tasks(WEB, app)
        workers = WorkerFleet(lambda: connect(login, postgres.ca_certificate))
        stack.callback(workers.close)
        ecs.run_tasks(WORKER, workers)
        ecs.service(WEB).target_group_arn = _target_group(aws)
        yield Settings.from_env()


def _variables(
    aws: MotoAws, ecs: EcsStandIn, endpoint: LambdaEndpoint, app: AppStandIn, ca: str
) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ENDPOINT_URL": aws.url,
        "AWS_ENDPOINT_URL_ECS": ecs.url,
        "AWS_ENDPOINT_URL_LAMBDA": endpoint.url,
        "DATABASE_CA_CERTIFICATE": ca,
        "CONFIG_SECRET_ID": SECRET,
        "CONFIG_TABLE_NAME": CONFIG_TABLE,
        "DATABASE_USER": MASTER_USER,
        "QUERY_DATABASE_FUNCTION": FUNCTION,
        "ECS_CLUSTER": CLUSTER,
        "WEB_SERVICES": WEB,
        "WORKER_SERVICES": WORKER,
        "OPS_TABLE_NAME": OPS_TABLE,
        **SCHEDULES,
        "HEALTH_CHECK_URL": app.health_check_url,
    }


def _seed(aws: MotoAws, login: Login, ca_certificate: str) -> None:
    aws.reset()
    aws.put_config("aurora_endpoint", login.address.host)
    aws.put_config("aurora_port", str(login.address.port))
    aws.put_config("aurora_database_name", login.address.name)
    for name in (WEB, WORKER):
        aws.client("logs").create_log_group(logGroupName=f"/ecs/{name}")
    with connect(login, ca_certificate) as session:
        session.execute((ROOT / "local" / "solid_queue" / "schema.sql").read_text())
        session.execute("CREATE TABLE schema_migrations (version varchar PRIMARY KEY)")
        session.execute("INSERT INTO schema_migrations VALUES ('20260114103000')")


def _target_group(aws: MotoAws) -> str:
    vpc = aws.client("ec2").create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    client = aws.client("elbv2")
    group: str = client.create_target_group(
        Name=WEB, Protocol="HTTP", Port=3000, VpcId=vpc, TargetType="ip"
    )["TargetGroups"][0]["TargetGroupArn"]
    client.register_targets(TargetGroupArn=group, Targets=[{"Id": "10.1.0.5", "Port": 3000}])
    return group


if __name__ == "__main__":
    main()
