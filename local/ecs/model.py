"""The state of the ECS stand-in: services, deployments, tasks."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime

ACCOUNT, REGION = "123456789012", "eu-west-1"
ARN = f"arn:aws:ecs:{REGION}:{ACCOUNT}"


@dataclass(frozen=True)
class TaskDefinition:
    """One revision of what a task runs."""

    family: str
    revision: int
    image: str
    cpu: str = "256"
    memory: str = "512"
    secrets: tuple[tuple[str, str], ...] = ()
    """Variables of its container that ECS takes from secrets, with their `valueFrom`."""

    @property
    def arn(self) -> str:
        """The full ARN."""
        return f"{ARN}:task-definition/{self.family}:{self.revision}"


@dataclass(eq=False)
class Task:
    """One task of a service, from its creation until it is forgotten."""

    cluster: str
    service: str
    deployment_id: str
    definition: TaskDefinition
    created_at: datetime
    address: str
    availability_zone: str
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    last_status: str = "PROVISIONING"
    desired_status: str = "RUNNING"
    started_at: datetime | None = None
    stopping_at: datetime | None = None
    stopped_at: datetime | None = None
    stop_code: str = ""
    stopped_reason: str = ""
    exit_code: int | None = None
    protected_until: datetime | None = None
    evens_zones: bool = False
    """Started by the rebalancing of zones; it has not replaced another yet."""

    @property
    def arn(self) -> str:
        """The full ARN."""
        return f"{ARN}:task/{self.cluster}/{self.id}"

    @property
    def host_name(self) -> str:
        """The private DNS name of its network interface, which its containers have as hostname."""
        return f"ip-{self.address.replace('.', '-')}.{REGION}.compute.internal"

    @property
    def wanted(self) -> bool:
        """Whether it is meant to run."""
        return self.desired_status == "RUNNING"

    @property
    def running(self) -> bool:
        """Whether it runs and is meant to."""
        return self.wanted and self.last_status == "RUNNING"

    def protected(self, now: datetime) -> bool:
        """Whether scale-in protection holds at that time."""
        return self.protected_until is not None and now < self.protected_until


@dataclass(eq=False)
class Deployment:
    """One deployment of a service; the first of a service's list is the primary one."""

    definition: TaskDefinition
    created_at: datetime
    updated_at: datetime
    id: str = field(default_factory=lambda: f"ecs-svc/{secrets.randbelow(10**19):019d}")
    rollout_state: str = "IN_PROGRESS"
    rollout_reason: str = ""
    failed_tasks: int = 0


@dataclass(eq=False)
class Service:
    """A service with all its tasks, stopped ones included."""

    cluster: str
    name: str
    desired: int
    created_at: datetime
    circuit_breaker: bool = True
    rollback: bool = False
    minimum_healthy_percent: int = 100
    maximum_percent: int = 200
    target_group_arn: str | None = None
    zone_rebalancing: bool = False
    deployments: list[Deployment] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    messages: list[tuple[datetime, str]] = field(default_factory=list)
    start_not_before: datetime | None = None

    @property
    def arn(self) -> str:
        """The full ARN."""
        return f"{ARN}:service/{self.cluster}/{self.name}"

    @property
    def primary(self) -> Deployment:
        """The newest deployment."""
        return self.deployments[0]

    def live(self, deployment: Deployment | None = None) -> list[Task]:
        """Tasks that are meant to run, of one deployment or of all."""
        return [
            task
            for task in self.tasks
            if task.wanted and (deployment is None or task.deployment_id == deployment.id)
        ]
