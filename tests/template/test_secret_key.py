"""A secret under a KMS key of its owner: who reads it may use the key, through Secrets Manager."""

from typing import Any

import pytest

from local.transform import EVERY_FUNCTION, resolved

SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:config-??????"
REQUIRED = {
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


def of_the_key() -> dict[str, list[dict[str, Any]]]:
    stack = resolved(EVERY_FUNCTION)
    found = {
        name: [
            each for each in statements(item) if any(a.startswith("kms:") for a in actions(each))
        ]
        for name, item in stack.items()
        if item["Type"] == "AWS::IAM::Role"
    }
    return {name: granted for name, granted in found.items() if granted}


def test_whoever_reads_the_secret_may_use_its_key() -> None:
    """The same roles that may GetSecretValue of the app's secret, and no other."""
    granted = of_the_key()
    assert {name: actions(each[0]) for name, each in granted.items()} == REQUIRED
    readers = {
        name
        for name, item in resolved(EVERY_FUNCTION).items()
        if item["Type"] == "AWS::IAM::Role"
        for each in statements(item)
        if "secretsmanager:GetSecretValue" in actions(each)
        and ":secret:config-" in str(each["Resource"])
    }
    assert readers == set(REQUIRED)


@pytest.mark.parametrize("role", REQUIRED)
def test_a_key_is_used_through_secrets_manager_for_this_secret_alone(role: str) -> None:
    (statement,) = of_the_key()[role]
    assert statement["Condition"] == {
        "StringEquals": {"kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com"},
        "StringLike": {"kms:EncryptionContext:SecretARN": SECRET},
    }
