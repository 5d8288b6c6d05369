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
from send_alerts.words.content import MARK, Content, content_of, cut
from send_alerts.words.message_text import utc

# Amazon SNS API reference, Publish.
SNS_SUBJECT = 100
SNS_MESSAGE_BYTES = 100 * 1024
# Amazon CloudWatch API reference, AlarmDescription and StateReason.
ALARM_TEXT = 1024
IN_ASCII = str.maketrans({"×": "x", "–": "-", "—": "-", "…": "...", "’": "'", "→": "->"})
MORE = "-- more --"

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
    content, labels = content_of(incident, entry, utc), _labels(incident, entry, stack)
    headline = f"[{content.standing.word}] {content.title}"
    text = _cut_bytes(_email(headline, content), SNS_MESSAGE_BYTES)
    form = _alarm_form(incident, entry, labels, content.title, text)
    sms = cut(f"{labels['state'].capitalize()}: {content.title}", SMS_CHARACTERS)
    forms = {"default": text, "sms": sms, "http": form, "https": form}
    return Notification(_subject(headline), forms, labels)


def _email(headline: str, content: Content) -> str:
    lines = [
        headline,
        f"Impact: {content.impact}" if content.impact else "",
        *content.what,
        " · ".join([*content.standing.when, *content.about]),
        f"Next: {content.check}" if content.check else "",
        f"Over when {content.over}" if content.over else "",
    ]
    changes = "\n".join(f"- {change}" for change in content.changes)
    more = [
        content.rest,
        f"Changed just before:\n{changes}" if changes else "",
        "\n".join(f"{name}: {value}" for name, value in content.facts),
        "\n".join(f"{link.label}: {link.url}" for link in content.links),
        "\n".join(content.commands),
    ]
    paragraphs = ["\n".join(filter(None, lines)), *([MORE, *more] if any(more) else [])]
    return "\n\n".join(filter(None, paragraphs)) + "\n"


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
    return _subject(f"{value}: {subject}" if value else subject)


def _description(incident: Incident, name: str) -> str:
    subject = incident.subject
    severity = f"\nseverity: {subject.severity.value}" if subject else ""
    return cut(name, ALARM_TEXT - len(severity)) + severity


def _time(at: datetime) -> str:
    # As CloudWatch writes it.
    return f"{at.astimezone(UTC).isoformat(timespec='milliseconds')[:-6]}+0000"


def _cut_bytes(text: str, length: int) -> str:
    """At most so many bytes of UTF-8, with a mark at the end where some are missing."""
    encoded = text.encode()
    if len(encoded) <= length:
        return text
    return encoded[: length - len(MARK.encode())].decode(errors="ignore") + MARK


def _subject(text: str) -> str:
    """An SNS subject: printable ASCII on one line, not blank at its start, at most 100 long."""
    one_line = " ".join(text.translate(IN_ASCII).split())
    plain = "".join(char if " " <= char <= "~" else "?" for char in one_line)
    if len(plain) > SNS_SUBJECT:
        plain = plain[: SNS_SUBJECT - 3] + "..."
    return plain or "(no subject)"
