"""What drills share and what each begins with: servers, variables, the app laid down anew."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.database_login import connect
from local.drills.faults import FaultyAws
from local.ecs import EcsStandIn
from local.moto_aws import (
    CONFIG_TABLE,
    OPS_TABLE,
    SCHEDULES,
    SECRET,
    TEMPORARY_PASSWORD,
    MotoAws,
)
from local.postgres import MASTER_USER, PostgresServer
from local.slack import SlackStandIn
from ops_common.query_database import DatabaseAddress, Login

DATABASE, WEB, WORKERS = "jiki_production", "jiki-api-web", "jiki-api-solid-queue"
QUERY_DATABASE = "jiki-ops-query-database"
SCHEMA = Path(__file__).parent.parent / "solid_queue" / "schema.sql"
TOKEN_PARAMETER = "/jiki-ops/slack-token"  # noqa: S105  # a name


@dataclass
class Stage:
    """What is started once for all drills."""

    postgres: PostgresServer
    moto: MotoAws
    aws: FaultyAws

    @classmethod
    @contextmanager
    def open(cls) -> Iterator["Stage"]:
        """Start the servers. Raises PostgresUnavailable."""
        with ExitStack() as stack:
            # Crashes are part of it, so what is committed must survive one.
            durable = {"synchronous_commit": "on"}
            postgres = stack.enter_context(PostgresServer.start(settings=durable))
            moto = stack.enter_context(MotoAws.start())
            yield cls(postgres, moto, stack.enter_context(FaultyAws(moto.url).start()))


def environment(
    stage: Stage, ecs: EcsStandIn, slack: SlackStandIn, functions: str
) -> dict[str, str]:
    """The variables of all functions; `functions` is the address that they call each other at."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    topic = "arn:aws:sns:eu-west-1:123456789012:alerts"
    return kept | {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_REGION": "eu-west-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": stage.aws.url,
        "AWS_ENDPOINT_URL_ECS": ecs.url,
        "AWS_ENDPOINT_URL_LAMBDA": functions,
        "POWERTOOLS_SERVICE_NAME": "drill",
        "POWERTOOLS_METRICS_NAMESPACE": "JikiOps",
        "STACK_NAME": "jiki-ops",
        "ENVIRONMENT_NAME": "production",
        "CONFIG_SECRET_ID": SECRET,
        "CONFIG_TABLE_NAME": CONFIG_TABLE,
        "DATABASE_USER": MASTER_USER,
        "DATABASE_CA_CERTIFICATE": stage.postgres.ca_certificate,
        "QUERY_DATABASE_FUNCTION": QUERY_DATABASE,
        "ECS_CLUSTER": ecs.cluster,
        "WEB_SERVICES": WEB,
        "WORKER_SERVICES": WORKERS,
        "OPS_TABLE_NAME": OPS_TABLE,
        **SCHEDULES,
        "ALERT_TOPIC_ARN": topic,
        "ALERT_QUEUE_URL": f"{stage.aws.url}/123456789012/alerts",
        "SLACK_TOKEN_PARAMETER": TOKEN_PARAMETER,
        "SLACK_CHANNEL": slack.channel,
        "SLACK_API_URL": slack.url,
        # Long enough to see, short enough to wait for; the template's are 5 s and 60 s.
        "CONNECT_TIMEOUT_SECONDS": "2",
        "DATABASE_WAIT_SECONDS": "6",
    }


def lay_down(stage: Stage, ecs: EcsStandIn, slack: SlackStandIn, address: DatabaseAddress) -> None:
    """The app's database, configuration, services and topic, as they are at first."""
    postgres, moto = stage.postgres, stage.moto
    postgres.drop_database(DATABASE)
    postgres.create_database(DATABASE, TEMPORARY_PASSWORD)
    login = Login(address, MASTER_USER, TEMPORARY_PASSWORD)
    with connect(login, postgres.ca_certificate) as session:
        session.execute(SCHEMA.read_text())
    moto.put_config(
        aurora_endpoint=address.host,
        aurora_port=str(address.port),
        aurora_database_name=address.name,
    )
    moto.client("ssm").put_parameter(Name=TOKEN_PARAMETER, Value=slack.token, Type="SecureString")
    topic = moto.client("sns").create_topic(Name="alerts")["TopicArn"]
    moto.client("sqs").create_queue(QueueName="subscriber")
    moto.client("sns").subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint="arn:aws:sqs:eu-west-1:123456789012:subscriber",
    )
    ecs.create_service(WEB, desired=2, tag="0" * 40)
    ecs.create_service(WORKERS, desired=1, tag="0" * 40)
