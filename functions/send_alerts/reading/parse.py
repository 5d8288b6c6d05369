"""From the body of a queue message to notices. Whatever it holds, somebody hears of it."""

import hashlib
import json
from collections.abc import Callable, Mapping
from copy import replace
from datetime import datetime
from typing import Any, NamedTuple

from ops_common.on_call.operator_action import KIND as OPERATOR_ACTION
from ops_common.on_call.operator_action import OperatorAction
from ops_common.ops_events import SOURCE, Severity
from send_alerts.reading import alarms, ecs_events, own_events
from send_alerts.reading.notice import Notice, Signal, instant
from send_alerts.reading.stack_info import StackInfo

FOLLOW_UP = "FollowUp"


class NotAnEvent(Exception):
    """The body is no JSON object: no rule or topic wrote it, so the message is refused."""


class FollowUp(NamedTuple):
    """Our own reminder to look at an incident again; `number` makes an old one stale."""

    key: str
    number: int


type Said = list[Notice] | FollowUp | OperatorAction


def as_event(follow_up: FollowUp) -> dict[str, Any]:
    """The message to ourselves, as `parse` reads it."""
    return {
        "source": SOURCE,
        "detail-type": FOLLOW_UP,
        "detail": {"key": follow_up.key, "number": follow_up.number},
    }


def parse(body: str, now: datetime, stack_info: StackInfo) -> Said:
    """What an event says; a plain message where its shape is unknown.

    Raises NotAnEvent for a body that is not a JSON object.
    """
    try:
        event = json.loads(body)
    except ValueError:
        raise NotAnEvent("the body is not JSON; expected an event") from None
    if not isinstance(event, dict):
        raise NotAnEvent(f"the body is a JSON {type(event).__name__}; expected an event object")
    try:
        event, topic_arn = _unwrapped(event)
        known = _known(event, topic_arn, stack_info)
        if isinstance(known, list):
            known = [notice.checked() for notice in known]
    except (LookupError, TypeError, ValueError, AttributeError):
        known = None
    if isinstance(known, FollowUp | OperatorAction):
        return known
    notices = [_plain(event, now)] if known is None else known
    return [_placed(notice, event, stack_info) for notice in notices]


def _placed(notice: Notice, event: Mapping[str, Any], stack_info: StackInfo) -> Notice:
    """With whose it is: the environment, the account and its region."""
    arn = notice.key.removeprefix("alarm:").split(":") if notice.key.startswith("alarm:") else []
    account = arn[4] if len(arn) > 4 else str(event.get("account") or "")
    region = arn[3] if len(arn) > 4 else str(event.get("region") or "")
    where = f"{account} in {region}" if region else account
    facts = (*notice.facts, ("Account", where)) if account else notice.facts
    return replace(notice, facts=facts, environment=stack_info.environment)


def _unwrapped(event: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The event inside an SNS notification or an SNS record, and its topic; else as it is."""
    records = event.get("Records")
    if isinstance(records, list) and len(records) == 1 and "Sns" in records[0]:
        event = records[0]["Sns"]
    if event.get("Type", "Notification") != "Notification" or "Message" not in event:
        return event, ""
    try:
        message = json.loads(event["Message"])
    except (ValueError, TypeError):
        return event, ""
    return (message if isinstance(message, dict) else event), str(event.get("TopicArn") or "")


type Reader = Callable[[Mapping[str, Any], StackInfo], list[Notice]]
READERS: dict[tuple[str, str], Reader] = {
    ("aws.cloudwatch", "CloudWatch Alarm State Change"): alarms.from_event_bridge,
    ("aws.cloudwatch", "CloudWatch Alarm Contributor State Change"): alarms.from_contributor,
    ("aws.cloudwatch", "CloudWatch Alarm Configuration Change"): alarms.from_configuration,
    ("aws.ecs", "ECS Deployment State Change"): ecs_events.from_deployment,
    ("aws.ecs", "ECS Service Action"): ecs_events.from_action,
    ("aws.ecs", "ECS Task State Change"): ecs_events.from_task,
}
"""By source and detail-type; an event of another kind becomes a plain message."""


def _known(event: Mapping[str, Any], topic_arn: str, stack_info: StackInfo) -> Said | None:
    if "AlarmName" in event:
        return alarms.from_sns(event, topic_arn, stack_info)
    source, kind = str(event.get("source") or ""), str(event.get("detail-type") or "")
    if source == SOURCE and kind == FOLLOW_UP:
        return FollowUp(str(event["detail"]["key"]), int(event["detail"]["number"]))
    if source == SOURCE and kind == OPERATOR_ACTION:
        return OperatorAction.from_detail(event["detail"])
    if source == SOURCE:
        return own_events.from_own(event, stack_info)
    reader = READERS.get((source, kind))
    return reader(event, stack_info) if reader else None


def _plain(event: Mapping[str, Any], now: datetime) -> Notice:
    text = json.dumps(event, indent=2, ensure_ascii=False, sort_keys=True)
    identity = str(event.get("id") or hashlib.sha256(text.encode()).hexdigest()[:32])
    kind = event.get("detail-type") or event.get("Subject") or "Unknown event"
    source = event.get("source") or event.get("TopicArn") or ""
    try:
        at = instant(event.get("time") or event.get("Timestamp"))
    except (TypeError, ValueError):
        at = now
    return Notice(
        key=f"note:{identity}",
        signal=Signal.NOTE,
        occurred_at=at,
        name=f"{source}:{kind}",
        title=str(kind),
        severity=Severity.WARNING,
        text=text,
        facts=(("Source", str(source)),) if source else (),
    )
