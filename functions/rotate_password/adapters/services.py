"""The ECS services that read the secret."""

from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import TYPE_CHECKING, Protocol

from ops_common.ecs import EcsServices, Service
from ops_common.pages import pages
from ops_common.secret_references import secret_references
from ops_common.tasks import of_service

if TYPE_CHECKING:
    from mypy_boto3_ecs import ECSClient

DESCRIBE_AT_ONCE = 10  # Amazon ECS API Reference, DescribeServices


@dataclass(frozen=True)
class Reader:
    """A service whose task definition takes something of the secret."""

    service: str
    key: str | None
    pinned: bool
    """Whether it asks for one version, so that new tasks would read the old password."""


class Services(Protocol):
    """The port to ECS."""

    def describe(self, names: tuple[str, ...]) -> list[Service]:
        """The services in the order of `names`. Raises ServiceNotFound."""

    def redeploy(self, name: str) -> None:
        """Force a new deployment."""

    def started_before(self, name: str, moment: datetime) -> int:
        """How many running tasks of a service have started before that."""

    def readers(self, secret_arn: str) -> list[Reader]:
        """Who of the whole cluster takes the secret into its containers."""


class ClusterServices(EcsServices):
    """The services of one ECS cluster."""

    def __init__(self, client: "ECSClient", cluster: str) -> None:
        super().__init__(client, cluster)
        self._ecs, self._name = client, cluster

    def started_before(self, name: str, moment: datetime) -> int:
        """See Services."""
        running = of_service(self._ecs, self._name, name, "RUNNING")
        return sum(task.started_at is not None and task.started_at < moment for task in running)

    def readers(self, secret_arn: str) -> list[Reader]:
        """See Services."""
        listing = pages(self._ecs.list_services, "nextToken", cluster=self._name)
        names = [arn.rsplit("/", 1)[-1] for page in listing for arn in page["serviceArns"]]
        found: list[Reader] = []
        for batch in batched(names, DESCRIBE_AT_ONCE, strict=False):
            for service in self.describe(batch):
                found += self._readers_of(service, secret_arn)
        return found

    def _readers_of(self, service: Service, secret_arn: str) -> list[Reader]:
        if not service.task_definition:
            return []
        definition = self._ecs.describe_task_definition(taskDefinition=service.task_definition)
        return [
            Reader(service.name, reference.key, reference.pinned)
            for reference in secret_references(definition["taskDefinition"])
            if reference.is_of(secret_arn)
        ]
