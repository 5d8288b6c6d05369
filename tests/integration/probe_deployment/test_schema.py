"""Real answers against the documented schema of the verdict, docs/verdict.schema.json."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from probe_deployment.request import Trigger
from probe_deployment.suites import SUITES
from probe_deployment.verdict import Outcome
from tests.integration.probe_deployment.conftest import NEW, OLD, WEB, WORKER, System

SCHEMA: dict[str, Any] = json.loads(
    (Path(__file__).parents[3] / "docs" / "verdict.schema.json").read_text()
)
CHECK = SCHEMA["properties"]["checks"]["items"]
FAILED = {
    "name": "image",
    "status": "fail",
    "observed": "x",
    "expected": "y",
    "remedy": "z",
    "olderVersionFixes": False,
    "cause": None,
    "subjects": [],
    "seconds": 0.1,
}


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    """The schema, and nothing beside what it documents."""
    strict = copy.deepcopy(SCHEMA)
    strict["additionalProperties"] = False
    strict["properties"]["checks"]["items"]["additionalProperties"] = False
    Draft202012Validator.check_schema(strict)
    return Draft202012Validator(strict, format_checker=Draft202012Validator.FORMAT_CHECKER)


def test_answers_to_all_callers_fit_the_schema(
    system: System, validator: Draft202012Validator, monkeypatch: pytest.MonkeyPatch
) -> None:
    system.deploy(WEB, NEW)
    monkeypatch.setenv("PROBE_SOAK_MINUTES", "1,3")
    event = system.deployment_event(WEB)
    answers = [system.probe(event)]
    # A failing, a pending and an unreachable one, too.
    answers.append(system.probe(trigger="pipeline", service=WEB, expectedImageTag=OLD))
    now = event["detail"]["updatedAt"]
    answers.append(system.probe(trigger="pipeline", expectedImageTag=OLD, startedAt=now))
    system.aws.put_config(aurora_port="1")
    failed = copy.deepcopy(event)
    failed["detail"]["eventName"] = "SERVICE_DEPLOYMENT_FAILED"
    answers += [system.probe(failed), system.probe(trigger="schedule", suite="canary")]
    answers += [system.probe(suite=suite) for suite in ("self", "load", "readiness")]
    for answer in answers:
        validator.validate(json.loads(json.dumps(answer)))
    assert {answer["status"] for answer in answers} == {"pass", "pass_so_far", "fail", "pending"}
    assert {answer["suite"] for answer in answers} == set(SUITES) - {"green", "lifecycle", "stuck"}
    statuses = {check["status"] for answer in answers for check in answer["checks"]}
    assert statuses == {"pass", "fail", "unknown", "skip"}


def test_the_schema_names_all_that_can_be() -> None:
    fields = SCHEMA["properties"]
    assert fields["suite"]["enum"] == list(SUITES)
    assert fields["trigger"]["enum"] == [trigger.value for trigger in Trigger]
    assert fields["status"]["enum"] == [outcome.value for outcome in Outcome]
    assert SCHEMA["required"] == list(fields)
    assert CHECK["required"] == list(CHECK["properties"])


@pytest.mark.parametrize(
    "change",
    [
        {"status": "broken"},
        {"schemaVersion": 1},
        {"services": []},
        {"extra": 1},
        {"checks": [{**FAILED, "remedy": ""}]},
        {"checks": [{**FAILED, "status": "pass"}]},
        {"checks": [{**FAILED, "cause": "In Words"}]},
    ],
)
def test_another_shape_is_refused(validator: Draft202012Validator, change: dict[str, Any]) -> None:
    good: dict[str, Any] = {
        "schemaVersion": 2,
        "status": "fail",
        "suite": "deployment",
        "trigger": "person",
        "services": [WORKER],
        "deploymentId": None,
        "decidedAt": "2026-01-15T10:35:00+00:00",
        "nextLookAt": None,
        "attempts": 1,
        "seconds": 0.1,
        "summary": "1 of 1 checks failed",
        "rollback": None,
        "checks": [FAILED],
        "table": "",
    }
    validator.validate(good)
    with pytest.raises(ValidationError):
        validator.validate(good | change)
