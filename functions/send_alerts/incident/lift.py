"""The end of a hold: what people are sent of an incident that nobody has heard of meanwhile."""

from copy import replace
from datetime import datetime

from send_alerts.incident.decide import Channels, enqueue
from send_alerts.incident.incident import Incident
from send_alerts.incident.outbox_entry import Channel, EntryKind, OutboxEntry
from send_alerts.reading.notice import Signal


def lift(incident: Incident, now: datetime, channels: Channels) -> Incident:
    """End a hold; an incident that has outlasted it is announced now."""
    hold, incident = incident.hold, replace(incident, hold=None)
    episode, subject = incident.current, incident.subject
    if episode is None or subject is None:
        return incident
    if not episode.open:
        return _announce_late(incident, now, channels) if hold and hold.announce_later else incident
    announced = incident.announced(episode.opened_at)
    kind = EntryKind.REMINDER if announced else EntryKind.OPENED
    entry = OutboxEntry(
        f"{incident.key}@{now.isoformat()}/{kind}", Channel.SLACK, kind, now, subject.text
    )
    return enqueue(incident, entry, now, channels, loud=True)


def _announce_late(incident: Incident, now: datetime, channels: Channels) -> Incident:
    """Announced with its end, where nobody has heard of it."""
    episode, subject = incident.current, incident.subject
    if not episode or not episode.closed_at or not subject or incident.announced(episode.opened_at):
        return incident
    for kind, signal, at, text in (
        (EntryKind.OPENED, Signal.OPEN, episode.opened_at, subject.text),
        (EntryKind.RESOLVED, Signal.RESOLVED, episode.closed_at, ""),
    ):
        name = f"{incident.key}@{at.isoformat()}/{signal}"
        entry = OutboxEntry(name, Channel.SLACK, kind, at, text, late=kind is EntryKind.OPENED)
        incident = enqueue(incident, entry, now, channels, loud=True)
    return incident
