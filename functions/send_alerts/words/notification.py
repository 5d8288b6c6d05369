"""A notification for SNS: its form for each protocol, and the labels that programs filter by.

On-call services get CloudWatch's own form. PagerDuty's and Opsgenie's (Jira Service Management's)
integrations for CloudWatch subscribe to a topic by HTTPS, read the message as a CloudWatch alarm's,
fold by its `AlarmName`, open an alert at `NewStateValue` ALARM and close it at OK. PagerDuty drops
what the subject doesn't begin with.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from ops_common.on_call.summaries import reference
from send_alerts.incident.incident import Incident
from send_alerts.incident.outbox_entry import EntryKind, OutboxEntry
from send_alerts.words.content import content_of
from send_alerts.words.email_text import email
from send_alerts.words.limits import ALARM_TEXT, cut

STATES = {
    EntryKind.OPENED: "opened",
    EntryKind.REOPENED: "opened",
    EntryKind.AGAIN: "opened",
    EntryKind.WORSE: "opened",
    EntryKind.FLAPPING: "flapping",
    EntryKind.RESOLVED: "resolved",
    EntryKind.CALM: "resolved",
    EntryKind.REMINDER: "reminder",
    EntryKind.ACKNOWLEDGED: "acknowledged",
}
"""Whatever else is sent is `info`."""
STATE_VALUES = {
    "opened": "ALARM",
    "flapping": "ALARM",
    "reminder": "ALARM",
    "acknowledged": "ALARM",
    "resolved": "OK",
}
"""By the label `state`."""
NEITHER = "INSUFFICIENT_DATA"
"""Of what opens nothing and ends nothing: on-call services pass it over."""
_ARN = ":alarm:"
SMS_CHARACTERS = 140
"""One text message, whatever its letters are; SNS cuts at 140 bytes of its own."""


class Notification(NamedTuple):
    """What is published at once."""

    subject: str
    forms: Mapping[str, str]
    """By protocol; `default` is what people read."""
    labels: Mapping[str, str]


def notification(incident: Incident, entry: OutboxEntry, stack: str) -> Notification:
    """The notification of an entry by a stack of this name."""
    content, labels = content_of(incident, entry), _labels(incident, entry, stack)
    subject, text = email(incident, entry, content)
    form = _alarm_form(incident, entry, labels, content.title, text)
    sms = cut(f"{labels['state'].capitalize()}: {content.title}", SMS_CHARACTERS)
    forms = {"default": text, "sms": sms, "http": form, "https": form}
    return Notification(subject, forms, labels)


def _labels(incident: Incident, entry: OutboxEntry, stack: str) -> dict[str, str]:
    """Attributes of the SNS message; what isn't known is left out, as SNS takes no empty one."""
    subject = incident.subject
    facts, tags = (dict(subject.facts), dict(subject.tags)) if subject else ({}, {})
    known = {
        "severity": subject.severity.value if subject else "",
        "state": _state(incident, entry),
        "incident": reference(incident.key),
        "stack": stack,
        "delivery": entry.id,
        "team": tags.get("team", ""),
        "resource": facts.get("Resource", "") or facts.get("service", ""),
    }
    return {name: value for name, value in known.items() if value}


def _state(incident: Incident, entry: OutboxEntry) -> str:
    """How the incident stands by this notification; by late news, how it stands now."""
    known, episode = STATES.get(entry.kind, "info"), incident.history.current
    if entry.late and known != "info" and episode is not None:
        return "resolved" if episode.closed_at else "opened"
    return known


def _alarm_form(
    incident: Incident, entry: OutboxEntry, labels: Mapping[str, str], name: str, text: str
) -> str:
    key, value = incident.key, STATE_VALUES.get(labels["state"], NEITHER)
    arn = key.removeprefix("alarm:") if _ARN in key else ""
    place = arn.split(":") if arn else [""] * 5
    return json.dumps(
        {
            "AlarmName": alarm_name(key),
            "AlarmDescription": _description(incident, name),
            "NewStateValue": value,
            "OldStateValue": "OK" if value == "ALARM" else "ALARM",
            "NewStateReason": cut(text, ALARM_TEXT),
            "StateChangeTime": _time(entry.at),
            "Region": place[3],
            "AWSAccountId": place[4],
            **({"AlarmArn": arn} if arn else {}),
            # An alarm without a trigger is passed over by some; none measures an incident.
            "Trigger": {
                "MetricName": "incident",
                "Namespace": labels.get("stack", ""),
                "Dimensions": [{"name": "incident", "value": labels["incident"]}],
            },
        },
        ensure_ascii=False,
    )


def alarm_name(key: str) -> str:
    """What notifications of one incident are folded by, and what people call it."""
    return f"{key.partition(_ARN)[2] or key} ({reference(key)})"


def alarm_subject(subject: str, state: str) -> str:
    """The subject, with the state in front where an on-call service is to act."""
    value = STATE_VALUES.get(state)
    return f"{value}: {subject}" if value else subject


def _description(incident: Incident, name: str) -> str:
    subject = incident.subject
    severity = f"\nseverity: {subject.severity.value}" if subject else ""
    return cut(name, ALARM_TEXT - len(severity)) + severity


def _time(at: datetime) -> str:
    # As CloudWatch writes it.
    return f"{at.astimezone(UTC).isoformat(timespec='milliseconds')[:-6]}+0000"
