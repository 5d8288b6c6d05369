"""Parameters: each one described, grouped, with a default that its own pattern accepts."""

import re
from typing import Any

import pytest

from local import endpoints
from local.transform import resolved, source
from paths import ROOT

TEMPLATE = source()
TEXT = (ROOT / "template.yaml").read_text()
ENDPOINTS = (
    endpoints.AWS,
    endpoints.ECS,
    endpoints.SLACK,
    endpoints.DATABASE_CA,
    endpoints.HEALTH_CHECK_CA,
)
PARAMETERS: dict[str, Any] = TEMPLATE["Parameters"]
GROUPS: list[dict[str, Any]] = TEMPLATE["Metadata"]["AWS::CloudFormation::Interface"][
    "ParameterGroups"
]


def test_each_has_a_default_and_none_is_of_one_company() -> None:
    """What must be given follows from the parts that are wanted: the template's Rules."""
    for name, parameter in PARAMETERS.items():
        assert not re.search("jiki|stripe", str(parameter["Default"])), name


def test_each_parameter_stands_in_one_group() -> None:
    grouped = [name for group in GROUPS for name in group["Parameters"]]
    assert sorted(grouped) == sorted(PARAMETERS)


@pytest.mark.parametrize("name", PARAMETERS)
def test_each_parameter_says_what_it_is(name: str) -> None:
    assert len(PARAMETERS[name].get("Description", "").split()) >= 3


@pytest.mark.parametrize("name", [name for name in PARAMETERS if "Default" in PARAMETERS[name]])
def test_each_default_is_allowed(name: str) -> None:
    parameter = PARAMETERS[name]
    default = str(parameter["Default"])
    assert re.search(parameter.get("AllowedPattern", ""), default)
    assert default in [str(value) for value in parameter.get("AllowedValues", [default])]


@pytest.mark.parametrize("name", PARAMETERS)
def test_each_free_text_is_checked_by_a_pattern(name: str) -> None:
    parameter = PARAMETERS[name]
    if parameter["Type"] != "String":
        return
    assert "AllowedPattern" in parameter or "AllowedValues" in parameter


def test_there_are_few_enough_to_be_read() -> None:
    assert len(PARAMETERS) <= 70


def test_no_parameter_leads_to_another_endpoint_or_certificate() -> None:
    """Whoever may set parameters must not get the passwords by them."""
    for item in resolved().values():
        for name, value in item["Properties"].get("Environment", {}).get("Variables", {}).items():
            if name in ENDPOINTS:
                assert value == ""
    for name in ENDPOINTS:
        (declared,) = set(re.findall(rf"\b{name}: (.*)$", TEXT, re.MULTILINE))
        assert declared == '""'


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ConfigSecretId", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:config-AbCdEf"),
        ("DatabaseCidr", "10.1.0.0"),
        ("HealthCheckUrl", "api.jiki.io/health-check"),
        ("RotationSchedule", "every month"),
        ("SlackToken", "jiki-ops/slack-token"),
        ("SlackChannel", "#Ops Alerts"),
        ("PermissionsBoundaryArn", "boundary"),
        ("AlertEmail", "someone"),
    ],
)
def test_a_likely_mistake_is_refused(name: str, value: str) -> None:
    # CloudFormation matches the whole value.
    assert not re.fullmatch(PARAMETERS[name]["AllowedPattern"], value)
