"""answer_slack's handler on a real table and bus."""

import json
import socket
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from answer_slack.app import handler
from answer_slack.confirmations import DynamoConfirmations
from answer_slack.refusal import Refusal, Refused
from answer_slack.repeats import MOST_A_MINUTE, DynamoSeen
from local.lambda_endpoint import Context
from local.moto_aws import OPS_TABLE, MotoAws
from local.slack import SlackStandIn
from local.slack.requests import (
    ANA,
    BEN,
    EVE,
    SIGNING_SECRET,
    click,
    command,
    function_url_event,
    resigned,
    signed,
)
from ops_common.on_call.operator_action import Action, OperatorAction
from ops_common.on_call.summaries import IncidentSummary, Part, PartSummary
from ops_common.scaling_hold import Holds
from tests.integration.answer_slack.conftest import SECRET_NAME, Post

NOW = datetime(2026, 11, 28, 18, 30, tzinfo=UTC)
INCIDENT = IncidentSummary("alarm:web-errors", "web-errors", "web-errors", "critical", NOW)
TICK = PartSummary(Part.SCALING, "jiki-api-solid-queue", NOW, "2 tasks: the queue is short")


def put_summary(aws: MotoAws, item_id: str, summary: IncidentSummary | PartSummary) -> None:
    item = {"id": {"S": item_id}, "summary": {"S": summary.as_text()}}
    aws.client("dynamodb").put_item(TableName=OPS_TABLE, Item=item)


def text_of(answer: dict[str, Any]) -> str:
    return str(json.loads(answer["body"])["text"])


def test_status_shows_what_is_open_and_what_each_part_did(aws: MotoAws, post: Post) -> None:
    put_summary(aws, "incident#alarm:web-errors", INCIDENT)
    put_summary(aws, "scaling#jiki-api-solid-queue", TICK.after(None))
    item = {"id": {"S": "silence#alarms"}, "cpu-*": {"S": "2999-01-01T00:00:00Z"}}
    aws.client("dynamodb").put_item(TableName=OPS_TABLE, Item=item)
    text = text_of(post(command("status", EVE)))
    assert INCIDENT.reference in text
    assert "2 tasks: the queue is short" in text
    assert "cpu-*" in text


def test_a_summary_that_nobody_can_read_hides_no_other(aws: MotoAws, post: Post) -> None:
    put_summary(aws, "incident#alarm:web-errors", INCIDENT)
    broken = {"id": {"S": "incident#broken"}, "summary": {"S": '{"kind": "incident"}'}}
    aws.client("dynamodb").put_item(TableName=OPS_TABLE, Item=broken)
    aws.client("dynamodb").put_item(
        TableName=OPS_TABLE, Item={"id": {"S": "hold#w"}, "tasks": {"S": "many"}}
    )
    assert INCIDENT.reference in text_of(post(command("incidents")))


def test_an_acknowledgement_is_an_event_on_the_bus(aws: MotoAws, post: Post) -> None:
    put_summary(aws, "incident#alarm:web-errors", INCIDENT)
    button = {"type": "button", "action_id": "ops_ack", "value": f"ack {INCIDENT.reference}"}
    assert post(click(button)) == {"statusCode": 200, "headers": {}, "body": ""}
    (event,) = aws.published_events()
    assert event["detail-type"] == "OperatorAction"
    action = OperatorAction.from_detail(event["detail"])
    assert (action.action, action.incident) == (Action.ACKNOWLEDGE, INCIDENT.key)


def test_a_hold_is_an_item_that_the_scaler_reads(aws: MotoAws, post: Post) -> None:
    post(command("hold 3 2h"))
    holds = Holds(aws.client("dynamodb"), OPS_TABLE)
    found = holds.get("jiki-api-solid-queue", datetime.now(UTC))
    assert found
    assert (found.tasks, found.by) == (3, "ana (U0ANA)")
    assert "held at 3" in text_of(post(command("status")))
    post(command("release"))
    assert holds.get("jiki-api-solid-queue", datetime.now(UTC)) is None


def test_a_rotation_is_confirmed_by_a_second_person_once(aws: MotoAws, post: Post) -> None:
    code = text_of(post(command("rotate"))).rpartition(" ")[2].strip("`")
    assert text_of(post(command(f"rotate {code}"))).startswith("nothing waits")
    assert post(command(f"rotate {code}", BEN))["statusCode"] == 200
    assert text_of(post(command(f"rotate {code}", BEN, trigger_id="2"))).startswith("nothing waits")
    actions = [OperatorAction.from_detail(event["detail"]) for event in aws.published_events()]
    assert [(action.action, action.by) for action in actions] == [(Action.ROTATE, "ben (U0BEN)")]


def test_a_replay_is_refused_by_the_table(aws: MotoAws) -> None:
    seen = DynamoSeen(aws.client("dynamodb"), OPS_TABLE)
    seen.record("U1", NOW, "v0=1")
    for again in (seen, DynamoSeen(aws.client("dynamodb"), OPS_TABLE)):
        with pytest.raises(Refused) as caught:
            again.record("U1", NOW, "v0=1")
        assert caught.value.refusal is Refusal.REPLAYED


def test_so_many_requests_of_a_person_and_minute_and_no_more(aws: MotoAws) -> None:
    seen = DynamoSeen(aws.client("dynamodb"), OPS_TABLE)
    for number in range(MOST_A_MINUTE):
        seen.record("U1", NOW, f"v0={number}")
    with pytest.raises(Refused) as caught:
        seen.record("U1", NOW, "v0=another")
    assert caught.value.refusal is Refusal.TOO_MANY
    seen.record("U2", NOW, "v0=another")
    seen.record("U1", NOW + timedelta(minutes=1), "v0=another")


def test_a_confirmation_ends(aws: MotoAws) -> None:
    waiting = DynamoConfirmations(aws.client("dynamodb"), OPS_TABLE)
    asked = waiting.ask("U1", NOW)
    assert waiting.take(asked.code, "U2", NOW + timedelta(minutes=11)) is None
    assert waiting.take(asked.code.upper(), "U2", NOW) == asked


def test_a_click_of_somebody_else_is_answered_at_its_address(
    slack: SlackStandIn, post: Post
) -> None:
    button = {"type": "button", "action_id": "ops_ack", "value": "ack 00000000"}
    post(click(button, EVE, response_url=slack.app.response_url(EVE)))
    ((person, answer),) = slack.app.ephemeral
    assert person == EVE.id
    assert "operators" in answer["text"]


def test_an_answer_goes_to_slack_alone(slack: SlackStandIn, post: Post) -> None:
    button = {"type": "button", "action_id": "ops_ack", "value": "ack 00000000"}
    for address in ("https://example.org/", "http://169.254.169.254/latest", "", "x" * 9000):
        assert post(click(button, EVE, response_url=address))["statusCode"] == 200
    assert not slack.app.ephemeral


def test_members_of_a_user_group_are_asked_of_slack(
    aws: MotoAws, slack: SlackStandIn, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_OPERATORS", "S0OPERATORS")
    slack.workspace.user_groups["S0OPERATORS"] = [BEN.id]
    post(command("probe", BEN))
    post(command("probe", EVE))
    assert len(aws.published_events()) == 1
    # Asked once, and kept for a while.
    assert [call.method for call in slack.calls].count("usergroups.users.list") == 1


def test_a_group_that_slack_does_not_know_lets_nobody_act(
    aws: MotoAws, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_OPERATORS", "S0GONE")
    assert "no_such_subteam" in text_of(post(command("probe", BEN)))
    assert not aws.published_events()


def test_a_table_that_hangs_keeps_nobody_waiting(
    aws: MotoAws, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slack gives up after three seconds."""
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", f"http://127.0.0.1:{deaf.getsockname()[1]}")
        began = datetime.now(UTC)
        with pytest.raises(ReadTimeoutError):
            post(command("status"))
        assert datetime.now(UTC) - began < timedelta(seconds=2.9)


@pytest.mark.parametrize(
    "name", ["certificate_check", "click_acknowledge", "command_hold", "command_status"]
)
def test_each_file_of_events_is_what_slack_sends(
    name: str, event: Callable[[str], Any], lambda_context: Context
) -> None:
    stored = event(f"answer_slack/{name}")
    # As it lies there it is far too late.
    assert handler(stored, lambda_context)["statusCode"] == 401
    assert handler(resigned(stored, datetime.now(UTC)), lambda_context)["statusCode"] == 200


def test_the_signing_secret_may_lie_in_secrets_manager(
    aws: MotoAws, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = aws.client("secretsmanager").create_secret(Name="slack", SecretString=SIGNING_SECRET)
    monkeypatch.setenv("SLACK_SIGNING_SECRET_PARAMETER", stored["ARN"])
    assert post(command("help"))["statusCode"] == 200


def test_a_self_check_says_what_is_well(lambda_context: Context) -> None:
    found = handler({"selfCheck": True}, lambda_context)["selfCheck"]
    assert {check["name"]: check["ok"] for check in found} == {
        "settings": True,
        "signing_secret": True,
        "operators": True,
        "memory": True,
    }


def test_a_self_check_says_what_is_missing(
    aws: MotoAws, lambda_context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.client("ssm").put_parameter(
        Name=SECRET_NAME, Value="xoxb-wrong", Type="SecureString", Overwrite=True
    )
    monkeypatch.setenv("SLACK_OPERATORS", "")
    found = handler({"selfCheck": True}, lambda_context)["selfCheck"]
    failed = {check["name"] for check in found if not check["ok"]}
    assert failed == {"signing_secret", "operators"}
    assert "xoxb-wrong" not in json.dumps(found)


def test_nobody_s_secret_is_written_to_the_log(
    post: Post, slack: SlackStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    post(command("status"))
    post(command("ack nobody", EVE))
    post("payload=")
    logged = json.dumps([vars(record) for record in caplog.records], default=str)
    assert "answered" in logged
    for hidden in (SIGNING_SECRET, slack.token, ANA.name, "v0="):
        assert hidden not in logged


def test_each_refusal_is_a_line_of_the_log_that_can_be_counted(
    post: Post, lambda_context: Context, caplog: pytest.LogCaptureFixture
) -> None:
    # GIVEN forged requests, a replay, another app's, and somebody who may not act
    now, body = datetime.now(UTC), command("help")
    forged = function_url_event(body, signed(body, now, "f" * 32))
    sent = function_url_event(body, signed(body, now))
    for event in (forged, forged, sent, sent):
        handler(event, lambda_context)
    post(command("help", api_app_id="A0OTHER"))
    post(command("probe", EVE))
    # WHEN somebody counts them
    counted = Counter(vars(record).get("refusal") or "" for record in caplog.records)
    # THEN each is there once, by its kind
    del counted[""]
    assert counted == {"forged": 2, "replayed": 1, "wrong_app": 1, "not_an_operator": 1}
