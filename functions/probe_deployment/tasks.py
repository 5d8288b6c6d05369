"""The tasks of a service, running or stopped."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from mypy_boto3_ecs import ECSClient
    from mypy_boto3_ecs.type_defs import TaskTypeDef

DESCRIBE_AT_ONCE = 100  # Amazon ECS API Reference, DescribeTasks
MAX_REASONS = 5


class Task(NamedTuple):
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


def why_stopped(stopped: Iterable[Task], deployment_id: str | None) -> list[str]:
    """Reasons of a deployment's stopped tasks, without repeats and what a scale-in stopped."""
    reasons = dict.fromkeys(
        "; ".join(part for part in (task.stopped_reason, *task.exits) if part)
        for task in stopped
        if task.deployment_id == deployment_id
        # Amazon ECS Developer Guide, "Stopped tasks errors".
        and not task.stopped_reason.startswith("Scaling activity")
    )
    return [each for each in reasons if each][:MAX_REASONS]


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
