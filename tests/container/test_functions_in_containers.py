"""Every function once in Lambda's own image, by `sam local invoke`, among the stand-ins."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.invoke import at_home, invoke, missing_engine
from local.start_world import start_world
from local.world import World

EVENTS = Path(__file__).parent.parent.parent / "events"


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    if reason := missing_engine():
        pytest.skip(reason)
    with start_world(listen_address="0.0.0.0") as world:
        yield world


def answer(world: World, function: str, event: str) -> Any:
    """What the function answers to a file of events/."""
    content = json.loads((EVENTS / event).read_text())
    return invoke(world, function, at_home(world, content))


def test_query_database_logs_in_over_verified_tls(world: World) -> None:
    found = answer(world, "QueryDatabase", "query_database/check_login.json")
    assert found["ok"], found
    assert found["answer"]["session_user"] == world.login().user


def test_rotate_password_stores_a_pending_version(world: World) -> None:
    found = answer(world, "RotatePassword", "rotate_password/create_secret.json")
    assert found["step"] == "createSecret", found
    assert world.secret("AWSPENDING")["aurora_password"] != world.secret()["aurora_password"]


def test_scale_workers_measures_and_decides(world: World) -> None:
    found = answer(world, "ScaleWorkers", "scale_workers/tick.json")
    assert found["measured"], found
    assert found["desired"] == 1


def test_send_alerts_notifies_slack_and_the_topic(world: World) -> None:
    found = answer(world, "SendAlerts", "send_alerts/alarms.json")
    assert found["batchItemFailures"] == [], found
    assert world.slack.messages
    assert world.sns_messages()


def test_answer_slack_takes_a_command(world: World) -> None:
    found = answer(world, "AnswerSlack", "answer_slack/command_status.json")
    assert found["statusCode"] == 200, found
    assert "Open incidents" in found["body"]


def test_probe_deployment_gives_a_verdict(world: World) -> None:
    found = answer(world, "ProbeDeployment", "probe_deployment/person.json")
    checks = {check["name"]: check["status"] for check in found["checks"]}
    assert checks["health_check"] == "pass", found
    assert checks["database_login"] == "pass", found
