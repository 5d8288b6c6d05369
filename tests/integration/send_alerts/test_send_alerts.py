"""The handler in process, against moto and the Slack stand-in."""

import json
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.alert_batches import EVENTS, batch
from local.moto_aws import MotoAws
from local.slack import Failure, SlackStandIn
from send_alerts import adapters
from send_alerts.app import handler
from send_alerts.incident import Head, Incident
from send_alerts.slack import BotSlack
from send_alerts.slack_delivery import chart as draw_chart
from send_alerts.slack_message import Message
from send_alerts.store import DynamoIncidents
from tests.unit.send_alerts.alert_world import NOON
from tests.unit.send_alerts.alert_world import alarm as alarm_notice

type Event = Callable[[str], Any]
OPS_TABLE = "jiki-ops"
CPU_HIGH = "alarm:jiki-api-web-cpu-high"
FUNCTION_MILLISECONDS = 30_000


@dataclass
class Alerts:
    """The deployed surroundings of the function, and the function itself."""

    aws: MotoAws
    context: Any
    queue_url: str
    inbox_url: str

    def send(self, *bodies: Any) -> list[str]:
        """Put messages into the queue and give them to the handler; the failed ones' bodies."""
        sqs = self.aws.client("sqs")
        for body in bodies:
            text = body if isinstance(body, str) else json.dumps(body)
            sqs.send_message(QueueUrl=self.queue_url, MessageBody=text)
        return self.receive()

    def receive(self) -> list[str]:
        """One batch of what is visible in the queue, as Lambda's poller would do it."""
        sqs = self.aws.client("sqs")
        received = sqs.receive_message(
            QueueUrl=self.queue_url, MaxNumberOfMessages=10, AttributeNames=["All"]
        ).get("Messages", [])
        event = batch(message["Body"] for message in received)
        for record, message in zip(event["Records"], received, strict=True):
            record["messageId"] = message["MessageId"]
            record["receiptHandle"] = message["ReceiptHandle"]
            record["attributes"] = message["Attributes"]
        failed = {
            failure["itemIdentifier"]
            for failure in handler(event, self.context)["batchItemFailures"]
        }
        for message in received:
            if message["MessageId"] not in failed:
                sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])
        return [message["Body"] for message in received if message["MessageId"] in failed]

    def notifications(self) -> list[dict[str, Any]]:
        """What a subscriber of the topic has received since the last look."""
        sqs, found = self.aws.client("sqs"), []
        while messages := sqs.receive_message(QueueUrl=self.inbox_url, MaxNumberOfMessages=10).get(
            "Messages", []
        ):
            for message in messages:
                found.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=self.inbox_url, ReceiptHandle=message["ReceiptHandle"])
        return found

    def subjects(self) -> list[str]:
        return [notification["Subject"] for notification in self.notifications()]

    def in_flight(self) -> int:
        attributes = self.aws.client("sqs").get_queue_attributes(
            QueueUrl=self.queue_url, AttributeNames=["All"]
        )["Attributes"]
        return int(attributes["ApproximateNumberOfMessagesNotVisible"])

    def let_attempts_settle(self, key: str) -> None:
        """As if half a minute had gone by since the last attempts."""
        store, now = DynamoIncidents(self.aws.client("dynamodb"), OPS_TABLE), datetime.now(UTC)
        held = store.load(key)
        outbox = tuple(replace(one, settles_at=now) for one in held.incident.outbox)
        store.save(replace(held, incident=replace(held.incident, outbox=outbox)), now)

    def slack_token(self, value: str) -> None:
        adapters._parameters.cache_clear()
        self.aws.client("ssm").put_parameter(
            Name="/jiki-ops/slack-token", Value=value, Type="SecureString", Overwrite=True
        )


@pytest.fixture
def alerts(aws: MotoAws, lambda_context: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Alerts]:
    """Queue, topic and table; no Slack yet."""
    lambda_context.remaining_milliseconds = FUNCTION_MILLISECONDS
    sns, sqs = aws.client("sns"), aws.client("sqs")
    topic = sns.create_topic(Name="alerts")["TopicArn"]
    inbox = sqs.create_queue(QueueName="inbox")["QueueUrl"]
    sns.subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:eu-west-1:123456789012:inbox"
    )
    queue = sqs.create_queue(QueueName="alerts", Attributes={"VisibilityTimeout": "180"})
    for name, value in {
        "OPS_TABLE_NAME": OPS_TABLE,
        "ALERT_TOPIC_ARN": topic,
        "ALERT_QUEUE_URL": queue["QueueUrl"],
    }.items():
        monkeypatch.setenv(name, value)
    for cached in (adapters._parameters, adapters._secrets, adapters._bot, adapters._webhook):
        cached.cache_clear()
    yield Alerts(aws, lambda_context, queue["QueueUrl"], inbox)
    for cached in (adapters._parameters, adapters._secrets, adapters._bot, adapters._webhook):
        cached.cache_clear()


@pytest.fixture
def with_slack(alerts: Alerts, slack: SlackStandIn, monkeypatch: pytest.MonkeyPatch) -> Alerts:
    """The same, with a bot token."""
    alerts.slack_token(slack.token)
    monkeypatch.setenv("SLACK_TOKEN_PARAMETER", "/jiki-ops/slack-token")
    return alerts


def test_an_incident_opens_and_resolves_in_one_thread_and_two_notifications(
    with_slack: Alerts, slack: SlackStandIn, event: Event
) -> None:
    assert with_slack.send(event("alerts/alarm_metric")) == []
    assert with_slack.send(event("alerts/alarm_metric_ok")) == []
    head, line = slack.messages
    assert head.text == ":large_green_circle: *Resolved: jiki-api-web-cpu-high*"
    assert line.thread_ts == head.ts
    assert "after 18 min" in line.text
    assert with_slack.subjects() == [
        "[CRITICAL] jiki-api-web-cpu-high",
        "[RESOLVED] jiki-api-web-cpu-high",
    ]


def test_the_message_says_what_how_bad_since_when_what_changed_and_where_to_look(
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


def test_without_slack_everything_goes_to_sns(alerts: Alerts, event: Event) -> None:
    names = ("alarm_metric", "own_deployment_passed", "unknown_source", "own_workers_scaled")
    assert alerts.send(*(event(f"alerts/{name}") for name in names)) == []
    assert sorted(alerts.subjects()) == [
        "[CRITICAL] jiki-api-web-cpu-high",
        "[INFO] jiki-api-web works: 9 checks passed",
        "[WARNING] AWS Health Event",
    ]


def test_slack_down_keeps_the_event_and_sns_goes_out_meanwhile(
    with_slack: Alerts, slack: SlackStandIn, event: Event
) -> None:
    # GIVEN Slack that gives no answer
    slack.fail_next(Failure(cut=True))
    alarm = event("alerts/alarm_metric")
    # WHEN the alarm comes
    assert len(with_slack.send(alarm)) == 1
    # THEN SNS has it, the queue hides it, and its next delivery repeats Slack alone
    assert with_slack.subjects() == ["[CRITICAL] jiki-api-web-cpu-high"]
    assert with_slack.in_flight() == 1
    with_slack.let_attempts_settle(CPU_HIGH)
    assert handler(batch([alarm]), with_slack.context) == {"batchItemFailures": []}
    assert [message.text for message in slack.messages] == [
        ":red_circle: *Critical: jiki-api-web-cpu-high*"
    ]
    assert with_slack.subjects() == []


def test_a_post_that_landed_although_slack_failed_is_found_and_not_repeated(
    with_slack: Alerts, slack: SlackStandIn, event: Event
) -> None:
    slack.fail_next(Failure(status=503, after_the_work=True))
    # looked for after two seconds, in the same invocation
    assert with_slack.send(event("alerts/alarm_metric")) == []
    assert len([call for call in slack.calls if call.method == "chat.postMessage"]) == 1
    assert len(slack.messages) == 1


def test_a_reply_that_landed_although_slack_failed_is_found_in_the_thread(
    with_slack: Alerts, slack: SlackStandIn, event: Event
) -> None:
    with_slack.send(event("alerts/alarm_metric"))
    slack.fail_next(Failure(cut=True, after_the_work=True))
    with_slack.send(event("alerts/alarm_metric_ok"))
    with_slack.let_attempts_settle(CPU_HIGH)
    assert handler(batch([event("alerts/alarm_metric_ok")]), with_slack.context) == {
        "batchItemFailures": []
    }
    head, _ = slack.messages
    assert head.text.startswith(":large_green_circle:")


def test_a_silent_slack_is_not_looked_at_before_its_last_request_can_have_landed(
    with_slack: Alerts, slack: SlackStandIn, event: Event
) -> None:
    slack.fail_next(Failure(cut=True))
    with_slack.send(event("alerts/alarm_metric"))
    asked = len(slack.calls)
    # the end of the alarm comes at once; its delivery has to wait like the first
    assert len(with_slack.send(event("alerts/alarm_metric_ok"))) == 1
    assert len(slack.calls) == asked
    with_slack.let_attempts_settle(CPU_HIGH)
    assert handler(batch([event("alerts/alarm_metric_ok")]), with_slack.context) == {
        "batchItemFailures": []
    }
    assert len(slack.messages) == 2


def test_retry_after_is_waited_for_where_the_time_suffices(
    with_slack: Alerts, slack: SlackStandIn, event: Event
) -> None:
    slack.fail_next(Failure(status=429, error="ratelimited", retry_after_seconds=1))
    assert with_slack.send(event("alerts/alarm_metric")) == []
    assert len(slack.messages) == 1


def test_a_longer_retry_after_sends_the_event_back_and_is_obeyed(
    with_slack: Alerts, slack: SlackStandIn, event: Event
) -> None:
    slack.fail_next(Failure(status=429, error="ratelimited", retry_after_seconds=120))
    assert len(with_slack.send(event("alerts/alarm_metric"))) == 1
    # a second event doesn't even ask Slack
    assert len(with_slack.send(event("alerts/alarm_composite"))) == 1
    assert len(slack.calls) == 1
    assert len(with_slack.subjects()) == 2


@pytest.mark.parametrize("error", ["invalid_auth", "channel_not_found", "is_archived"])
def test_a_broken_slack_is_told_once_by_sns_and_blocks_nothing(
    with_slack: Alerts, slack: SlackStandIn, event: Event, error: str
) -> None:
    slack.fail_next(Failure(error=error, times=3))
    for name in ("alarm_metric", "alarm_composite", "alarm_metric_math"):
        assert with_slack.send(event(f"alerts/{name}")) == []
    assert with_slack.subjects() == [
        "[CRITICAL] jiki-api-web-cpu-high",
        "[CRITICAL] Slack refuses the alerts",
        "[CRITICAL] jiki-api-down",
        "[WARNING] jiki-api-alb-5xx-share",
    ]
    # mended: told once, too
    with_slack.send(event("alerts/alarm_anomaly_detection"))
    assert with_slack.subjects() == [
        "[WARNING] jiki-api-latency-anomaly",
        "[RESOLVED] Slack refuses the alerts",
    ]
    assert len(slack.messages) == 1


def test_a_token_that_cannot_be_read_is_a_broken_slack(
    alerts: Alerts, slack: SlackStandIn, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_TOKEN_PARAMETER", "/jiki-ops/no-such-parameter")
    assert alerts.send(event("alerts/alarm_metric")) == []
    assert alerts.subjects() == [
        "[CRITICAL] jiki-api-web-cpu-high",
        "[CRITICAL] Slack refuses the alerts",
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


def test_a_message_that_slack_refuses_is_sent_without_its_blocks(
    with_slack: Alerts, slack: SlackStandIn, event: Event
) -> None:
    slack.fail_next(Failure(error="invalid_blocks"))
    assert with_slack.send(event("alerts/alarm_metric")) == []
    (message,) = slack.messages
    assert "attachments" not in message.content or message.edits


def test_a_head_that_somebody_deleted_is_posted_anew(
    with_slack: Alerts, slack: SlackStandIn, event: Event
) -> None:
    with_slack.send(event("alerts/alarm_metric"))
    slack.delete(slack.messages[0].ts)
    assert with_slack.send(event("alerts/alarm_metric_ok")) == []
    (message,) = slack.messages
    assert message.text == ":large_green_circle: *Resolved: jiki-api-web-cpu-high*"


def test_a_thread_deleted_before_a_look_into_it_holds_nothing_up(
    with_slack: Alerts, slack: SlackStandIn, event: Event
) -> None:
    with_slack.send(event("alerts/alarm_metric"))
    slack.fail_next(Failure(cut=True))
    with_slack.send(event("alerts/alarm_metric_ok"))
    slack.delete(slack.messages[0].ts)
    with_slack.let_attempts_settle(CPU_HIGH)
    assert handler(batch([event("alerts/alarm_metric_ok")]), with_slack.context) == {
        "batchItemFailures": []
    }
    (message,) = slack.messages
    assert message.text == ":large_green_circle: *Resolved: jiki-api-web-cpu-high*"


def test_the_documented_command_silences_an_alarm(
    with_slack: Alerts, slack: SlackStandIn, event: Event
) -> None:
    # GIVEN the command of docs/alerts.md, as the AWS CLI would read it
    text = (EVENTS.parent / "docs" / "alerts.md").read_text()
    (command,) = re.findall(r"^aws dynamodb update-item (.*?)^```", text, re.MULTILINE | re.DOTALL)
    words = shlex.split(command.replace("\\\n", " "))
    given = dict(zip(words[::2], words[1::2], strict=True))
    names = json.loads(given["--expression-attribute-names"])
    assert names == {"#pattern": "jiki-api-web-*"}
    values = json.loads(given["--expression-attribute-values"])
    until = datetime.now(UTC) + timedelta(hours=1)
    values[":until"]["S"] = until.strftime("%Y-%m-%dT%H:%M:%SZ")
    with_slack.aws.client("dynamodb").update_item(
        TableName=OPS_TABLE,
        Key=json.loads(given["--key"]),
        UpdateExpression=given["--update-expression"],
        ExpressionAttributeNames=names,
        ExpressionAttributeValues=values,
    )
    # THEN what it names is told to nobody, and the rest is
    with_slack.send(event("alerts/alarm_metric"), event("alerts/alarm_composite"))
    assert with_slack.subjects() == ["[CRITICAL] jiki-api-down"]
    assert len(slack.messages) == 1


def test_what_is_moved_back_from_the_dead_letter_queue_is_told_where_it_was_not(
    with_slack: Alerts, slack: SlackStandIn, event: Event
) -> None:
    # GIVEN an alarm that SNS has and Slack had not when the queue gave it up
    slack.fail_next(Failure(status=429, error="ratelimited", retry_after_seconds=600))
    alarm = event("alerts/alarm_metric")
    assert with_slack.send(alarm) == [json.dumps(alarm)]
    assert len(with_slack.subjects()) == 1
    # WHEN the message is moved back, to a new process, and then once more
    adapters._bot.cache_clear()
    assert with_slack.send(alarm, alarm) == []
    # THEN Slack has it once, and SNS hears nothing again
    assert len(slack.messages) == 1
    assert with_slack.subjects() == []


def test_the_chart_is_a_file_in_the_thread(slack: SlackStandIn) -> None:
    """Moto draws none, so that it is given one."""

    class Drawn:
        def draw(self, widget: str) -> bytes:
            return f"picture of {widget}".encode()

    threads = BotSlack(slack.token, slack.channel, slack.url)
    posted = threads.post(Message("head", "#d62728"), "delivery")
    head = Head(posted.channel, posted.ts, NOON, "")
    subject = alarm_notice(0, widget="{}")
    draw_chart(Incident(subject.key, subject=subject, head=head), threads, Drawn())
    (reply,) = slack.thread(posted.ts)
    assert slack.workspace.uploads[reply.files[0]["id"]] == b"picture of {}"


def test_what_is_no_event_fails_alone_and_the_rest_of_its_batch_is_told(
    with_slack: Alerts, slack: SlackStandIn, event: Event
) -> None:
    assert with_slack.send("not json", event("alerts/alarm_metric")) == ["not json"]
    assert len(slack.messages) == 1


def test_every_batch_in_events_is_told(
    with_slack: Alerts, slack: SlackStandIn, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("alarms", "alarms_by_sns", "ecs", "own", "unknown", "follow_up"):
        assert handler(event(f"send_alerts/{name}"), with_slack.context) == {
            "batchItemFailures": []
        }
    assert len(slack.messages) > 10


def test_the_token_is_in_no_log(
    with_slack: Alerts, slack: SlackStandIn, event: Event, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    names = ("alarm_metric", "alarm_composite", "alarm_metric_math")
    failures = (Failure(status=500), Failure(error="invalid_auth"), Failure(cut=True))
    for name, failure in zip(names, failures, strict=True):
        slack.fail_next(failure)
        with_slack.send(event(f"alerts/{name}"))
    logged = [f"{record.getMessage()} {record.__dict__}" for record in caplog.records]
    assert any("invalid_auth" in line for line in logged)
    assert not any(slack.token in line for line in logged)
