"""What keeps an incident quiet for a while, and what people are sent when it ends."""

from copy import replace
from datetime import datetime

from send_alerts.incident.enqueue import Channels, enqueue, entry_of
from send_alerts.incident.incident import Incident
from send_alerts.incident.outbox_entry import Channel, EntryKind, OutboxEntry
from send_alerts.reading.notice import OPENING, Hold, Notice, Signal


def hold_after(incident: Incident, notice: Notice) -> Incident:
    """With the hold that the notice brings, or without the one that it lifts."""
    entries = incident.history.entries
    if entries and notice.occurred_at < entries[-1].at:
        return incident
    episode = incident.history.current
    ends_what_was_sent = (
        notice.signal is Signal.RESOLVED
        and episode is not None
        and incident.announced(episode.opened_at)
    )
    if notice.hold is not None and not (ends_what_was_sent and notice.hold.until is None):
        return replace(incident, hold=_longer(incident.hold, notice.hold))
    if incident.hold is None or not incident.hold.ends_with_next:
        return incident
    lifted = notice.signal in OPENING or ends_what_was_sent
    return replace(incident, hold=None) if lifted else incident


def _longer(known: Hold | None, new: Hold) -> Hold:
    """Of a person's silence and AWS's wish, which doesn't outlive the next event, the later end."""
    if known is None or known.ends_with_next or known.until is None:
        return new
    return new if new.until is None or new.until > known.until else known


def lift_when_due(incident: Incident, now: datetime, channels: Channels) -> Incident:
    """Without a hold whose time has passed."""
    if incident.hold and incident.hold.until and now >= incident.hold.until:
        return lift(incident, now, channels)
    return incident


def waits(incident: Incident) -> bool:
    """Whether people are to be sent something when the hold ends."""
    hold, episode = incident.hold, incident.history.current
    if hold is None or episode is None:
        return False
    return incident.history.lasts or hold.announce_later or _ended_unsaid(incident)


def _ended_unsaid(incident: Incident) -> bool:
    """Whether people have been sent the beginning of what is over, and not yet its end."""
    episode, known = incident.history.current, incident.announced_for
    if episode is None or episode.closed_at is None or known is None:
        return False
    return incident.announced(episode.opened_at) and known < episode.closed_at


def lift(incident: Incident, now: datetime, channels: Channels) -> Incident:
    """End a hold; an incident that has outlasted it is announced now, an end in it said."""
    unsaid = _ended_unsaid(incident)
    hold, incident = incident.hold, replace(incident, hold=None)
    episode, subject = incident.history.current, incident.subject
    if episode is None or subject is None:
        return incident
    if unsaid and episode.closed_at:
        end = entry_of(incident, EntryKind.RESOLVED, episode.closed_at)
        incident = replace(incident, flapping_notified=False)
        return enqueue(incident, end, now, channels, loud=True)
    if episode.closed_at:
        return _announce_late(incident, now, channels) if hold and hold.announce_later else incident
    announced = incident.announced(episode.opened_at)
    kind = EntryKind.REMINDER if announced else EntryKind.OPENED
    entry = entry_of(incident, kind, now, subject.text)
    return enqueue(incident, entry, now, channels, loud=True)


def _announce_late(incident: Incident, now: datetime, channels: Channels) -> Incident:
    """Announced with its end, where nobody was notified of it."""
    episode, subject = incident.history.current, incident.subject
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
