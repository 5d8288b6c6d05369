"""The parts that the deployment suite is measured on: real ones, a millisecond away."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

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
from ops_common.query_database import DatabaseAddress, Login
from paths import ROOT
from probe_deployment.settings import Settings
from query_database.app import handler as query_database

DATABASE, WEB, WORKER = "jiki_production", "jiki-api-web", "jiki-api-solid-queue"
FUNCTION = "jiki-ops-query-database"


@contextmanager
def probed_system() -> Iterator[Settings]:
    """All of them, started and steady; the probe's settings, which the environment has too."""
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
        ops_aws.kept_client.cache_clear()
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
    aws.put_config(
        aurora_endpoint=login.address.host,
        aurora_port=str(login.address.port),
        aurora_database_name=login.address.name,
    )
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
