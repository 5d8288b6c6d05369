"""IAM by contract: each function may do what its code was seen to do, and nothing else."""

from fnmatch import fnmatchcase
from typing import Any

import pytest

from local.transform import resolved
from tests.integration.permissions.arns import PLACE

type Calls = dict[str, set[str]]
"""By IAM action, the ARNs that were named."""

ROLES = {
    "query_database": "QueryDatabaseRole",
    "rotate_password": "RotatePasswordRole",
    "scale_workers": "ScaleWorkersRole",
    "send_alerts": "SendAlertsRole",
    "probe_deployment": "ProbeDeploymentRole",
    "answer_slack": "AnswerSlackRole",
}
EVERYTHING_CHOSEN = {
    "SlackToken": "/jiki-ops/slack-token",
    "SlackChannel": "C0123456789",
    "SlackSigningSecret": "/jiki-ops/slack-signing-secret",
    "SlackApp": "T0123456789/A0123456789",
    "SlackOperators": "S0123456789",
    "WorkerServices": "jiki-api-solid-queue,jiki-api-bulk",
    "MinTasks": "0",
    "DatabaseClusterId": "jiki-production",
    "AllowMasterReset": "true",
    "ProbeRollback": "true",
}
IN_A_SECRET = {"SlackToken": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:slack-AbCdEf"}
# Done with the role by Lambda itself: writing the log, polling the queue.
BY_LAMBDA = {
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
}
# No call: asked for by EventBridge Scheduler when a schedule names a role.
BY_THE_SCHEDULER = {"iam:PassRole"}
# Asked for by Secrets Manager in its caller's name, where the secret is under a key of its owner's.
BY_SECRETS_MANAGER = {"kms:Decrypt", "kms:GenerateDataKey"}
# What the tests call the stack's own resources.
NAMES_IN_TESTS = {
    "<OpsTable.Arn>": f"arn:aws:dynamodb:{PLACE}:table/jiki-ops",
    "<QueryDatabase.Arn>": f"arn:aws:lambda:{PLACE}:function:jiki-ops-query-database",
}
# Tests ask for things that aren't there as well; these are there.
APP_S_OWN = (
    ":secret:config-",
    ":table/config",
    ":table/jiki-ops",
    ":function:jiki-ops-query-database",
    ":service/jiki-production/jiki-api-",
    ":task/jiki-production/",
    ":log-group:/ecs/jiki-api-",
    ":parameter/jiki-ops/slack-token",
    ":schedule/jiki-ops/",
)


def statements(role: str) -> list[dict[str, Any]]:
    """What a role's policies allow, less what another statement denies to the code."""
    found = [
        statement
        for chosen in (EVERYTHING_CHOSEN, EVERYTHING_CHOSEN | IN_A_SECRET)
        for policy in resolved(chosen)[role]["Properties"]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    denied = {
        action.partition(":")[0]
        for statement in found
        if statement["Effect"] == "Deny"
        for action in listed(statement["Action"])
    }
    return [
        {
            "actions": {
                action
                for action in listed(statement["Action"])
                if action.partition(":")[0] not in denied
            },
            "resources": [
                NAMES_IN_TESTS.get(resource, resource).replace("<OneTimeSchedules>", "jiki-ops")
                for resource in listed(statement["Resource"])
            ],
        }
        for statement in found
        if statement["Effect"] == "Allow"
    ]


def granted(role: str) -> dict[str, list[str]]:
    """The patterns of resources that each action is allowed on."""
    allowed: dict[str, list[str]] = {}
    for statement in statements(role):
        for action in statement["actions"]:
            allowed.setdefault(action, []).extend(statement["resources"])
    return allowed


def listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def is_known(arn: str) -> bool:
    return any(part in arn for part in APP_S_OWN)


@pytest.mark.parametrize("function", ROLES)
def test_every_call_is_granted(function: str, aws_calls: Calls) -> None:
    assert set(aws_calls) - set(granted(ROLES[function])) == set()


@pytest.mark.parametrize("function", ROLES)
def test_every_call_is_granted_on_what_it_is_about(function: str, aws_calls: Calls) -> None:
    allowed = granted(ROLES[function])
    refused = {
        (action, arn)
        for action, arns in aws_calls.items()
        for arn in arns
        if is_known(arn)
        and not any(fnmatchcase(arn, pattern) for pattern in allowed.get(action, []))
    }
    assert refused == set()


@pytest.mark.parametrize("function", ROLES)
def test_every_granted_action_is_used(function: str, aws_calls: Calls) -> None:
    unused = set(granted(ROLES[function])) - BY_LAMBDA - set(aws_calls)
    assert unused - BY_THE_SCHEDULER - BY_SECRETS_MANAGER == set()
