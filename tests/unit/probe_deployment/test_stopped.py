"""Whether an older version would start where the tasks of a deployment did not."""

import pytest

from ops_common.tasks import parse_task
from probe_deployment import stopped

IN_VAIN = "CannotPullContainerError: failed to resolve"


@pytest.mark.parametrize(
    ("reason", "fixes"),
    [
        (f"{IN_VAIN} docker.io/datadog/agent:7.99: not found", True),
        ("ResourceInitializationError: not authorized on resource: arn:aws:secret", True),
        (f"{IN_VAIN}: toomanyrequests: You have reached your pull rate limit", False),
        (f"{IN_VAIN}: dial tcp: lookup api.ecr.eu-west-1.amazonaws.com: no such host", False),
        ("RESOURCE:ENI", False),
        ("AGENT", False),
        ("Capacity is unavailable at this time", False),
    ],
)
def test_an_older_version_starts_where_aws_lacked_nothing(reason: str, *, fixes: bool) -> None:
    raw = {"taskArn": "task/1", "lastStatus": "STOPPED", "stopCode": "TaskFailedToStart"}
    task = parse_task(raw | {"startedBy": "ecs-svc/2", "stoppedReason": reason})
    assert stopped.older_version_fixes([task], "ecs-svc/2") is fixes
