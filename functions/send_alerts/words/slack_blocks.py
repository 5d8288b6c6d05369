"""Slack messages in Block Kit: the root message of an incident, and the lines of its thread."""

from copy import replace

from send_alerts.incident.incident import Incident
from send_alerts.incident.outbox_entry import OutboxEntry
from send_alerts.words.actions import buttons
from send_alerts.words.content import content_now, content_of, title
from send_alerts.words.markup import TEXT, Message, clickable, cut_markup, escape, layout, message
from send_alerts.words.message_text import BY_KIND, RESOLVED, local_time, standing_by


def root(incident: Incident) -> Message:
    """The message that stands for the incident and is edited as it goes on."""
    row = buttons(incident) if incident.offers else None
    content = content_now(incident, local_time)
    return layout(content, incident.destination.mention, _by_people(incident), row)


def _by_people(incident: Incident) -> list[str]:
    """Who is on it, and until when it is quiet."""
    known, hold, found = incident.acknowledged, incident.hold, list[str]()
    if known:
        found.append(f"Acknowledged by {escape(known.by)}, {local_time(known.at)}")
    if hold and not hold.ends_with_next and hold.until:
        found.append(f"Silenced until {local_time(hold.until)}, {escape(hold.by)}")
    return found


def line(incident: Incident, entry: OutboxEntry) -> Message:
    """A line in the thread, which names its incident where it may stand alone."""
    standing = standing_by(incident, entry, local_time)
    mark, said = BY_KIND.get(entry.kind, standing.status), " ".join(standing.when)
    if incident.root and incident.root.digest:
        said = f"*{escape(title(incident))}* {said}"
    text = f"{mark.emoji} {said}"
    if entry.text:
        text = f"{text}\n{clickable(entry.text)}"
    return message(cut_markup(text, TEXT), mark.color)


def alone(incident: Incident, entry: OutboxEntry) -> Message:
    """A whole message that needs no thread: for a note, or for a webhook."""
    content = content_of(incident, entry, local_time)
    if content.standing.status is RESOLVED:
        content = replace(content, commands=())
    return layout(content, incident.destination.mention)
