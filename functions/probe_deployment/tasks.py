"""The tasks of a service, running or stopped."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from mypy_boto3_ecs import ECSClient
    from mypy_boto3_ecs.type_defs import TaskTypeDef

DESCRIBE_AT_ONCE = 100  # Amazon ECS API Reference, DescribeTasks


@dataclass(frozen=True)
class Task:
    """A task with its images by container, and why it stopped where it has."""

    id: str
    last_status: str
    task_definition: str
    deployment_id: str
    images: dict[str, str]
    digests: dict[str, str]
    stopped_reason: str
    exits: tuple[str, ...]


def of_service(
    client: "ECSClient", cluster: str, service: str, status: Literal["RUNNING", "STOPPED"]
) -> list[Task]:
    """Tasks whose desired status is this. ECS forgets stopped ones after about an hour."""
    arns: list[str] = []
    for page in client.get_paginator("list_tasks").paginate(
        cluster=cluster, serviceName=service, desiredStatus=status
    ):
        arns += page["taskArns"]
    tasks: list[Task] = []
    for start in range(0, len(arns), DESCRIBE_AT_ONCE):
        response = client.describe_tasks(
            cluster=cluster, tasks=arns[start : start + DESCRIBE_AT_ONCE]
        )
        tasks += [_task(raw) for raw in response["tasks"]]
    return tasks


def _task(raw: "TaskTypeDef") -> Task:
    containers = raw.get("containers", [])
    return Task(
        id=raw["taskArn"].rsplit("/", 1)[-1],
        last_status=raw["lastStatus"],
        task_definition=raw["taskDefinitionArn"],
        deployment_id=raw.get("startedBy", ""),
        images={each["name"]: each.get("image", "") for each in containers},
        digests={each["name"]: each["imageDigest"] for each in containers if "imageDigest" in each},
        stopped_reason=raw.get("stoppedReason", ""),
        exits=tuple(
            f"{each['name']} exited with {each.get('exitCode', 'no code')}"
            + (f" ({each['reason']})" if each.get("reason") else "")
            for each in containers
            if each.get("exitCode") or each.get("reason")
        ),
    )
