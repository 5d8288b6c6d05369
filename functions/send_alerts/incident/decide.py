"""The decisions: what a notice does to an incident, and what people are notified of. No I/O."""

from copy import replace
from datetime import datetime

from ops_common.ops_events import Severity
from send_alerts.incident.enqueue import (
    Channels,
    enqueue,
    mail_end,
    mail_end_when_due,
    without_undone_end,
)
from send_alerts.incident.episodes import episode_at
from send_alerts.incident.hold import hold_after
from send_alerts.incident.incident import Incident
from send_alerts.incident.outbox_entry import Channel, EntryKind, OutboxEntry
from send_alerts.incident.transitions import Transition, rolls_back
from send_alerts.incident.weight import weigh
from send_alerts.reading.notice import OPENING, Notice, Part, Signal


def advance(incident: Incident, notice: Notice, now: datetime, channels: Channels) -> Incident:
    """What is known after the notice, with what people are to be sent in the outbox.

    A repeat changes nothing. A late one finds its place in the history, re-opens nothing that a
    newer one has ended, and is sent as late. While the incident is held, nothing is sent.
    """
    history, news = incident.history.after(notice)
    if history is incident.history:
        return incident
    if incident.end_mail:
        incident = mail_end_when_due(incident, now)
    before = incident
    if incident.hold or notice.hold:
        incident = hold_after(incident, notice)
    incident = replace(incident, history=history)
    incident = replace(incident, subject=_subject_after(incident, notice))
    for entry in news:
        weight = weigh(incident, entry, before)
        own = entry.at == notice.occurred_at and entry.part is notice.part
        out = OutboxEntry(
            id=_entry_id(incident, entry),
            channel=Channel.SLACK,
            kind=weight.kind,
            at=entry.at,
            text=notice.text if own else entry.line,
            late=_late(incident, entry),
        )
        if weight.kind in (EntryKind.OPENED, EntryKind.FLAPPING):
            flapping = weight.kind is EntryKind.FLAPPING
            incident = replace(incident, flapping_notified=flapping)
        incident = enqueue(incident, out, now, channels, loud=weight.loud)
    return without_undone_end(incident) if incident.end_mail else incident


def end(incident: Incident, at: datetime, text: str, now: datetime, channels: Channels) -> Incident:
    """Over as a whole, by a person or as time has passed; mailed at once."""
    if incident.subject is None:
        return incident
    over = replace(
        incident.subject,
        signal=Signal.RESOLVED,
        occurred_at=at,
        text=text,
        was=None,
        since=None,
        part=Part.WHOLE,
        ref="",
        hold=None,
    )
    return mail_end(advance(incident, over, now, channels))


def _subject_after(incident: Incident, notice: Notice) -> Notice:
    """The notice that names the incident: its newest opening, of a story the worst part's."""
    known = incident.subject
    if known is None:
        return notice
    if (known.signal in OPENING) is not (notice.signal in OPENING):
        return known if known.signal in OPENING else notice
    if known.part is not notice.part and _of_one(incident, known, notice):
        critical = [one for one in (known, notice) if one.severity is Severity.CRITICAL]
        if len(critical) == 1:
            return critical[0]
    return notice if notice.occurred_at >= known.occurred_at else known


def _of_one(incident: Incident, one: Notice, other: Notice) -> bool:
    """Whether both fall into the same incident."""
    at = min(one.occurred_at, other.occurred_at)
    later = max(one.occurred_at, other.occurred_at)
    return episode_at(incident.history.episodes, at) == episode_at(incident.history.episodes, later)


def _entry_id(incident: Incident, entry: Transition) -> str:
    which = f"/{entry.part}/{entry.ref}" if entry.ref else ""
    return f"{incident.key}@{entry.at.isoformat()}/{entry.signal}{which}"


def _late(incident: Incident, entry: Transition) -> bool:
    if entry.signal is Signal.CONTRIBUTOR:
        # A line waits for its alarm, and so is older than it.
        return False
    return any(
        other.at > entry.at and other.signal in (*OPENING, Signal.RESOLVED)
        for other in incident.history.entries
    )


def is_rollback(incident: Incident, deployment: str) -> bool:
    """Whether the deployment that completed is the old one that ECS had gone back to."""
    return any(
        entry.ref == deployment and rolls_back(entry, incident.history.entries)
        for entry in incident.history.entries
    )
