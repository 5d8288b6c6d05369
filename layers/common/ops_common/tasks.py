"""The tasks of an ECS service, running or stopped."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

from .images import Image
from .pages import pages

if TYPE_CHECKING:
    from mypy_boto3_ecs import ECSClient

DESCRIBE_AT_ONCE = 100  # Amazon ECS API Reference, DescribeTasks
OUT_OF_MEMORY = "OutOfMemoryError"
INTERRUPTIONS = ("SpotInterruption", "TerminationNotice", "InfrastructureHealth")
# The codes ServiceSchedulerInitiated, or none, stand for these too.
INTERRUPTION_WORDS = ("maintenance on the underlying infrastructure", "host ec2")
HEALTH_WORDS = ("health check", "unhealthy")


class Ending(StrEnum):
    """Why a task stopped (Amazon ECS Developer Guide, "Stopped tasks error codes")."""

    FAILED = "failed"
    PLANNED = "planned"
    """By a scale-in, a deployment, a rebalancing of zones, or a person."""
    INTERRUPTED = "interrupted"
    """AWS took its capacity away (Spot, retirement, a host that failed)."""


@dataclass(frozen=True, slots=True)
class Container:
    """One container of a task."""

    name: str
    image: Image | None
    """None where AWS put it in by itself (Service Connect)."""
    digest: str
    """What was really pulled; empty until then, and for some registries always."""
    last_status: str
    exit_code: int | None
    reason: str

    @property
    def out_of_memory(self) -> bool:
        """Whether it was killed for its memory."""
        return self.reason.startswith(OUT_OF_MEMORY)


@dataclass(frozen=True, slots=True)
class Task:
    """One task; times are aware, or None until they are known."""

    arn: str
    last_status: str
    desired_status: str
    task_definition: str
    started_by: str
    """The deployment that started it."""
    created_at: datetime | None
    started_at: datetime | None
    stopped_at: datetime | None
    stop_code: str
    stopped_reason: str
    availability_zone: str
    private_dns_name: str
    private_address: str
    containers: tuple[Container, ...]

    @property
    def id(self) -> str:
        """The last part of the ARN, which also ends the names of its log streams."""
        return self.arn.rsplit("/", 1)[-1]

    @property
    def running(self) -> bool:
        """Whether it runs now."""
        return self.last_status == "RUNNING"

    @property
    def out_of_memory(self) -> bool:
        """Whether one of its containers was killed for its memory."""
        return any(each.out_of_memory for each in self.containers)

    @property
    def ending(self) -> Ending | None:
        """Why it stopped, or None while it has not.

        The scheduler's code stands for a scale-in and for a failed health check alike; only the
        reason's text says which. With a person's code the text is the person's.
        """
        if self.desired_status != "STOPPED" and self.last_status != "STOPPED":
            return None
        reason, by_person = self.stopped_reason.lower(), self.stop_code == "UserInitiated"
        if self.stop_code in INTERRUPTIONS or (
            not by_person and any(words in reason for words in INTERRUPTION_WORDS)
        ):
            return Ending.INTERRUPTED
        if self.out_of_memory:
            return Ending.FAILED
        if not by_person and any(words in reason for words in HEALTH_WORDS):
            return Ending.FAILED
        if by_person or self.stop_code == "ServiceSchedulerInitiated":
            return Ending.PLANNED
        return Ending.PLANNED if reason.startswith("scaling activity") else Ending.FAILED


def of_service(
    client: "ECSClient",
    cluster: str,
    service: str,
    desired_status: Literal["RUNNING", "STOPPED"],
) -> list[Task]:
    """Tasks whose desired status is this. ECS forgets stopped ones after about an hour.

    One that changed or vanished between the two calls is left out.
    """
    listing = pages(
        client.list_tasks,
        "nextToken",
        cluster=cluster,
        serviceName=service,
        desiredStatus=desired_status,
    )
    arns = [arn for page in listing for arn in page["taskArns"]]
    found: list[Task] = []
    for start in range(0, len(arns), DESCRIBE_AT_ONCE):
        batch = arns[start : start + DESCRIBE_AT_ONCE]
        answer = client.describe_tasks(cluster=cluster, tasks=batch)
        found += [parse_task(raw) for raw in answer["tasks"]]
    return [task for task in found if task.desired_status == desired_status]


def parse_task(raw: Any) -> Task:
    """A task as DescribeTasks describes it."""
    interface = _interface(raw)
    return Task(
        arn=raw["taskArn"],
        last_status=raw["lastStatus"],
        desired_status=raw.get("desiredStatus", "RUNNING"),
        task_definition=raw.get("taskDefinitionArn", ""),
        started_by=raw.get("startedBy", ""),
        created_at=raw.get("createdAt"),
        started_at=raw.get("startedAt"),
        stopped_at=raw.get("stoppedAt"),
        stop_code=raw.get("stopCode", ""),
        stopped_reason=raw.get("stoppedReason", ""),
        availability_zone=raw.get("availabilityZone", ""),
        private_dns_name=interface.get("privateDnsName", ""),
        private_address=interface.get("privateIPv4Address", ""),
        containers=tuple(_container(each) for each in raw.get("containers", [])),
    )


def _interface(raw: Any) -> Mapping[str, str]:
    return {
        detail.get("name", ""): detail.get("value", "")
        for attachment in raw.get("attachments", [])
        if attachment.get("type") == "ElasticNetworkInterface"
        for detail in attachment.get("details", [])
    }


def _container(raw: Any) -> Container:
    return Container(
        name=raw["name"],
        image=Image.parse(raw["image"]) if raw.get("image") else None,
        digest=raw.get("imageDigest", ""),
        last_status=raw.get("lastStatus", ""),
        exit_code=raw.get("exitCode"),
        reason=raw.get("reason", ""),
    )
