"""What `sam build` made, alone on the path: every function answers every one of its events."""

import importlib.util
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cli.cost.workload import RUNS
from local.ecs import EcsStandIn
from local.moto_aws import MotoAws
from local.precompile import loaded_folders
from local.rie import RuntimeEmulator
from local.slack import SlackStandIn
from local.slack.requests import resigned
from tests.conftest import Database

type Start = Callable[[str], RuntimeEmulator]
# START, END and REPORT.
LINES_OF_LAMBDA = 300
EVENTS = Path(__file__).parent.parent.parent / "events"


def events(function: str) -> dict[str, Any]:
    """The function's events by name, in the order of their names."""
    files = sorted((EVENTS / function).glob("*.json"))
    assert files
    return {file.stem: json.loads(file.read_text()) for file in files}


def answers(emulator: RuntimeEmulator, named: dict[str, Any]) -> dict[str, Any]:
    """The answer to each event; an error fails the test with the function's log.

    So does a log that is longer than docs/cost.md reckons with.
    """
    found = {}
    for name, event in named.items():
        found[name] = emulator.invoke(event)
        if isinstance(found[name], dict) and "errorType" in found[name]:
            pytest.fail(f"{name}: {found[name]}\n{emulator.log_text()[-3000:]}")
    logged = sum(len(line) for line in emulator.log_text().splitlines() if line.startswith("{"))
    function = emulator.handler.partition(".")[0].title().replace("_", "")
    # As a rule a message of the alert queue comes alone.
    runs = sum(len(event.get("Records", [event])) for event in named.values())
    assert logged / runs + LINES_OF_LAMBDA <= RUNS[function].log_bytes
    return found


def test_query_database_answers_every_request(start: Start, database: Database) -> None:
    # GIVEN the requests with the address of the database at hand; set_password changes it, so last
    named = events("query_database")
    for event in named.values():
        event["login"] = database.login.as_json()
    named["set_password"] = named.pop("set_password")
    found = answers(start("QueryDatabase"), named)
    assert [name for name, answer in found.items() if not answer["ok"]] == []
    assert found["check_login"]["answer"]["session_user"] == "jiki"


def test_rotate_password_runs_its_steps(
    start: Start, aws: MotoAws, database: Database, ecs: EcsStandIn
) -> None:
    # GIVEN a secret at the beginning of the rotation that the events name
    named = events("rotate_password")
    arn = aws.begin_rotation(named["create_secret"]["ClientRequestToken"])
    for event in named.values():
        event["SecretId"] = arn
    before = aws.secret()["aurora_password"]
    rotation = ("create_secret", "set_secret", "test_secret", "finish_secret")
    steps = ("rehearse", *rotation, "prepare_roles")
    assert set(steps) == set(named)
    # WHEN its steps run in their order
    found = answers(start("RotatePassword"), {name: named[name] for name in steps})
    # THEN the password has changed and the services are deployed
    assert aws.secret()["aurora_password"] != before
    assert found["finish_secret"]["outcome"] == "rotated"
    assert [call.operation for call in ecs.calls].count("UpdateService") == 2


def test_scale_workers_ticks(start: Start, aws: MotoAws, database: Database) -> None:
    found = answers(start("ScaleWorkers"), events("scale_workers"))
    assert all(answer["measured"] for answer in found.values())


def test_send_alerts_sends_every_kind_of_event(
    start: Start, aws: MotoAws, slack: SlackStandIn
) -> None:
    found = answers(start("SendAlerts"), events("send_alerts"))
    assert {name: answer["batchItemFailures"] for name, answer in found.items()} == {
        name: [] for name in found
    }
    assert slack.messages


def test_answer_slack_takes_what_slack_signs_and_nothing_else(start: Start, aws: MotoAws) -> None:
    named = events("answer_slack")
    # As they lie there they are far too late.
    late = {f"{name} late": event for name, event in named.items()}
    in_time = {name: resigned(event, datetime.now(UTC)) for name, event in named.items()}
    found = answers(start("AnswerSlack"), late | in_time)
    assert {found[name]["statusCode"] for name in late} == {401}
    assert {found[name]["statusCode"] for name in in_time} == {200}
    (event,) = aws.published_events()
    assert event["detail"]["facts"]["action"] == "hold"


def test_probe_deployment_gives_every_caller_its_answer(
    start: Start, aws: MotoAws, database: Database
) -> None:
    found = answers(start("ProbeDeployment"), events("probe_deployment"))
    assert found["person"]["status"] == "fail"
    # The revision that the event names is not there: unknown, which never touches production.
    assert found["lifecycle_hook"]["hookStatus"] == "SUCCEEDED"


def test_what_a_cold_start_loads_is_compiled_from_what_was_built(build_folder: Path) -> None:
    for folder in loaded_folders(build_folder):
        for file in folder.rglob("*.py"):
            compiled = Path(importlib.util.cache_from_source(str(file))).read_bytes()
            # PEP 552: magic number, flags (1: by hash, unchecked), hash of the source.
            assert compiled[:4] == importlib.util.MAGIC_NUMBER
            assert compiled[4:8] == b"\1\0\0\0"
            assert compiled[8:16] == importlib.util.source_hash(file.read_bytes()), file


def test_nothing_of_the_project_is_built_in_but_functions_and_layers(build_folder: Path) -> None:
    names = {path.name for path in build_folder.glob("*/*") if path.is_dir()}
    assert names == {
        "answer_slack",
        "probe_deployment",
        "python",
        "query_database",
        "rotate_password",
        "scale_workers",
        "send_alerts",
    }
