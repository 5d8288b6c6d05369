"""The handler in process, against moto and the Slack stand-in."""

import json
import re
import shlex
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from local.alert_batches import BATCHES, EVENTS
from local.ecs import EcsStandIn
from local.slack import SlackStandIn
from ops_common.on_call.board import Board
from ops_common.on_call.commands import Wish, parse
from ops_common.on_call.operator_action import KIND
from ops_common.on_call.resolve import Actor, resolve
from send_alerts.app import handler
from send_alerts.channels.slack import BotSlack
from send_alerts.channels.slack_posts import chart as draw_chart
from send_alerts.incident.incident import Incident, RootMessage
from send_alerts.words.markup import message
from tests.integration.send_alerts.conftest import Alerts
from tests.unit.send_alerts.alert_world import NOON
from tests.unit.send_alerts.alert_world import alarm as alarm_notice

type Event = Callable[[str], Any]


def test_an_incident_opens_and_resolves_in_one_thread_and_two_notifications(
    with_slack: Alerts, slack: SlackStandIn, event: Event
) -> None:
    assert with_slack.send(event("alerts/alarm_metric")) == []
    assert with_slack.send(event("alerts/alarm_metric_ok")) == []
    root, line = slack.messages
    assert root.text == ":large_green_circle: *Resolved: jiki-api-web-cpu-high*"
    assert line.thread_ts == root.ts
    assert "after 18 min" in line.text
    assert with_slack.subjects() == [
        "ALARM: [CRITICAL] jiki-api-web-cpu-high",
        "OK: [RESOLVED] jiki-api-web-cpu-high",
    ]


def test_the_message_says_what_how_bad_since_when_what_changed_and_where_to_read_on(
    with_slack: Alerts, slack: SlackStandIn, event: Event
) -> None:
    with_slack.send(event("alerts/own_workers_scaled"), event("alerts/own_password_rotated"))
    with_slack.send(event("alerts/alarm_metric"))
    content = json.dumps(slack.messages[-1].content, ensure_ascii=False)
    for expected in (
        "Critical: jiki-api-web-cpu-high",
        "CPUUtilization (average over 1 min) is 96.41, greater than the threshold 80",
        "25 Nov 04:13:11 UTC",
        "Workers 1 → 4 (1 min before)",
        "Database password rotated: config (12 min before)",
        "|Alarm>",
        "|Logs>",
        "|Runbook>",
    ):
        assert expected in content
    (mail,) = [one for one in with_slack.notifications() if "cpu-high" in one["Subject"]]
    assert "- Database password rotated: config (12 min before)" in mail["Message"]


def test_titles_name_the_environment_where_it_has_a_name(
    with_slack: Alerts, slack: SlackStandIn, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENVIRONMENT_NAME", "staging")
    with_slack.send(event("alerts/alarm_metric"))
    assert slack.messages[0].text == ":red_circle: *Critical: jiki-api-web-cpu-high (staging)*"
    assert with_slack.subjects() == ["ALARM: [CRITICAL] jiki-api-web-cpu-high (staging)"]


def test_without_slack_everything_goes_to_sns(alerts: Alerts, event: Event) -> None:
    names = ("alarm_metric", "own_deployment_passed", "unknown_source", "own_workers_scaled")
    assert alerts.send(*(event(f"alerts/{name}") for name in names)) == []
    assert sorted(alerts.subjects()) == [
        "ALARM: [CRITICAL] jiki-api-web-cpu-high",
        "[INFO] deployment of jiki-api-web: 9 checks passed, 7 skipped",
        "[WARNING] Planned by AWS: RDS",
    ]


def test_a_secret_may_hold_the_token(
    alerts: Alerts, slack: SlackStandIn, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    arn = alerts.aws.client("secretsmanager").create_secret(Name="slack", SecretString=slack.token)[
        "ARN"
    ]
    monkeypatch.setenv("SLACK_TOKEN_PARAMETER", arn)
    alerts.send(event("alerts/alarm_metric"))
    assert len(slack.messages) == 1


def test_a_webhook_gets_whole_messages_for_what_is_loud(
    with_slack: Alerts, slack: SlackStandIn, event: Event
) -> None:
    with_slack.slack_token(slack.webhook_url)
    with_slack.send(event("alerts/alarm_metric"))
    with_slack.send(event("alerts/alarm_metric"))
    with_slack.send(event("alerts/alarm_metric_ok"))
    assert [message.text for message in slack.messages] == [
        ":red_circle: *Critical: jiki-api-web-cpu-high*",
        ":large_green_circle: *Resolved: jiki-api-web-cpu-high*",
    ]
    assert not any(message.thread_ts for message in slack.messages)


def test_a_name_that_would_ping_everybody_pings_nobody(
    with_slack: Alerts, slack: SlackStandIn, event: Event
) -> None:
    with_slack.send(event("alerts/alarm_hostile_name"))
    shown = {**slack.messages[0].content, "metadata": None}
    content = json.dumps(shown)
    assert "&lt;!channel&gt;" in content
    for ping in ("<!channel>", "<!here>", "<@U0123456789>", "<https://example.org|win>"):
        assert ping not in content


OF_STACK = "jiki-ops-web-cpu"


def test_the_documented_command_silences_an_alarm(
    with_slack: Alerts, slack: SlackStandIn, event: Event
) -> None:
    # GIVEN the command of docs/alerts.md, as make hands it on
    text = (EVENTS.parent / "docs" / "alerts.md").read_text()
    (command,) = re.findall(r"^make silence (.*)$", text, re.MULTILINE)
    said = dict(word.split("=", 1) for word in shlex.split(command))
    now = datetime.now(UTC)
    wish = parse(["silence", said["NAME"], said["FOR"]], now)
    assert isinstance(wish, Wish)
    actor = Actor("ana", "terminal", (), (), rolls_back=False)
    detail = resolve(wish, actor, Board(), now).as_event().detail()
    with_slack.send({"source": "jiki.ops", "detail-type": KIND, "detail": detail})
    # THEN what it names, an alarm of the stack, is told to nobody, and the rest is
    of_stack = json.dumps(event("alerts/alarm_metric")).replace("jiki-api-web-cpu-high", OF_STACK)
    with_slack.send(json.loads(of_stack), event("alerts/alarm_composite"))
    assert with_slack.subjects() == ["ALARM: [CRITICAL] jiki-api-down"]
    assert len(slack.messages) == 1


def test_the_chart_is_a_file_in_the_thread(slack: SlackStandIn) -> None:
    """Moto draws none, so that it is given one."""

    class Drawn:
        def draw(self, widget: str) -> bytes:
            return f"picture of {widget}".encode()

    threads = BotSlack(slack.token, slack.channel, slack.url)
    posted = threads.post(message("head", "#d62728"), "delivery")
    root = RootMessage(posted.channel, posted.ts, NOON, "")
    subject = alarm_notice(0, widget="{}")
    draw_chart(Incident(subject.key, subject=subject, root=root), threads, Drawn())
    (reply,) = slack.thread(posted.ts)
    assert slack.workspace.uploads[reply.files[0]["id"]] == b"picture of {}"


def test_what_is_no_event_fails_alone_and_the_rest_of_its_batch_is_sent(
    with_slack: Alerts, slack: SlackStandIn, event: Event
) -> None:
    assert with_slack.send("[]", event("alerts/alarm_metric")) == ["[]"]
    assert len(slack.messages) == 1


def test_every_batch_in_events_is_sent(
    with_slack: Alerts, slack: SlackStandIn, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in BATCHES:
        assert handler(event(f"send_alerts/{name}"), with_slack.context) == {
            "batchItemFailures": []
        }
    assert len(slack.messages) > 10


def test_an_alarm_names_the_sha_that_was_deployed_before_it(
    with_slack: Alerts, slack: SlackStandIn, ecs: EcsStandIn, event: Event
) -> None:
    deployed = event("alerts/ecs_deployment_completed")
    deployed["detail"]["deploymentId"] = ecs.service("jiki-api-web").primary.id
    assert with_slack.send(deployed, event("alerts/alarm_metric")) == []
    content = json.dumps(slack.messages[-1].content, ensure_ascii=False)
    assert f"Deployment of jiki-api-web completed, image {'0' * 40} (4 min before)" in content
