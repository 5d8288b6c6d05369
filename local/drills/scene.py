"""What every drill plays on: the real functions in this process, and the stand-ins around them."""

import json
import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from unittest import mock

from local.clock import SteppedClock, real_clock
from local.database_login import connect
from local.drills.drill import times
from local.drills.people import AlertLane
from local.drills.stage import DATABASE, QUERY_DATABASE, WORKERS, Stage, environment, lay_down
from local.ecs import EcsStandIn
from local.lambda_endpoint import Context, LambdaEndpoint
from local.moto_aws import (
    OPS_TABLE,
)
from local.postgres import MASTER_USER
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

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")


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
            variables = environment(stage, ecs, slack, functions.url)
            stack.enter_context(mock.patch.dict(os.environ, variables, clear=True))
            ops_aws.kept_client.cache_clear()
            lay_down(stage, ecs, slack, address)
            stack.callback(stage.postgres.drop_database, DATABASE)
            yield cls(stage, ecs, slack, functions, clock, AlertLane(clock), address)

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
        """The subjects of the SNS notifications since it was asked last."""
        queue, subjects = self.stage.moto.client("sqs"), []
        url = queue.get_queue_url(QueueName="subscriber")["QueueUrl"]
        while batch := queue.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in batch:
                subjects.append(json.loads(message["Body"])["Subject"])
                queue.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return subjects

    def notified(self) -> str:
        """Who has been notified of what since it was asked last, in words."""
        subjects = sorted(set(self.notifications()))
        slack = len(self.slack.messages)
        channels = [f"SNS: {', '.join(subjects)}"] if subjects else []
        channels += [f"Slack: {times(slack, 'message')}"] if slack else []
        return "; ".join(channels) or "nobody"


def seconds_of[T](action: Callable[[], T]) -> tuple[float, T]:
    """How long a call took, and what it gave."""
    start = time.monotonic()
    result = action()
    return time.monotonic() - start, result
