"""ECS services and their rollouts, as the functions see them."""

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from mypy_boto3_ecs import ECSClient
    from mypy_boto3_ecs.type_defs import ServiceTypeDef


class ServiceNotFound(Exception):
    """The cluster has no active service of that name."""


class Deployment(NamedTuple):
    """One entry of a service's `deployments`; the primary one is the newest."""

    id: str
    primary: bool
    rollout_state: str
    rollout_reason: str
    created_at: datetime
    task_definition: str
    desired: int
    running: int
    failed: int


class Service(NamedTuple):
    """A service with its counts and deployments."""

    name: str
    arn: str
    desired: int
    running: int
    pending: int
    task_definition: str
    deployments: tuple[Deployment, ...]
    target_groups: tuple[str, ...] = ()
    """ARNs of the load balancer's target groups that the tasks are registered in."""

    @property
    def primary(self) -> Deployment:
        """The newest deployment."""
        return next(deployment for deployment in self.deployments if deployment.primary)

    @property
    def rolling_out(self) -> bool:
        """Whether tasks of an older deployment are still being replaced."""
        return len(self.deployments) > 1 or self.primary.rollout_state == "IN_PROGRESS"


class EcsServices:
    """Services of one cluster."""

    def __init__(self, client: "ECSClient", cluster: str) -> None:
        self._client = client
        self._cluster = cluster

    def describe(self, names: tuple[str, ...]) -> list[Service]:
        """The services in the order of `names` (at most ten). Raises ServiceNotFound."""
        response = self._client.describe_services(cluster=self._cluster, services=list(names))
        found = {
            service["serviceName"]: service
            for service in response["services"]
            if service.get("status") == "ACTIVE"
        }
        missing = [name for name in names if name not in found]
        if missing:
            raise ServiceNotFound(f"cluster {self._cluster} has no service {', '.join(missing)}")
        return [_service(found[name]) for name in names]

    def redeploy(self, name: str) -> None:
        """Replace all tasks by new ones of the same definition (a forced new deployment)."""
        self._client.update_service(cluster=self._cluster, service=name, forceNewDeployment=True)

    def set_desired(self, name: str, count: int) -> None:
        """Change the number of tasks that ECS keeps running."""
        self._client.update_service(cluster=self._cluster, service=name, desiredCount=count)

    def deploy(self, name: str, task_definition: str) -> str:
        """Deploy a task definition; returns the id of the new deployment."""
        response = self._client.update_service(
            cluster=self._cluster, service=name, taskDefinition=task_definition
        )
        return _service(response["service"]).primary.id


def _service(raw: "ServiceTypeDef") -> Service:
    return Service(
        name=raw["serviceName"],
        arn=raw["serviceArn"],
        desired=raw["desiredCount"],
        running=raw["runningCount"],
        pending=raw["pendingCount"],
        task_definition=raw["taskDefinition"],
        deployments=tuple(
            Deployment(
                id=deployment["id"],
                primary=deployment["status"] == "PRIMARY",
                rollout_state=deployment.get("rolloutState", "COMPLETED"),
                rollout_reason=deployment.get("rolloutStateReason", ""),
                created_at=deployment["createdAt"],
                task_definition=deployment["taskDefinition"],
                desired=deployment["desiredCount"],
                running=deployment["runningCount"],
                failed=deployment.get("failedTasks", 0),
            )
            for deployment in raw["deployments"]
        ),
        target_groups=tuple(
            balancer["targetGroupArn"]
            for balancer in raw.get("loadBalancers", [])
            if "targetGroupArn" in balancer
        ),
    )
