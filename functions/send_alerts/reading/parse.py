"""From the body of a queue message to notices. Whatever it holds, somebody is notified."""

import json
import re
from collections.abc import Callable, Mapping
from copy import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from ops_common.on_call.operator_action import KIND as OPERATOR_ACTION
from ops_common.on_call.operator_action import OperatorAction
from ops_common.ops_events import SOURCE
from send_alerts.reading import alarms, ecs_events, own_events
from send_alerts.reading.arrival import Arrival, arrival_of
from send_alerts.reading.notice import Notice
from send_alerts.reading.services import (
    dead_letters,
    health,
    money,
    other,
    rds,
    secrets,
    security,
    work,
)
from send_alerts.reading.stack_info import StackInfo

FOLLOW_UP = "FollowUp"
SWEEP = "Sweep"
ANY = ""
"""Stands for every detail-type of a source."""
SHAPES = (LookupError, TypeError, ValueError, AttributeError, OverflowError)
"""What reading a shape that nobody foresaw raises."""


class NotAnEvent(Exception):
    """The body is neither an event nor text: nobody can be notified of anything by it."""


class FollowUp(NamedTuple):
    """Our own message to handle an incident again; `number` makes an old one stale."""

    key: str
    number: int


class Sweep(NamedTuple):
    """The stack's schedule asks for the follow-ups that have not come."""


type Said = list[Notice] | FollowUp | Sweep | OperatorAction


def as_event(follow_up: FollowUp) -> dict[str, Any]:
    """The message to ourselves, as `parse` reads it."""
    return {
        "source": SOURCE,
        "detail-type": FOLLOW_UP,
        "detail": {"key": follow_up.key, "number": follow_up.number},
    }


def parse(
    body: str,
    sent_at: datetime,
    stack_info: StackInfo,
    attributes: Mapping[str, str] = MappingProxyType({}),
) -> Said:
    """What a message says; in plain words where its shape is unknown.

    `sent_at` is for what bears no time of its own; `attributes` are the queue message's. Raises
    NotAnEvent for a body that is neither a JSON object nor text with a word in it.
    """
    arrival = arrival_of(_loaded(body), sent_at, attributes)
    event = arrival.body
    try:
        known = _known(arrival, stack_info)
        if isinstance(known, list):
            known = [notice.checked() for notice in known]
    except SHAPES:
        known = None
    if isinstance(known, FollowUp | Sweep | OperatorAction):
        return known
    notices = _plain(arrival) if known is None else known
    return [_with_place(notice, event, arrival, stack_info) for notice in notices]


def _loaded(body: str) -> Any:
    """A JSON object, or text. Raises NotAnEvent."""
    try:
        event = json.loads(body)
    except ValueError:
        event = body
    except RecursionError:
        raise NotAnEvent("the body is nested too deeply; expected an event or text") from None
    if isinstance(event, dict) or (event is body and re.search(r"\w", body)):
        return event
    raise NotAnEvent(f"the body is {type(event).__name__}; expected an event object or text")


def _with_place(notice: Notice, event: Any, arrival: Arrival, stack_info: StackInfo) -> Notice:
    """With whose it is: the environment, the account and its region."""
    arn = notice.key.removeprefix("alarm:").split(":") if notice.key.startswith("alarm:") else []
    said = event if isinstance(event, Mapping) else {}
    account = arn[4] if len(arn) > 4 else str(said.get("account") or arrival.account)
    region = arn[3] if len(arn) > 4 else str(said.get("region") or arrival.region)
    where = f"{account} in {region}" if region else account
    facts = (*notice.facts, ("Account", where)) if account else notice.facts
    return replace(notice, facts=facts, environment=stack_info.environment)


type Reader = Callable[[Mapping[str, Any], StackInfo], list[Notice]]
READERS: dict[tuple[str, str], Reader] = {
    ("aws.cloudwatch", "CloudWatch Alarm State Change"): alarms.from_event_bridge,
    ("aws.cloudwatch", "CloudWatch Alarm Contributor State Change"): alarms.from_contributor,
    ("aws.cloudwatch", "CloudWatch Alarm Configuration Change"): alarms.from_configuration,
    ("aws.ecs", "ECS Deployment State Change"): ecs_events.from_deployment,
    ("aws.ecs", "ECS Service Action"): ecs_events.from_action,
    ("aws.ecs", "ECS Task State Change"): ecs_events.from_task,
}
"""What the stories are made of, by source and detail-type."""
type ServiceReader = Callable[[Arrival], list[Notice]]
SERVICE_READERS: dict[tuple[str, str], ServiceReader] = {
    ("aws.acm", ANY): security.from_certificate,
    ("aws.autoscaling", ANY): work.from_auto_scaling_event,
    ("aws.backup", ANY): work.from_backup,
    ("aws.ce", "Anomaly Detected"): money.from_anomaly_event,
    ("aws.codebuild", ANY): work.from_build,
    ("aws.codedeploy", "CodeDeploy Deployment State-change Notification"): work.from_codedeploy,
    ("aws.codepipeline", ANY): work.from_pipeline,
    ("aws.guardduty", "GuardDuty Finding"): security.from_guardduty,
    ("aws.health", ANY): health.from_event,
    ("aws.rds", ANY): rds.from_event,
    ("aws.secretsmanager", "AWS Service Event via CloudTrail"): secrets.from_service_event,
    ("aws.secretsmanager", "Secret Label Updated"): secrets.from_label,
    ("aws.securityhub", ANY): security.from_securityhub,
    ("lambda", ANY): work.from_destination,
}
"""By source and detail-type, or ANY; an event of another kind is read by `other`."""
MESSAGE_READERS: dict[str, ServiceReader] = {
    "Event Message": rds.from_subscription,
    "anomalyId": money.from_anomaly_message,
    "AutoScalingGroupName": work.from_auto_scaling,
    "requestContext": work.from_destination,
}
"""Of JSON that is no event, by a field that no other kind has."""


def _known(arrival: Arrival, stack_info: StackInfo) -> Said | None:
    event = arrival.body
    if arrival.envelope.get("Type", "Notification") != "Notification":
        return other.from_confirmation(arrival)
    if failed := dead_letters.from_function(arrival):
        return failed
    if not isinstance(event, Mapping):
        return None
    if "AlarmName" in event:
        return alarms.from_sns(event, arrival.topic_arn, stack_info)
    source, kind = str(event.get("source") or ""), str(event.get("detail-type") or "")
    if source == SOURCE and kind == FOLLOW_UP:
        return FollowUp(str(event["detail"]["key"]), int(event["detail"]["number"]))
    if source == SOURCE and kind == SWEEP:
        return Sweep()
    if source == SOURCE and kind == OPERATOR_ACTION:
        return OperatorAction.from_detail(event["detail"])
    if source == SOURCE:
        return own_events.from_own(event, stack_info)
    if reader := READERS.get((source, kind)):
        return reader(event, stack_info)
    readers = [
        SERVICE_READERS.get((source, kind)),
        SERVICE_READERS.get((source, ANY)),
        *(read for field, read in MESSAGE_READERS.items() if field in event),
    ]
    read = next((each for each in readers if each), None)
    return read(arrival) if read else None


def _plain(arrival: Arrival) -> list[Notice]:
    """The same without asking what kind it is; for a shape that nobody foresaw, its text."""
    event = arrival.body
    try:
        if undelivered := dead_letters.from_delivery(arrival):
            return undelivered
        if isinstance(event, Mapping):
            read = other.from_event if "detail-type" in event else other.from_json
            return [notice.checked() for notice in read(arrival)]
    except SHAPES:
        pass
    text = event if isinstance(event, str) else json.dumps(event, ensure_ascii=False, default=str)
    return other.from_text(arrival._replace(body=text))
