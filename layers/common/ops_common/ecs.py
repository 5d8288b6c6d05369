"""ECS services and their rollouts, as the functions see them."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from mypy_boto3_ecs import ECSClient
    from mypy_boto3_ecs.type_defs import DeploymentTypeDef, ServiceTypeDef

INACTIVE = "INACTIVE"
"""Of a service: deleted. Of a deployment: replaced, and none of its tasks is left."""


class ServiceNotFound(Exception):
    """The cluster has no active services of those names; `states` are ECS's, of those it lists."""

    def __init__(self, cluster: str, *names: str, states: Mapping[str, str] | None = None) -> None:
        self.names = names
        self.states = {name: state for name, state in (states or {}).items() if name in names}
        shown = (f"{name} ({self.states[name]})" if name in self.states else name for name in names)
        super().__init__(f"cluster {cluster} has no service {', '.join(shown)}")


class DeployedElsewhere(Exception):
    """ECS lists no deployment of a service: another controller deploys it."""


class Rollout(StrEnum):
    """What a service's deployments amount to (ECS API Reference, Deployment, "rolloutState")."""

    STEADY = "steady"
    IN_PROGRESS = "in progress"
    FAILED = "failed"
    """The circuit breaker gave up without a rollback: no further task of the newest starts, and
    the older one's stay beside it until somebody deploys."""
    UNKNOWN = "unknown"
    """Deployed by CodeDeploy or an external controller: `deployments` is empty."""


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
    """ARNs of the target groups that tasks may be registered in; a blue/green service uses two in
    turn."""
    controller: str = "ECS"
    """Who deploys it: ECS, CODE_DEPLOY or EXTERNAL."""
    zone_rebalancing: bool = False
    """Whether ECS moves tasks by itself until the Availability Zones are even."""
    last_event: str = ""
    """What the service said last."""
    replaced: tuple[Deployment, ...] = ()
    """Deployments without a task left, for as long as ECS lists them (INACTIVE)."""
    balanced_containers: tuple[str, ...] = ()
    """Names of the containers that a load balancer sends requests to."""
    shifts_traffic: bool = False
    """Whether its deployments are blue/green, linear or canary: the new tasks then run beside the
    old ones for as long as it bakes, up to a day at each step."""

    @property
    def primary(self) -> Deployment:
        """The newest deployment. Raises DeployedElsewhere."""
        for deployment in self.deployments:
            if deployment.primary:
                return deployment
        raise DeployedElsewhere(self.deployed_elsewhere)

    @property
    def rollout(self) -> Rollout:
        """Whether the newest deployment has ended, and how."""
        primary = next((one for one in self.deployments if one.primary), None)
        if primary is None:
            return Rollout.UNKNOWN
        if primary.rollout_state == "FAILED":
            return Rollout.FAILED
        if len(self.deployments) > 1 or primary.rollout_state == "IN_PROGRESS":
            return Rollout.IN_PROGRESS
        return Rollout.STEADY

    @property
    def rolling_out(self) -> bool:
        """Whether tasks of an older deployment are still being replaced."""
        return self.rollout is Rollout.IN_PROGRESS

    @property
    def rolling_back(self) -> bool:
        """Whether what is rolled out takes the place of a deployment that failed."""
        return self.rolling_out and any(
            not one.primary and one.rollout_state == "FAILED" for one in self.deployments
        )

    @property
    def deployed_elsewhere(self) -> str:
        """Why nothing is known of its deployments, for a person."""
        controller = {"CODE_DEPLOY": "CodeDeploy", "EXTERNAL": "an external controller"}
        by = controller.get(self.controller, "another controller than ECS")
        return f"{self.name} is deployed by {by}: ECS lists no deployment of it"


class EcsServices:
    """Services of one cluster."""

    def __init__(self, client: "ECSClient", cluster: str) -> None:
        self._client = client
        self._cluster = cluster

    def describe(self, names: tuple[str, ...]) -> list[Service]:
        """The services in the order of `names` (at most ten). Raises ServiceNotFound."""
        response = self._client.describe_services(cluster=self._cluster, services=list(names))
        found = {one["serviceName"]: one for one in response["services"]}
        states = {name: one.get("status", INACTIVE) for name, one in found.items()}
        if missing := [name for name in names if states.get(name) != "ACTIVE"]:
            raise ServiceNotFound(self._cluster, *missing, states=states)
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
    balancers, listed = raw.get("loadBalancers", []), raw.get("deployments", [])
    strategy = raw.get("deploymentConfiguration", {}).get("strategy", "ROLLING")
    return Service(
        name=raw["serviceName"],
        arn=raw["serviceArn"],
        desired=raw["desiredCount"],
        running=raw["runningCount"],
        pending=raw["pendingCount"],
        # An external controller's task sets have one each, the service none.
        task_definition=raw.get("taskDefinition", ""),
        deployments=tuple(_deployment(one) for one in listed if one["status"] != INACTIVE),
        replaced=tuple(_deployment(one) for one in listed if one["status"] == INACTIVE),
        target_groups=tuple(arn for balancer in balancers for arn in _target_groups(balancer)),
        controller=raw.get("deploymentController", {}).get("type", "ECS"),
        zone_rebalancing=raw.get("availabilityZoneRebalancing") == "ENABLED",
        last_event=next((event["message"] for event in raw.get("events", [])), ""),
        balanced_containers=tuple(
            balancer["containerName"] for balancer in balancers if "containerName" in balancer
        ),
        shifts_traffic=strategy != "ROLLING",
    )


def _deployment(raw: "DeploymentTypeDef") -> Deployment:
    # Where ECS gives no state (a Classic Load Balancer): as its waiter `services-stable` has it.
    by_counts = "COMPLETED" if raw["runningCount"] >= raw["desiredCount"] else "IN_PROGRESS"
    return Deployment(
        id=raw["id"],
        primary=raw["status"] == "PRIMARY",
        rollout_state=raw.get("rolloutState", by_counts),
        rollout_reason=raw.get("rolloutStateReason", ""),
        created_at=raw["createdAt"],
        task_definition=raw["taskDefinition"],
        desired=raw["desiredCount"],
        running=raw["runningCount"],
        failed=raw.get("failedTasks", 0),
    )


def _target_groups(balancer: Any) -> list[str]:
    """The one it names, and the one that takes its place in a blue/green deployment."""
    alternate = balancer.get("advancedConfiguration", {}).get("alternateTargetGroupArn")
    return [arn for arn in (balancer.get("targetGroupArn"), alternate) if arn]
