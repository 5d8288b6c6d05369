"""From the body of a queue message to notices. Whatever it holds, somebody hears of it."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

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


def parse(body: str, now: datetime, stack_info: StackInfo) -> list[Notice] | FollowUp:
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
        event = _unwrapped(event)
        known = _known(event, stack_info)
        if isinstance(known, list):
            known = [notice.checked() for notice in known]
    except (LookupError, TypeError, ValueError, AttributeError):
        known = None
    return [_plain(event, now)] if known is None else known


def _unwrapped(event: dict[str, Any]) -> dict[str, Any]:
    """The event inside an SNS notification or an SNS record; else the event as it is."""
    records = event.get("Records")
    if isinstance(records, list) and len(records) == 1 and "Sns" in records[0]:
        event = records[0]["Sns"]
    if event.get("Type", "Notification") != "Notification" or "Message" not in event:
        return event
    try:
        message = json.loads(event["Message"])
    except (ValueError, TypeError):
        return event
    return message if isinstance(message, dict) else event


def _known(event: Mapping[str, Any], stack_info: StackInfo) -> list[Notice] | FollowUp | None:
    if "AlarmName" in event:
        return [alarms.from_sns(event, stack_info)]
    match event.get("source"), event.get("detail-type"):
        case "aws.cloudwatch", "CloudWatch Alarm State Change":
            return [alarms.from_event_bridge(event, stack_info)]
        case "aws.ecs", "ECS Deployment State Change":
            return ecs_events.from_deployment(event, stack_info)
        case "aws.ecs", "ECS Task State Change":
            return ecs_events.from_task(event, stack_info)
        case source, kind if source == SOURCE and kind == FOLLOW_UP:
            return FollowUp(str(event["detail"]["key"]), int(event["detail"]["number"]))
        case source, _ if source == SOURCE:
            return own_events.from_own(event, stack_info)
    return None


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
