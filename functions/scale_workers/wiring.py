"""The ports of production: one adapter for each, on boto3's clients."""

from collections.abc import Iterator
from datetime import UTC, datetime

from ops_common import aws
from ops_common.app_config import ConfigTable
from ops_common.app_login import app_login
from ops_common.early_calls import Call, make_early
from ops_common.ecs import EcsServices
from ops_common.ops_events import EventBus
from ops_common.query_database import LambdaQueryDatabase, Login
from ops_common.queue_login import at_queue, has_own_login, on_the_same_server
from ops_common.refused_password import AcceptedVersion, find_accepted_version
from ops_common.scaling_hold import Holds
from ops_common.versioned_item import VersionedItems
from scale_workers.activity import ClusterActivity
from scale_workers.login import LoginCache
from scale_workers.measure import QueueGauge
from scale_workers.memory import StoredMemories
from scale_workers.ports import Ports, WorkerPorts
from scale_workers.protection import EcsProtection
from scale_workers.settings import Settings
from scale_workers.tasks import EcsTasks

# query_database answers within its own timeouts: five seconds to connect, five for the statement.
QUERY_TIMEOUT_SECONDS = 13


def prepare(cache: LoginCache) -> None:
    """In the init phase: read the login, which is kept, and connect to what each tick asks."""
    make_early(lambda: _early_calls(Settings.from_env(), cache, datetime.now(UTC)))


def _early_calls(settings: Settings, cache: LoginCache, now: datetime) -> Iterator[Call]:
    yield lambda: cache.keep(_read_login(settings), now)
    yield lambda: _services(settings).describe(settings.services.worker)
    yield lambda: _query(settings).connect()


def ports(settings: Settings, cache: LoginCache, now: datetime) -> Ports:
    """Build them; no call is made yet."""
    ecs, query = aws.client("ecs"), _query(settings)
    place = settings.queue_database_name
    holds = Holds(aws.client("dynamodb"), settings.table_name)

    def accepted() -> AcceptedVersion | None:
        if has_own_login(place):
            return None  # the queue's own user: no other version of the app's password helps
        table = ConfigTable(aws.client("dynamodb"), settings.config)
        return find_accepted_version(aws.client("secretsmanager"), table, settings.config, query)

    gauge = QueueGauge(
        query,
        lambda: _read_login(settings),
        cache,
        database=on_the_same_server(place),
        look_ahead_seconds=settings.policy.look_ahead_seconds,
        accepted=accepted,
    )
    items = VersionedItems(
        aws.client("dynamodb"), settings.table_name, attribute="state", packed=True
    )

    def of_service(name: str) -> WorkerPorts:
        return WorkerPorts(
            tasks=EcsTasks(ecs, settings.cluster, name),
            memories=StoredMemories(items, name),
            hold=lambda: holds.get(name, now),
        )

    return Ports(
        services=_services(settings),
        workers={name: of_service(name) for name in settings.services.worker},
        protection=EcsProtection(ecs, settings.cluster),
        activity=ClusterActivity(lambda: aws.client("cloudwatch"), settings.database_cluster_id),
        measure=lambda: gauge.measure(now),
        publish=EventBus(aws.client("events")),
    )


def _services(settings: Settings) -> EcsServices:
    return EcsServices(aws.client("ecs"), settings.cluster)


def _query(settings: Settings) -> LambdaQueryDatabase:
    client = aws.client("lambda", read_timeout_seconds=QUERY_TIMEOUT_SECONDS)
    return LambdaQueryDatabase(client, settings.query_database_function)


def _read_login(settings: Settings) -> Login:
    secrets, config = aws.client("secretsmanager"), settings.config
    login = app_login(secrets, ConfigTable(aws.client("dynamodb"), config), config)
    return at_queue(login, settings.queue_database_name, secrets, config)
