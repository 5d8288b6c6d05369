"""The real collaborators of a rotation, made from the settings."""

from collections.abc import Iterator

from ops_common.app_config import ConfigTable
from ops_common.app_login import database_address, user_name
from ops_common.aws import client
from ops_common.early_calls import Call, make_early
from ops_common.ops_events import PublishEvent
from ops_common.query_database import LambdaQueryDatabase
from rotate_password.adapters.clock import Clock
from rotate_password.adapters.database import Database, RetryingDatabase
from rotate_password.adapters.master_reset import ClusterMasterUser
from rotate_password.adapters.ports import Ports
from rotate_password.adapters.secret import SecretsManagerSecret
from rotate_password.adapters.services import ClusterServices
from rotate_password.reading.credentials import SecretShape
from rotate_password.reading.request import BadRotation, OutOfTurn, secret_name
from rotate_password.settings import Settings

# More than query_database's own limit, so that its answer is never cut off.
INVOKE_TIMEOUT_SECONDS = 35


def prepare() -> None:
    """In the init phase: connect to what each step asks."""
    make_early(lambda: _early_calls(Settings.from_env()))


def _early_calls(settings: Settings) -> Iterator[Call]:
    app = settings.app
    yield lambda: SecretsManagerSecret(client("secretsmanager"), app.secret_id).state()
    yield lambda: ConfigTable(client("dynamodb"), app).value(app.username_key)
    if names := settings.choices.services:
        yield lambda: ClusterServices(client("ecs"), settings.ecs_cluster).describe(names)
    yield lambda: _query(settings).connect()


def _query(settings: Settings) -> LambdaQueryDatabase:
    return LambdaQueryDatabase(
        client("lambda", read_timeout_seconds=INVOKE_TIMEOUT_SECONDS),
        settings.query_database_function,
    )


def wire(settings: Settings, secret_id: str, publish: PublishEvent, clock: Clock) -> Ports:
    """The ports for a rotation of the app's secret.

    Raises BadRotation where the event is about another secret, AppConfigError where the table
    lacks the database's address.
    """
    app = settings.app
    if secret_name(secret_id) != secret_name(app.secret_id):
        raise BadRotation(
            OutOfTurn.OTHER_SECRET,
            f"this function rotates secret {secret_name(app.secret_id)},"
            f" not {secret_name(secret_id)}",
        )
    table = ConfigTable(client("dynamodb"), app)
    retrying = RetryingDatabase(_query(settings), clock, settings.database_wait_seconds)
    cluster = settings.database_cluster
    return Ports(
        secret=SecretsManagerSecret(client("secretsmanager"), secret_id),
        shape=SecretShape(
            secret_id=app.secret_id,
            password_key=app.password_key,
            username_key=app.username_key,
            alternating_users=settings.alternating_users,
            user_of=lambda content: user_name(content, table, app),
            copies=settings.password_copies,
        ),
        database=Database(retrying, database_address(client("secretsmanager"), table, app)),
        services=ClusterServices(client("ecs"), settings.ecs_cluster),
        publish=publish,
        master=ClusterMasterUser(client("rds"), cluster) if cluster else None,
        clock=clock,
        choices=settings.choices,
    )
