"""What programs know a notification by: SNS filter policies, and the rules of AlertRoutes."""

from ops_common.on_call.summaries import reference
from send_alerts.incident.incident import Incident
from send_alerts.incident.outbox_entry import EntryKind, OutboxEntry
from send_alerts.words.limits import SNS_ATTRIBUTE, cut
from send_alerts.words.message_text import title

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
SMS_CHARACTERS = 140
"""One text message, whatever its letters are; SNS cuts at 140 bytes of its own."""


def labels(incident: Incident) -> dict[str, str]:
    """What the rules of AlertRoutes may ask for: severity, environment, and every tag."""
    subject = incident.subject
    if subject is None:
        return {}
    return dict(subject.tags) | {
        "severity": subject.severity.value,
        "environment": subject.environment,
    }


def attributes(incident: Incident, entry: OutboxEntry, stack: str) -> dict[str, str]:
    """The attributes of an SNS message; what isn't known is left out, as SNS takes no empty one."""
    subject = incident.subject
    facts = dict(subject.facts) if subject else {}
    known = {
        "severity": subject.severity.value if subject else "",
        "state": state_of(incident, entry),
        "incident": reference(incident.key),
        "stack": stack,
        "team": labels(incident).get("team", ""),
        "resource": facts.get("Resource", "") or facts.get("service", ""),
    }
    return {name: cut(value, SNS_ATTRIBUTE) for name, value in known.items() if value}


def state_of(incident: Incident, entry: OutboxEntry) -> str:
    """How the incident stands by this notification; by late news, how it stands now."""
    known, episode = STATES.get(entry.kind, "info"), incident.current
    if entry.late and known != "info" and episode is not None:
        return "opened" if episode.open else "resolved"
    return known


def text_message(incident: Incident, word: str) -> str:
    """A text for a telephone: how it stands, what it is."""
    return cut(f"{word}: {title(incident)}", SMS_CHARACTERS)
