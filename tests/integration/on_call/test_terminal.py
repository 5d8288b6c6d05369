"""The words of people on call at a terminal, on a real table and bus."""

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from rich.console import Console

from cli.environment import Target
from cli.on_call.__main__ import main, recorded, show
from cli.on_call.desk import Desk
from local.moto_aws import OPS_TABLE, MotoAws
from ops_common.identity import Identity
from ops_common.on_call.operator_action import Action, OperatorAction
from ops_common.on_call.resolve import Actor, CannotBe
from ops_common.on_call.summaries import IncidentSummary, Part, PartSummary
from ops_common.scaling_hold import Holds
from tests.outputs import assert_shown, text_of

NOW = datetime(2026, 11, 28, 18, 30, tzinfo=UTC)
INCIDENT = IncidentSummary("alarm:web-errors", "web-errors", "web-errors", "critical", NOW)


@pytest.fixture
def desk(aws: MotoAws) -> Desk:
    item = {"id": {"S": "incident#x"}, "summary": {"S": INCIDENT.as_text()}}
    aws.client("dynamodb").put_item(TableName=OPS_TABLE, Item=item)
    actor = Actor("ana (admin)", "terminal", ("web",), ("worker",), rolls_back=False)
    return Desk(aws.client, OPS_TABLE, Identity("jiki-ops", "production"), actor, "config")


def printed(desk: Desk, *words: str) -> str:
    sections = desk.run(words, NOW)
    assert isinstance(sections, tuple)
    console = Console(record=True, width=120)
    show(sections, console)
    return console.export_text()


def done(desk: Desk, *words: str) -> OperatorAction:
    action = desk.run(words, NOW)
    assert isinstance(action, OperatorAction)
    return action


def test_status_and_incidents_are_tables(desk: Desk) -> None:
    for words in ("status", "incidents"):
        text = printed(desk, words)
        assert INCIDENT.reference in text
        assert "critical: web-errors" in text


def test_status_says_when_the_password_is_rotated_next(desk: Desk, aws: MotoAws) -> None:
    assert "by its schedule" not in printed(desk, "status")
    text = printed(replace(desk, rotation_schedule="cron(0 9 1 * ? *)"), "status")
    due = datetime(2026, 12, 1, 9, tzinfo=UTC).astimezone()
    (row,) = [line for line in text.splitlines() if "by its schedule" in line]
    assert f"{due:%Y-%m-%d %H:%M}" in row


def test_a_close_is_the_same_event_as_slack_s(desk: Desk, aws: MotoAws) -> None:
    closed = done(desk, "close", INCIDENT.reference, "the alarm was renamed")
    assert (closed.incident, closed.why) == (INCIDENT.key, "the alarm was renamed")
    (event,) = aws.published_events()
    assert event["detail"]["stack"] == "jiki-ops"
    assert event["detail"]["environment"] == "production"
    assert OperatorAction.from_detail(event["detail"]) == closed


def test_a_hold_is_the_scaler_s_item(desk: Desk, aws: MotoAws) -> None:
    holds = Holds(aws.client("dynamodb"), OPS_TABLE)
    assert done(desk, "hold", "3", "2h").action is Action.HOLD
    found = holds.get("worker", NOW)
    assert found
    assert (found.tasks, found.until) == (3, NOW + timedelta(hours=2))
    done(desk, "release")
    assert holds.get("worker", NOW) is None


def test_a_rotation_is_aws_s_own_command(desk: Desk, aws: MotoAws) -> None:
    with pytest.raises(CannotBe) as caught:
        desk.run(["rotate"], NOW)
    assert caught.value.command == "aws secretsmanager rotate-secret --secret-id config"
    assert not aws.published_events()


def test_the_desk_is_found_by_the_stack_s_outputs(
    aws: MotoAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = """{"Resources": {"Ops": {"Type": "AWS::SNS::Topic"}},
      "Outputs": {"OpsTableName": {"Value": "ops-table"}}}"""
    aws.client("cloudformation").create_stack(StackName="jiki-ops", TemplateBody=template)
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
    desk = Desk.at(Target("production", "jiki-ops", "eu-west-1", None, {"WorkerServices": "a,b"}))
    assert desk.table == "ops-table"
    assert desk.actor.worker_services == ("a", "b")
    assert desk.identity.environment == "jiki-ops"


def run_make(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    with mock.patch.object(sys, "argv", ["make", "--environment", "production", *words]):
        code = main()
    printed = capsys.readouterr()
    return code, printed.out + printed.err


def test_help_needs_no_account(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = run_make(capsys, "help")
    assert code == 0
    assert "silence NAME 1h" in said


def test_json_is_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = run_make(capsys, "--json", "help")
    (section,) = json.loads(said)
    assert (code, section["heading"]) == (0, "Commands")


def test_without_an_account_it_says_so_in_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    code, said = run_make(capsys, "status")
    assert (code, len(said.splitlines())) == (2, 1)


def test_a_typing_error_is_said_before_aws_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (("hold", "many"), ("silence", "web-*", "soon"), ("statsu",)):
        code, said = run_make(capsys, *words)
        assert code == 2
        assert not said.startswith("AWS did not do it")


def keep(aws: MotoAws, name: str, summary: IncidentSummary | PartSummary) -> None:
    item = {"id": {"S": name}, "summary": {"S": summary.as_text()}}
    aws.client("dynamodb").put_item(TableName=OPS_TABLE, Item=item)


def test_the_page_shows_what_each_question_is_answered(desk: Desk, aws: MotoAws) -> None:
    # GIVEN an alarm that ana has acknowledged, a burst, a rotation, and a deployment that passed
    known = {"title": "jiki-ops-web-errors", "acknowledged_by": "ana (admin)"}
    keep(aws, "incident#x", replace(INCIDENT, **known))
    (before, now) = text_of("reasons").splitlines()[:2]
    ticks = PartSummary(Part.SCALING, "jiki-api-solid-queue", NOW, before).after(None)
    later = PartSummary(Part.SCALING, ticks.name, NOW + timedelta(minutes=9), now).after(ticks)
    keep(aws, "scaler#x", later)
    keep(aws, "rotation#x", PartSummary(Part.ROTATION, "config", NOW, "completed"))
    keep(aws, "verdict#x", PartSummary(Part.VERDICT, "deployment", NOW, "16 of 16 checks passed"))
    desk = replace(desk, rotation_schedule="cron(0 9 1 * ? *)")
    # THEN both answers are the page's
    assert_shown("status", printed(desk, "status"))
    assert_shown("why", printed(desk, "why"))


def test_the_pages_show_what_each_action_prints(desk: Desk) -> None:
    actions = (
        ("ack", INCIDENT.reference),
        ("close", INCIDENT.reference, "the alarm was renamed"),
        ("silence", "jiki-ops-web-*", "1h"),
        ("hold", "4", "1h"),
    )
    actor = replace(desk.actor, worker_services=("jiki-api-solid-queue",))
    desk = replace(desk, actor=actor)
    said = "\n".join(recorded(done(desk, *words)) for words in actions)
    assert_shown("actions", said)
    assert_shown("silence", recorded(done(desk, "silence", "jiki-ops-web-*", "8h")))
