"""The ports, on AWS."""

import time
from datetime import UTC, datetime

from aws_lambda_powertools.utilities.typing import LambdaContext

from ops_common import aws
from ops_common.ecs import EcsServices
from ops_common.one_time_schedules import EventBridgeSchedules
from ops_common.ops_events import EventBus
from ops_common.query_database import LambdaQueryDatabase
from probe_deployment.deployed import Clients
from probe_deployment.memory import ProbeMemory
from probe_deployment.probe import Ports
from probe_deployment.settings import Settings


def ports(settings: Settings, context: LambdaContext) -> Ports:
    """What a probe needs of the outside world."""
    client = Clients(aws.client)
    return Ports(
        client=client,
        query_database=LambdaQueryDatabase(client("lambda"), settings.query_database_function),
        memory=ProbeMemory(client("dynamodb"), settings.ops_table_name),
        ecs=EcsServices(client("ecs"), settings.cluster),
        publish=EventBus(client("events")),
        schedules=EventBridgeSchedules(client("scheduler"), settings.schedules),
        now=lambda: datetime.now(UTC),
        sleep=time.sleep,
        remaining_seconds=lambda: context.get_remaining_time_in_millis() / 1000,
    )
