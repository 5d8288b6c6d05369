"""From the body of a queue message to notices. Whatever it holds, somebody is notified."""

import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from copy import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from ops_common.on_call.operator_action import KIND as OPERATOR_ACTION
from ops_common.on_call.operator_action import OperatorAction
from ops_common.ops_events import SOURCE
from send_alerts.reading import alarms, ecs_events, own_events
from send_alerts.reading.arrival import SHAPES, Arrival, arrivals_of
from send_alerts.reading.notice import LONGEST, LONGEST_KEY, Notice
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
NO_EVENT = ""
"""The source of JSON that is no event; a field of it stands for its kind."""


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
    notices: list[Notice] = []
    for arrival in arrivals_of(_loaded(body), sent_at, attributes, stack_info):
        said = _said(arrival)
        if not isinstance(said, list):
            return said
        notices += said
    return notices


def _said(arrival: Arrival) -> Said:
    for read in (_known, _unknown):
        with suppress(*SHAPES):
            said = read(arrival)
            if isinstance(said, list):
                return [_completed(notice, arrival) for notice in said]
            if said is not None:
                return said
    return [_completed(notice, arrival) for notice in other.from_text(arrival)]


def _loaded(body: str) -> Any:
    """A JSON object, or text. Raises NotAnEvent."""
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        event = body
    # A rule's input transformer writes a sentence with its quotes: a text of JSON.
    if isinstance(event, dict) or (isinstance(event, str) and re.search(r"\w", event)):
        return event
    raise NotAnEvent(f"the body is {type(event).__name__}; expected an event object or text")


def _completed(notice: Notice, arrival: Arrival) -> Notice:
    """With whose it is: the environment, the account and its region.

    Events come from outside, with anything in them: raises TypeError where a field isn't text.
    """
    texts = [notice.key, notice.name, notice.title, notice.text]
    texts += [notice.widget, notice.ref, notice.label, *notice.guide]
    texts += [text for pair in (*notice.facts, *notice.tags, *notice.links) for text in pair]
    whole = "".join(texts)
    if len(whole) > LONGEST or len(notice.key) > LONGEST_KEY or not whole.isascii():
        notice = notice.fitting()
    arn = notice.key.removeprefix("alarm:").split(":") if notice.key.startswith("alarm:") else []
    account, region = (arn[4], arn[3]) if len(arn) > 4 else arrival.origin
    where = f"{account} in {region}" if region else account
    facts = (*notice.facts, ("Account", where)) if account else notice.facts
    # With many programs the first and the last year of the calendar stand for "never".
    at = notice.occurred_at if 1 < notice.occurred_at.year < 9999 else arrival.at
    return replace(notice, facts=facts, occurred_at=at, environment=arrival.stack_info.environment)


def _follow_up(arrival: Arrival) -> FollowUp:
    detail = arrival.body["detail"]
    return FollowUp(str(detail["key"]), int(detail["number"]))


type Reader = Callable[[Arrival], Said]
READERS: dict[tuple[str, str], Reader] = {
    (SOURCE, FOLLOW_UP): _follow_up,
    (SOURCE, OPERATOR_ACTION): lambda arrival: OperatorAction.from_detail(arrival.body["detail"]),
    (SOURCE, SWEEP): lambda _: Sweep(),
    (SOURCE, ANY): own_events.from_own,
    ("aws.acm", ANY): security.from_certificate,
    ("aws.autoscaling", ANY): work.from_auto_scaling_event,
    ("aws.backup", ANY): work.from_backup,
    ("aws.ce", "Anomaly Detected"): money.from_anomaly_event,
    ("aws.cloudwatch", "CloudWatch Alarm Configuration Change"): alarms.from_configuration,
    ("aws.cloudwatch", "CloudWatch Alarm Contributor State Change"): alarms.from_contributor,
    ("aws.cloudwatch", "CloudWatch Alarm State Change"): alarms.from_event_bridge,
    ("aws.codebuild", ANY): work.from_build,
    ("aws.codedeploy", "CodeDeploy Deployment State-change Notification"): work.from_codedeploy,
    ("aws.codepipeline", ANY): work.from_pipeline,
    ("aws.ecs", "ECS Deployment State Change"): ecs_events.from_deployment,
    ("aws.ecs", "ECS Service Action"): ecs_events.from_action,
    ("aws.ecs", "ECS Task State Change"): ecs_events.from_task,
    ("aws.guardduty", "GuardDuty Finding"): security.from_guardduty,
    ("aws.health", ANY): health.from_event,
    ("aws.rds", ANY): rds.from_event,
    ("aws.secretsmanager", "AWS Service Event via CloudTrail"): secrets.from_service_event,
    ("aws.secretsmanager", "Secret Label Updated"): secrets.from_label,
    ("aws.securityhub", ANY): security.from_securityhub,
    ("lambda", ANY): work.from_destination,
    (NO_EVENT, "AlarmName"): alarms.from_sns,
    (NO_EVENT, "AutoScalingGroupName"): work.from_auto_scaling,
    (NO_EVENT, "Event Message"): rds.from_subscription,
    (NO_EVENT, "alarmName"): alarms.from_detail,
    (NO_EVENT, "anomalyId"): money.from_anomaly_message,
    (NO_EVENT, "requestContext"): work.from_destination,
}
"""By source and detail-type, or ANY; JSON that is no event by a field that no other kind has.

What none of them reads, `other` does.
"""


def _known(arrival: Arrival) -> Said | None:
    """As its kind is read; None where nobody knows the kind."""
    event = arrival.body
    if arrival.envelope.get("Type", "Notification") != "Notification":
        return other.from_confirmation(arrival)
    if arrival.attributes.keys() >= dead_letters.OF_A_FUNCTION:
        return dead_letters.from_function(arrival)
    if not isinstance(event, Mapping):
        return None
    source, kind = str(event.get("source") or NO_EVENT), str(event.get("detail-type") or ANY)
    kinds = [(source, kind), (source, ANY), *((NO_EVENT, field) for field in event)]
    if kind != ANY:
        # Sent on by another, or by a rule's input transformer: whatever the source is then.
        kinds += [known for known in READERS if known[1] == kind and known[0].startswith("aws.")]
    read = next((READERS[kind] for kind in kinds if kind in READERS), None)
    return read(arrival) if read else None


def _unknown(arrival: Arrival) -> Said | None:
    """The same without asking what kind it is; None for bare text."""
    if undelivered := dead_letters.from_delivery(arrival):
        return undelivered
    if not isinstance(arrival.body, Mapping):
        return None
    return (other.from_event if "detail-type" in arrival.body else other.from_json)(arrival)
