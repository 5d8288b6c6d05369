"""The role that deploys may do all that CloudFormation's handlers do, and nothing unknown."""

import re

import pytest

from cli.reference.deploy_role import hcl, statements
from cli.reference.handlers import CALLS, calls
from local.transform import transformed
from tests.template.test_iam_reference import formats, meets, reference

TYPES = {item["Type"] for item in transformed()["Resources"].values()}
GRANTS: dict[str, list[str]] = {}
for arns, actions in statements():
    for action in actions:
        GRANTS.setdefault(action, []).extend(arns)


def arn(resource: str) -> str:
    return resource.replace("${local.region}", "eu-west-1").replace("${local.account}", "1" * 12)


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_each_type_of_the_template_has_its_handlers(kind: str) -> None:
    assert calls({kind}) <= set(GRANTS)


def test_no_type_is_listed_that_the_template_does_not_have() -> None:
    assert set(CALLS) == TYPES


def test_every_action_exists() -> None:
    assert [action for action in GRANTS if reference(action) is None] == []


def test_every_resource_is_of_a_type_that_one_of_its_actions_knows() -> None:
    odd = {
        resource
        for resources, actions in statements()
        for resource in resources
        if resource != "*"
        and not any(
            meets(arn(resource), pattern)
            for action in actions
            for pattern in formats(action).values()
        )
    }
    assert odd == set()


def test_every_type_that_an_action_must_be_granted_on_is_granted() -> None:
    missing = {
        (action, name)
        for action, resources in GRANTS.items()
        for name, pattern in formats(action, required=True).items()
        if not any(each == "*" or meets(arn(each), pattern) for each in resources)
    }
    assert missing == set()


@pytest.mark.parametrize(
    "action",
    ["ec2:DescribeNetworkInterfaces", "ec2:DescribeInstances", "ec2:DeleteTags", "iam:PassRole"],
)
def test_what_a_deletion_or_a_new_tag_needs_is_there(action: str) -> None:
    """Lambda's handler waits for its interfaces; EC2's looks for instances in the group."""
    assert action in GRANTS


def test_the_page_holds_each_action_once() -> None:
    written = re.findall(r'"([a-z0-9]+:[A-Za-z]+)"', hcl(statements()))
    assert sorted(written) == sorted(GRANTS)
