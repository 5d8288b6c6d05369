"""What a tick needs, looked at without one."""

from copy import replace
from datetime import UTC, datetime

from ops_common.app_config import ConfigTable, app_login
from ops_common.aws import client
from ops_common.query_database import LambdaQueryDatabase
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
    wiring.ports(found, LoginCache(), datetime.now(UTC)).services.describe(names)
    return f"found {' and '.join(names)}"


def queue() -> str:
    """The queue can be measured. Raises DatabaseError, AppConfigError or ClientError."""
    found = Settings.from_env()
    table = ConfigTable(client("dynamodb"), found.config)
    login = app_login(client("secretsmanager"), table, found.config)
    name = found.queue_database_name or login.address.name
    login = replace(login, address=replace(login.address, name=name))
    query = LambdaQueryDatabase(client("lambda"), found.query_database_function)
    depths = query.ask("measure_queue", login)["queues"]
    return f"measured the queue: {sum(depth['ready'] for depth in depths)} ready"


def memory() -> str:
    """What a tick remembers can be written. Raises ClientError."""
    return check_writable(client("dynamodb"), Settings.from_env().table_name)


CHECKS = {"settings": settings, "services": services, "queue": queue, "memory": memory}
