"""Why tasks of a deployment stopped."""

from typing import Any

from ops_common.tasks import parse_task
from probe_deployment import stopped

CRASHED: dict[str, Any] = {
    "taskArn": "arn:task/c/0a1b2c3d4e5f",
    "containers": [{"name": "app", "exitCode": 137, "reason": "OutOfMemoryError: killed"}],
    "lastStatus": "STOPPED",
    "startedBy": "ecs-svc/2",
    "stopCode": "EssentialContainerExited",
    "stoppedReason": "Essential container in task exited",
}
SCALED_IN = {
    "containers": [],
    "stopCode": "ServiceSchedulerInitiated",
    "stoppedReason": "Scaling activity by x",
}
ANOTHER_S = {"startedBy": "ecs-svc/1", "stoppedReason": "another deployment's"}


def test_reasons_stand_once_each_and_without_what_was_planned() -> None:
    tasks = [CRASHED, CRASHED, CRASHED | SCALED_IN, CRASHED | ANOTHER_S]
    (reason,) = stopped.reasons([parse_task(each) for each in tasks], "ecs-svc/2")
    for said in (CRASHED["stoppedReason"], CRASHED["containers"][0]["reason"]):
        assert said in reason  # by AWS
