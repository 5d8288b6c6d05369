"""The deployed surroundings of the function: moto and the Slack stand-in."""

import json
from collections.abc import Callable, Iterator
from copy import replace
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from local.alert_batches import batch
from local.moto_aws import MotoAws
from local.slack import SlackStandIn
from ops_common.versioned_item import VersionedItems
from send_alerts import wiring
from send_alerts.app import handler
from send_alerts.channels.incidents import DynamoIncidents

type Event = Callable[[str], Any]
OPS_TABLE = "jiki-ops"
CPU_HIGH = "alarm:arn:aws:cloudwatch:eu-west-1:123456789012:alarm:jiki-api-web-cpu-high"
FUNCTION_MILLISECONDS = 30_000
CACHED = (
    *(wiring._parameters, wiring._secrets, wiring._bot, wiring._webhook),
    wiring._composites,
)


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
        return [email["Subject"] for email in self.notifications()]

    def in_flight(self) -> int:
        attributes = self.aws.client("sqs").get_queue_attributes(
            QueueUrl=self.queue_url, AttributeNames=["All"]
        )["Attributes"]
        return int(attributes["ApproximateNumberOfMessagesNotVisible"])

    def let_attempts_settle(self, key: str) -> None:
        """As if half a minute had gone by since the last attempts."""
        items = VersionedItems(self.aws.client("dynamodb"), OPS_TABLE)
        store, now = DynamoIncidents(items), datetime.now(UTC)
        held = store.load(key)
        outbox = tuple(replace(one, settles_at=now) for one in held.incident.outbox)
        store.save(replace(held, incident=replace(held.incident, outbox=outbox)), now)

    def slack_token(self, value: str) -> None:
        wiring._parameters.cache_clear()
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
        "ENVIRONMENT_NAME": "",
        "STACK_NAME": "",
    }.items():
        monkeypatch.setenv(name, value)
    for cached in CACHED:
        cached.cache_clear()
    yield Alerts(aws, lambda_context, queue["QueueUrl"], inbox)
    for cached in CACHED:
        cached.cache_clear()


@pytest.fixture
def with_slack(alerts: Alerts, slack: SlackStandIn, monkeypatch: pytest.MonkeyPatch) -> Alerts:
    """The same, with a bot token."""
    alerts.slack_token(slack.token)
    monkeypatch.setenv("SLACK_TOKEN_PARAMETER", "/jiki-ops/slack-token")
    return alerts
