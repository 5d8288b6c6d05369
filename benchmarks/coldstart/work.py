"""What the functions have to do when they are measured: their settings, and an event each time."""

import json
import uuid
from datetime import UTC, datetime
from itertools import cycle
from typing import Any

from local.account import WORKER_SERVICE
from local.moto_aws import OPS_TABLE, SCHEDULES, SECRET, MotoAws
from local.slack import SlackStandIn
from local.slack.requests import (
    APP,
    PEOPLE,
    SIGNING_SECRET,
    TEAM,
    command,
    function_url_event,
    signed,
)
from paths import ROOT
from send_alerts.channels.storms import STORMS_ID

TOKEN_PARAMETER = "/jiki-ops/slack-token"  # noqa: S105  # its name
SIGNING_PARAMETER = "/jiki-ops/slack-signing-secret"
ALARM = ROOT / "events" / "alerts" / "alarm_metric.json"
# In turn, or else the limit of requests a minute is reached.
_operators = cycle(PEOPLE)


def alert_channels(aws: MotoAws, slack: SlackStandIn, slack_url: str) -> dict[str, str]:
    """A topic, a queue and a bot for send_alerts."""
    aws.client("ssm").put_parameter(Name=TOKEN_PARAMETER, Value=slack.token, Type="SecureString")
    return {
        **SCHEDULES,
        "ALERT_TOPIC_ARN": aws.client("sns").create_topic(Name="alerts")["TopicArn"],
        "ALERT_QUEUE_URL": aws.client("sqs").create_queue(QueueName="alerts")["QueueUrl"],
        "SLACK_API_URL": slack_url,
        "SLACK_TOKEN_PARAMETER": TOKEN_PARAMETER,
        "SLACK_CHANNEL": slack.channel,
    }


def operators(aws: MotoAws) -> dict[str, str]:
    """A Slack app and who may act, for answer_slack."""
    aws.client("ssm").put_parameter(
        Name=SIGNING_PARAMETER, Value=SIGNING_SECRET, Type="SecureString"
    )
    return {
        "SLACK_SIGNING_SECRET_PARAMETER": SIGNING_PARAMETER,
        "SLACK_APP": f"{TEAM}/{APP}",
        "SLACK_OPERATORS": ",".join(one.id for one in PEOPLE),
        "WORKER_SERVICES": WORKER_SERVICE,
    }


def create_secret(aws: MotoAws) -> dict[str, str]:
    """A rotation that has just begun; an earlier one is given up."""
    for version, labels in aws.stages().items():
        if "AWSPENDING" in labels and "AWSCURRENT" not in labels:
            aws.client("secretsmanager").update_secret_version_stage(
                SecretId=SECRET, VersionStage="AWSPENDING", RemoveFromVersionId=version
            )
    token = str(uuid.uuid4())
    arn = aws.begin_rotation(token)
    return {"Step": "createSecret", "SecretId": arn, "ClientRequestToken": token}


def new_alarm(aws: MotoAws) -> dict[str, Any]:
    """A batch of one message: an alarm with no incident yet.

    Those of earlier rounds are forgotten, or else ten of them are a storm, and one of a storm is
    put into a digest.
    """
    aws.client("dynamodb").delete_item(TableName=OPS_TABLE, Key={"id": {"S": STORMS_ID}})
    batch: dict[str, Any] = json.loads((ROOT / "events/send_alerts/alarms.json").read_text())
    record = batch["Records"][0]
    name = json.loads(ALARM.read_text())["detail"]["alarmName"]
    body = ALARM.read_text().replace(name, f"{name}-{uuid.uuid4().hex[:8]}")
    return {"Records": [record | {"messageId": str(uuid.uuid4()), "body": body}]}


def tick() -> Any:
    """What the schedule of scale_workers sends."""
    return json.loads((ROOT / "events/scale_workers/tick.json").read_text())


def hold() -> dict[str, Any]:
    """Signed now; another id each time, or else the second of a second is one sent again."""
    body = command(f"hold 3 2h {WORKER_SERVICE}", next(_operators), trigger_id=uuid.uuid4().hex)
    return function_url_event(body, signed(body, datetime.now(UTC)))


def no_failures(answer: Any) -> bool:
    """Whether a queue's batch, or any other event, was worked through."""
    return not answer.get("batchItemFailures")


def is_held(aws: MotoAws) -> bool:
    """Whether there is a hold; it is removed, and the next one is another."""
    removed = aws.client("dynamodb").delete_item(
        TableName=OPS_TABLE, Key={"id": {"S": f"hold#{WORKER_SERVICE}"}}, ReturnValues="ALL_OLD"
    )
    return "Attributes" in removed
