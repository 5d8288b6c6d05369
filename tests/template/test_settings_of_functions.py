"""Each function's settings and the variables that the template gives it are the same names."""

import importlib
import os
from typing import Any

import pytest

from local.transform import EVERY_FUNCTION, resolved

FUNCTIONS = {
    "QueryDatabase": "query_database",
    "RotatePassword": "rotate_password",
    "ScaleWorkers": "scale_workers",
    "SendAlerts": "send_alerts",
    "ProbeDeployment": "probe_deployment",
    "AnswerSlack": "answer_slack",
}
READ_BY_LIBRARIES = {
    "POWERTOOLS_METRICS_DISABLED",
    "POWERTOOLS_METRICS_NAMESPACE",
    "POWERTOOLS_SERVICE_NAME",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_ECS",
}
# Which stack this is: whoever publishes says it.
READ_BY_IDENTITY = {"STACK_NAME", "ENVIRONMENT_NAME"}
SET_BY_LAMBDA = {"AWS_REGION": "eu-west-1"}
# Some settings are asked for only where another one is chosen.
EVERYTHING_CHOSEN = {
    "DatabaseAuth": "iam",
    "SlackToken": "/jiki-ops/slack-token",
    "SlackChannel": "C0123456789",
}


class RecordingEnvironment(dict[str, str]):
    """Variables that remember who was asked for."""

    def __init__(self, variables: dict[str, str]) -> None:
        super().__init__(variables)
        self.read: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.read.add(key)
        return super().get(key, default)


def variables(function: str, parameters: dict[str, str] | None = None) -> dict[str, str]:
    properties = resolved(EVERY_FUNCTION | (parameters or {}))[function]["Properties"]
    return {name: str(value) for name, value in properties["Environment"]["Variables"].items()}


@pytest.fixture(params=FUNCTIONS)
def function(request: pytest.FixtureRequest) -> str:
    return request.param


def settings_class(function: str) -> Any:
    return importlib.import_module(f"{FUNCTIONS[function]}.settings").Settings


def test_the_template_s_defaults_are_settings_that_the_function_accepts(
    function: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "environ", SET_BY_LAMBDA | variables(function))
    settings_class(function).from_env()


def test_the_template_declares_what_the_function_reads_and_nothing_else(
    function: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN an environment as deployed with every option chosen; libraries read it at their import
    settings = settings_class(function)
    environment = RecordingEnvironment(SET_BY_LAMBDA | variables(function, EVERYTHING_CHOSEN))
    monkeypatch.setattr(os, "environ", environment)
    # WHEN the settings are read
    settings.from_env()
    read = set(environment.read)
    monkeypatch.undo()
    # THEN these are the variables of the template
    declared = set(environment) - READ_BY_LIBRARIES - READ_BY_IDENTITY
    assert (read | set(SET_BY_LAMBDA)) - READ_BY_IDENTITY == declared


def test_every_function_has_a_service_name_of_its_own() -> None:
    names = {variables(function)["POWERTOOLS_SERVICE_NAME"] for function in FUNCTIONS}
    assert names == set(FUNCTIONS.values())


def test_nothing_of_local_development_reaches_a_deployed_function(function: str) -> None:
    local = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_ECS", "SLACK_API_URL", "DATABASE_CA_CERTIFICATE")
    declared = variables(function)
    assert {name: declared[name] for name in local if declared.get(name)} == {}
