"""A secret under a KMS key of its owner: who reads it may use the key, through Secrets Manager."""

from typing import Any

import pytest

from local.transform import EVERY_FUNCTION, resolved

KEY = "arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0000-4000-8000-000000000000"
NEEDS = {
    "RotatePasswordRole": {"kms:Decrypt", "kms:GenerateDataKey"},
    "ScaleWorkersRole": {"kms:Decrypt"},
    "ProbeDeploymentRole": {"kms:Decrypt"},
}


def statements(role: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        statement
        for policy in role["Properties"]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def actions(statement: dict[str, Any]) -> set[str]:
    value = statement["Action"]
    return {value} if isinstance(value, str) else set(value)


def of_the_key(parameters: dict[str, str]) -> dict[str, list[dict[str, Any]]]:
    stack = resolved(EVERY_FUNCTION | parameters)
    found = {
        name: [
            each for each in statements(item) if any(a.startswith("kms:") for a in actions(each))
        ]
        for name, item in stack.items()
        if item["Type"] == "AWS::IAM::Role"
    }
    return {name: granted for name, granted in found.items() if granted}


def test_without_a_key_nobody_may_use_one() -> None:
    assert of_the_key({}) == {}


def test_whoever_reads_the_secret_may_use_its_key() -> None:
    """The same roles that may GetSecretValue of the app's secret, and no other."""
    granted = of_the_key({"ConfigSecretKeyArn": KEY})
    assert {name: actions(each[0]) for name, each in granted.items()} == NEEDS
    readers = {
        name
        for name, item in resolved(EVERY_FUNCTION).items()
        if item["Type"] == "AWS::IAM::Role"
        for each in statements(item)
        if "secretsmanager:GetSecretValue" in actions(each)
        and ":secret:config-" in str(each["Resource"])
    }
    assert readers == set(NEEDS)


@pytest.mark.parametrize("role", NEEDS)
def test_the_key_is_used_through_secrets_manager_alone(role: str) -> None:
    (statement,) = of_the_key({"ConfigSecretKeyArn": KEY})[role]
    assert statement["Resource"] == KEY
    via = statement["Condition"]["StringEquals"]["kms:ViaService"]
    assert via == "secretsmanager.eu-west-1.amazonaws.com"
