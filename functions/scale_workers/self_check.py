"""What a tick needs, checked without one."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from ops_common.app_config import ConfigTable
from ops_common.app_login import app_login
from ops_common.aws import client
from ops_common.ecs import Service
from ops_common.query_database import LambdaQueryDatabase
from ops_common.queue_login import at_queue
from ops_common.table import check_writable
from scale_workers import wiring
from scale_workers.login import LoginCache
from scale_workers.settings import Settings


def settings() -> str:
    """Every variable is well. Raises SettingsError."""
    Settings.from_env()
    return "every variable is well"


def services() -> str:
    """The services can be seen. Raises ServiceNotFound or ClientError."""
    found = Settings.from_env()
    names = found.services.all
    described = wiring.ports(found, LoginCache(), datetime.now(UTC)).services.describe(names)
    return f"found {' and '.join(names)}{rebalancing(described, found.services.worker)}"


def rebalancing(services: Sequence[Service], workers: Collection[str]) -> str:
    """What to say where ECS itself may stop a task that runs a job; empty where it won't."""
    named = [one.name for one in services if one.zone_rebalancing and one.name in workers]
    if not named:
        return ""
    return (
        f"; ECS evens out the zones of {' and '.join(named)} and may stop a task that runs a job:"
        " aws ecs update-service --availability-zone-rebalancing DISABLED (docs/scaling.md)"
    )


def queue() -> str:
    """The queue can be measured. Raises DatabaseError, AppConfigError or ClientError."""
    found = Settings.from_env()
    table = ConfigTable(client("dynamodb"), found.config)
    secrets = client("secretsmanager")
    login = app_login(secrets, table, found.config)
    login = at_queue(login, found.queue_database_name, secrets, found.config)
    query = LambdaQueryDatabase(client("lambda"), found.query_database_function)
    depths = query.ask("measure_queue", login)["queues"]
    return f"measured the queue: {sum(depth['ready'] for depth in depths)} ready"


def memory() -> str:
    """What a tick remembers can be written. Raises ClientError."""
    return check_writable(client("dynamodb"), Settings.from_env().table_name)


CHECKS = {"settings": settings, "services": services, "queue": queue, "memory": memory}
