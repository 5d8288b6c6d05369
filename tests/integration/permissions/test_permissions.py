"""IAM by contract: each function may do what its code was seen to do, and nothing else."""

import pytest

from local.transform import resolved

ROLES = {
    "query_database": "QueryDatabaseRole",
    "rotate_password": "RotatePasswordRole",
    "scale_workers": "ScaleWorkersRole",
    "send_alerts": "SendAlertsRole",
    "probe_deployment": "ProbeDeploymentRole",
    "populate_secret": "PopulateSecretRole",
}
EVERYTHING_CHOSEN = {
    "SlackTokenParameter": "/jiki-ops/slack-token",
    "SlackChannel": "C0123456789",
    "MinTasks": "0",
    "ProbeRollback": "true",
}
# Done with the role by Lambda itself: writing the log, polling the queue.
BY_LAMBDA = {
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
}


def granted(role: str) -> set[str]:
    """The actions that a role's statements allow, less what another one denies to the code."""
    statements = [
        statement
        for policy in resolved(EVERYTHING_CHOSEN)[role]["Properties"]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    denied = {
        action.partition(":")[0]
        for statement in statements
        if statement["Effect"] == "Deny"
        for action in actions(statement)
    }
    return {
        action
        for statement in statements
        if statement["Effect"] == "Allow"
        for action in actions(statement)
        if action.partition(":")[0] not in denied
    }


def actions(statement: dict[str, object]) -> list[str]:
    value = statement["Action"]
    return [value] if isinstance(value, str) else list(value)  # type: ignore[call-overload]


@pytest.mark.parametrize("function", ROLES)
def test_every_call_is_granted(function: str, aws_calls: dict[str, set[str]]) -> None:
    assert aws_calls[function] - granted(ROLES[function]) == set()


@pytest.mark.parametrize("function", ROLES)
def test_every_granted_action_is_used(function: str, aws_calls: dict[str, set[str]]) -> None:
    assert granted(ROLES[function]) - BY_LAMBDA - aws_calls[function] == set()
