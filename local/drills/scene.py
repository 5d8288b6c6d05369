"""What every drill plays on: the real functions in this process, and the stand-ins around them."""

import json
import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest import mock

from local.clock import SteppedClock, real_clock
from local.database_login import connect
from local.drills.drill import times
from local.drills.faults import FaultyAws
from local.drills.people import AlertLane
from local.ecs import EcsStandIn
from local.lambda_endpoint import Context, LambdaEndpoint
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
from local.solid_queue import protocol
from ops_common import aws as ops_aws
from ops_common.query_database import DatabaseAddress, Login
from query_database.app import handler as query_database
from rotate_password.app import handler as rotate_password
from scale_workers import tick as scaler
from scale_workers import wiring
from scale_workers.login import LoginCache
from scale_workers.report import Tick
from scale_workers.settings import Settings as ScalerSettings

DATABASE, WEB, WORKERS = "jiki_production", "jiki-api-web", "jiki-api-solid-queue"
QUERY_DATABASE = "jiki-ops-query-database"
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
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


@dataclass
class Scene:
    """A fresh Jiki with jiki-ops around it."""

    stage: Stage
    ecs: EcsStandIn
    slack: SlackStandIn
    functions: LambdaEndpoint
    clock: SteppedClock
    """Of the scaler, ECS and the alert queue; rotations keep to the real one."""
    lane: AlertLane
    address: DatabaseAddress
    login_cache: LoginCache = field(default_factory=LoginCache)

    @classmethod
    @contextmanager
    def open(cls, stage: Stage) -> Iterator["Scene"]:
        """Lay everything down anew."""
        stage.aws.recover()
        stage.moto.reset()
        clock = SteppedClock()
        ecs = EcsStandIn(clock)
        with ExitStack() as stack:
            stack.enter_context(ecs.start())
            slack = stack.enter_context(SlackStandIn(clock).start())
            functions = stack.enter_context(
                LambdaEndpoint({QUERY_DATABASE: query_database}).start()
            )
            address = DatabaseAddress(stage.postgres.host, stage.postgres.port, DATABASE)
            scene = cls(stage, ecs, slack, functions, clock, AlertLane(clock), address)
            stack.enter_context(mock.patch.dict(os.environ, scene._environment(), clear=True))
            ops_aws.client.cache_clear()
            scene._prepare()
            stack.callback(stage.postgres.drop_database, DATABASE)
            yield scene

    # --- rotation -------------------------------------------------------------------------

    def begin_rotation(self) -> tuple[str, str]:
        """The secret's ARN and the token of a new rotation, as before createSecret."""
        token = str(uuid.uuid4())
        return self.stage.moto.begin_rotation(token), token

    def rotate(self, rotation: tuple[str, str], *steps: str) -> str:
        """Run steps (all four by default); the error of the first that fails, or nothing."""
        secret_id, token = rotation
        context: Any = Context("rotate-password")
        for step in steps or STEPS:
            # A rotation keeps to the real clock: what ECS did before must not seem to be later.
            self.ecs.advance(max((real_clock() - self.clock()).total_seconds(), 0))
            event = {"Step": step, "SecretId": secret_id, "ClientRequestToken": token}
            try:
                rotate_password(event, context)
            except Exception as error:  # noqa: BLE001  # a failed step, as Secrets Manager sees it
                return str(error)
        return ""

    def login_works(self, password: str) -> bool:
        """Whether the database takes the app's user with it."""
        login = Login(self.address, MASTER_USER, password)
        try:
            connect(login, self.stage.postgres.ca_certificate).close()
        except Exception:  # noqa: BLE001  # whatever refuses it
            return False
        return True

    # --- scaling --------------------------------------------------------------------------

    def tick(self, at: datetime | None = None) -> Tick:
        """One run of the scaler by the stepped clock. Raises what the function would raise."""
        now = at or self.clock()
        settings = ScalerSettings.from_env()
        (tick,) = scaler.run(wiring.ports(settings, self.login_cache, now), settings, now)
        return tick

    @property
    def desired(self) -> int:
        """The worker service's count."""
        return self.ecs.service(WORKERS).desired

    def changes(self) -> int:
        """How often the worker service's count was set."""
        return sum(call.operation == "UpdateService" for call in self.ecs.calls)

    def forget_ticks(self) -> None:
        """Take the scaler's memory away."""
        key = {"id": {"S": f"scaling#{WORKERS}"}}
        self.stage.moto.client("dynamodb").delete_item(TableName=OPS_TABLE, Key=key)

    def register_workers(self) -> None:
        """A live, idle worker process for each running task."""
        with self.stage.postgres.connect(DATABASE) as admin:
            admin.execute("DELETE FROM solid_queue_processes")
            for number, task in enumerate(self.ecs.running_tasks(WORKERS)):
                metadata = {"polling_interval": 0.1, "queues": "*", "thread_pool_size": 3}
                host = task.host_name
                name = f"worker-{number}"
                protocol.register(admin, "Worker", name, pid=9, hostname=host, metadata=metadata)

    # --- people ---------------------------------------------------------------------------

    def publish(self) -> list[str]:
        """Take the events of our own off the bus to the alert queue; their kinds and states."""
        events = self.stage.moto.published_events()
        for event in events:
            self.lane.put(event)
        return [f"{event['detail-type']} ({event['detail']['state']})" for event in events]

    def notifications(self) -> list[str]:
        """The subjects of the SNS notifications since the last look."""
        queue, subjects = self.stage.moto.client("sqs"), []
        url = queue.get_queue_url(QueueName="subscriber")["QueueUrl"]
        while batch := queue.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in batch:
                subjects.append(json.loads(message["Body"])["Subject"])
                queue.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return subjects

    def notified(self) -> str:
        """Who has been told of what since the last look, in words."""
        subjects = sorted(set(self.notifications()))
        slack = len(self.slack.messages)
        channels = [f"SNS: {', '.join(subjects)}"] if subjects else []
        channels += [f"Slack: {times(slack, 'message')}"] if slack else []
        return "; ".join(channels) or "nobody"

    # --- the world ------------------------------------------------------------------------

    def _environment(self) -> dict[str, str]:
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
            "AWS_ENDPOINT_URL": self.stage.aws.url,
            "AWS_ENDPOINT_URL_ECS": self.ecs.url,
            "AWS_ENDPOINT_URL_LAMBDA": self.functions.url,
            "POWERTOOLS_SERVICE_NAME": "drill",
            "POWERTOOLS_METRICS_NAMESPACE": "JikiOps",
            "STACK_NAME": "jiki-ops",
            "ENVIRONMENT_NAME": "production",
            "CONFIG_SECRET_ID": SECRET,
            "CONFIG_TABLE_NAME": CONFIG_TABLE,
            "DATABASE_USER": MASTER_USER,
            "DATABASE_CA_CERTIFICATE": self.stage.postgres.ca_certificate,
            "QUERY_DATABASE_FUNCTION": QUERY_DATABASE,
            "ECS_CLUSTER": self.ecs.cluster,
            "WEB_SERVICES": WEB,
            "WORKER_SERVICES": WORKERS,
            "OPS_TABLE_NAME": OPS_TABLE,
            **SCHEDULES,
            "ALERT_TOPIC_ARN": topic,
            "ALERT_QUEUE_URL": f"{self.stage.aws.url}/123456789012/alerts",
            "SLACK_TOKEN_PARAMETER": TOKEN_PARAMETER,
            "SLACK_CHANNEL": self.slack.channel,
            "SLACK_API_URL": self.slack.url,
            # Long enough to see, short enough to wait for; the template's are 5 s and 60 s.
            "CONNECT_TIMEOUT_SECONDS": "2",
            "DATABASE_WAIT_SECONDS": "6",
        }

    def _prepare(self) -> None:
        postgres, moto = self.stage.postgres, self.stage.moto
        postgres.drop_database(DATABASE)
        postgres.create_database(DATABASE, TEMPORARY_PASSWORD)
        login = Login(self.address, MASTER_USER, TEMPORARY_PASSWORD)
        with connect(login, postgres.ca_certificate) as session:
            session.execute(SCHEMA.read_text())
        moto.put_config("aurora_endpoint", self.address.host)
        moto.put_config("aurora_port", str(self.address.port))
        moto.put_config("aurora_database_name", self.address.name)
        moto.client("ssm").put_parameter(
            Name=TOKEN_PARAMETER, Value=self.slack.token, Type="SecureString"
        )
        topic = moto.client("sns").create_topic(Name="alerts")["TopicArn"]
        moto.client("sqs").create_queue(QueueName="subscriber")
        moto.client("sns").subscribe(
            TopicArn=topic,
            Protocol="sqs",
            Endpoint="arn:aws:sqs:eu-west-1:123456789012:subscriber",
        )
        self.ecs.create_service(WEB, desired=2, tag="0" * 40)
        self.ecs.create_service(WORKERS, desired=1, tag="0" * 40)


def seconds_of[T](action: Callable[[], T]) -> tuple[float, T]:
    """How long a call took, and what it gave."""
    start = time.monotonic()
    result = action()
    return time.monotonic() - start, result
