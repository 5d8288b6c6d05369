"""Tasks as DescribeTasks describes them; the endings are those of the ECS Developer Guide."""

from typing import Any

import pytest

from ops_common.images import Image
from ops_common.tasks import Ending, of_service, parse_task

TASK: dict[str, Any] = {
    "taskArn": "arn:aws:ecs:eu-west-1:123456789012:task/jiki-production/0a1b2c3d4e5f",
    "lastStatus": "RUNNING",
    "desiredStatus": "RUNNING",
    "startedBy": "ecs-svc/2",
    "availabilityZone": "eu-west-1b",
    "containers": [
        {"name": "web", "image": "jiki/api:new", "imageDigest": "sha256:1"},
        {"name": "ecs-service-connect-abc"},
    ],
}


class FakeEcs:
    """ListTasks in two pages, and DescribeTasks with the real limit of a hundred."""

    def __init__(self, tasks: list[dict[str, Any]]) -> None:
        self._tasks = {each["taskArn"]: each for each in tasks}

    def list_tasks(self, *, nextToken: str = "", **_: str) -> dict[str, Any]:  # noqa: N803  # boto3's
        arns = list(self._tasks)
        half = len(arns) // 2
        return (
            {"taskArns": arns[half:]} if nextToken else {"taskArns": arns[:half], "nextToken": "2"}
        )

    def describe_tasks(self, *, cluster: str, tasks: list[str]) -> dict[str, Any]:
        assert cluster == "c"
        assert 1 <= len(tasks) <= 100
        known = [self._tasks[arn] for arn in tasks if "gone" not in arn]
        return {"tasks": known, "failures": [{"reason": "MISSING"}] * (len(tasks) - len(known))}


def listed(*tasks: dict[str, Any]) -> Any:
    client: Any = FakeEcs(list(tasks))
    return of_service(client, "c", "s", "RUNNING")


def test_lists_more_tasks_than_one_describe_call_takes() -> None:
    assert len(listed(*(TASK | {"taskArn": f"task/{number}"} for number in range(151)))) == 151


def test_leaves_out_what_changed_or_vanished_between_the_two_calls() -> None:
    stopping = TASK | {"taskArn": "task/2", "desiredStatus": "STOPPED"}
    (found,) = listed(TASK, stopping, TASK | {"taskArn": "task/gone"})
    assert found.id == "0a1b2c3d4e5f"


def test_a_task_has_its_images_and_its_zone() -> None:
    task = parse_task(TASK)
    app, injected = task.containers
    assert (app.image, app.digest) == (Image("jiki/api", "new"), "sha256:1")
    assert injected.image is None
    assert (task.availability_zone, task.started_by, task.running) == (
        "eu-west-1b",
        "ecs-svc/2",
        True,
    )


def ending(code: str, why: str, **container: Any) -> Ending | None:
    stopped = {"lastStatus": "STOPPED", "desiredStatus": "STOPPED"}
    raw = TASK | stopped | {"stopCode": code, "stoppedReason": why}
    return parse_task(raw | {"containers": [{"name": "web", **container}]}).ending


BY_THE_SCHEDULER = "ServiceSchedulerInitiated"


@pytest.mark.parametrize(
    ("code", "reason", "expected"),
    [
        ("EssentialContainerExited", "Essential container in task exited", Ending.FAILED),
        ("TaskFailedToStart", "CannotPullContainerError: not found", Ending.FAILED),
        (BY_THE_SCHEDULER, "Task failed ELB health checks in (target-group x)", Ending.FAILED),
        (BY_THE_SCHEDULER, "Task failed container health checks", Ending.FAILED),
        (BY_THE_SCHEDULER, "(instance i-1) is unhealthy in (elb x)", Ending.FAILED),
        (BY_THE_SCHEDULER, "Scaling activity initiated by (deployment x)", Ending.PLANNED),
        ("UserInitiated", "Task stopped by user", Ending.PLANNED),
        ("SpotInterruption", "Your Spot Task was interrupted.", Ending.INTERRUPTED),
        ("TerminationNotice", "The host will be retired", Ending.INTERRUPTED),
        ("", "Scaling activity initiated by (deployment x)", Ending.PLANNED),
        ("UserInitiated", "replacing the unhealthy one", Ending.PLANNED),
        ("InfrastructureHealth", "The instance is impaired", Ending.INTERRUPTED),
        ("", "Host EC2 (instance i-0123456789abcdef0) terminated.", Ending.INTERRUPTED),
        (
            BY_THE_SCHEDULER,
            "ECS is performing maintenance on the underlying infrastructure hosting the task",
            Ending.INTERRUPTED,
        ),
    ],
)
def test_the_code_and_where_it_is_silent_the_reason_say_why_a_task_stopped(
    code: str, reason: str, expected: Ending
) -> None:
    assert ending(code, reason, exitCode=143) is expected


def test_a_container_killed_for_its_memory_is_a_failure_whoever_stopped_the_task() -> None:
    killed = {"exitCode": 137, "reason": "OutOfMemoryError: Container killed due to memory usage"}
    assert ending(BY_THE_SCHEDULER, "Scaling activity initiated by x", **killed) is Ending.FAILED


def test_a_task_that_runs_has_not_ended() -> None:
    assert parse_task(TASK).ending is None
