"""`make rehearse` and `make secret`: the answers of the real function, as tables."""

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from rich.console import Console

from cli.rotation import SHOWN, ask
from local.moto_aws import SECRET, TEMPORARY_PASSWORD
from rotate_password.app import handler as rotate_password
from tests.integration.rotate_password.conftest import Rotation
from tests.outputs import assert_shown

STACK = "jiki-ops"
FUNCTION = "jiki-ops-rotate-password"
TEMPLATE = {
    "Resources": {
        "RotatePassword": {
            "Type": "AWS::SQS::Queue",
            "Properties": {"QueueName": FUNCTION},
        }
    }
}

type Ask = Callable[[str], tuple[dict[str, Any], str]]


@pytest.fixture
def asked(rotation: Rotation, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Asks as the command does; the answer, and what it prints."""
    # moto knows the function by the stack's resource of that name, whatever its type.
    rotation.aws.client("cloudformation").create_stack(
        StackName=STACK, TemplateBody=json.dumps(TEMPLATE)
    )
    resource = rotation.aws.client("cloudformation").describe_stack_resource(
        StackName=STACK, LogicalResourceId="RotatePassword"
    )["StackResourceDetail"]["PhysicalResourceId"]
    rotation.invoked.functions[resource.rsplit("/", 1)[-1]] = rotate_password
    rotation.invoked.functions[resource] = rotate_password

    def asked(step: str) -> tuple[dict[str, Any], str]:
        answer = ask(boto3.Session(region_name="eu-west-1"), STACK, SECRET, step)
        console = Console(record=True, width=160)
        SHOWN[step](answer, console)
        return answer, console.export_text()

    return asked


def test_a_rehearsal_says_what_is_in_the_way_and_what_to_do(asked: Ask, rotation: Rotation) -> None:
    answer, printed = asked("rehearse")
    assert answer["mayRotate"]
    assert "A rotation may begin." in printed

    rotation.edit(database_url=f"postgres://jiki:{TEMPORARY_PASSWORD}@db/jiki")
    answer, printed = asked("rehearse")
    assert not answer["mayRotate"]
    assert "database_url" in printed
    assert TEMPORARY_PASSWORD not in printed


def test_the_page_shows_what_a_rehearsal_prints(asked: Ask, rotation: Rotation) -> None:
    rotation.edit(database_url=f"postgres://jiki:{TEMPORARY_PASSWORD}@db/jiki")
    _, printed = asked("rehearse")
    assert_shown("rehearse", printed)


def test_the_secret_s_versions_are_listed_without_values(asked: Ask, rotation: Rotation) -> None:
    rotation.rotate()

    answer, printed = asked("timeline")

    said = {label: each["database"] for each in answer["versions"] for label in each["labels"]}
    assert (said["AWSCURRENT"], said["ROTATION_TO"]) == ("accepted", "accepted")
    assert said["ROTATION_FROM"] == "refused"
    assert "AWSCURRENT" in printed
    assert_shown("secret", printed)
    for password in (TEMPORARY_PASSWORD, rotation.aws.secret()["aurora_password"]):
        assert password not in printed
