"""The decisions: what a notice does to an incident, and what people are notified of. No I/O."""

from copy import replace
from datetime import datetime
from typing import NamedTuple

from ops_common.ops_events import Severity
from send_alerts.incident.end_mail import mail_end_when_due, may_come_back, without_undone_end
from send_alerts.incident.episodes import Transition, rolls_back, to_notify
from send_alerts.incident.incident import Incident
from send_alerts.incident.outbox_entry import Channel, EntryKind, OutboxEntry
from send_alerts.incident.subject import subject_after
from send_alerts.incident.weight import weigh
from send_alerts.reading.notice import OPENING, Hold, Notice, Signal

# E-mail gets an incident's opening, its getting worse, its end, and one word of flapping between.
BY_MAIL = (
    *(EntryKind.OPENED, EntryKind.WORSE, EntryKind.FLAPPING, EntryKind.RESOLVED, EntryKind.CALM),
    *(EntryKind.NOTE, EntryKind.SUMMARY, EntryKind.REOPENED, EntryKind.ACKNOWLEDGED),
    EntryKind.ROLLED_BACK,
)
LOUD = (*BY_MAIL, EntryKind.REMINDER)


class Channels(NamedTuple):
    """What is configured."""

    slack: bool
    threads: bool
    """A bot token can thread and edit; an incoming webhook can't."""


def advance(incident: Incident, notice: Notice, now: datetime, channels: Channels) -> Incident:
    """What is known after the notice, with what people are to be sent in the outbox.

    A repeat changes nothing. A late one finds its place in the history, re-opens nothing that a
    newer one has ended, and is sent as late. While the incident is held, nothing is sent.
    """
    if incident.history.knows(notice):
        return incident
    incident = mail_end_when_due(incident, now)
    before = incident
    incident = replace(
        _held(incident, notice),
        history=incident.history.with_transition(notice),
    )
    incident = replace(incident, subject=subject_after(incident, notice))
    for entry in to_notify(incident.history.entries, incident.episodes):
        if entry.notified:
            continue
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
        incident = replace(incident, history=incident.history.mark_notified([entry]))
        incident = enqueue(incident, out, now, channels, loud=weight.loud)
    return without_undone_end(incident)


def enqueue(
    incident: Incident, entry: OutboxEntry, now: datetime, channels: Channels, *, loud: bool
) -> Incident:
    """Put an entry into the outbox, once for each channel that gets it.

    Nothing while the incident is held, or told within the composite alarm that it is a child of.
    """
    if incident.hold is not None or incident.part_of:
        return incident
    wanted = []
    if loud and not incident.folded(entry.at) and mailed(incident, entry.kind, channels):
        wanted.append(Channel.SNS)
    if channels.threads or (channels.slack and loud and not incident.folded(entry.at)):
        wanted.append(Channel.SLACK)
    put = tuple(replace(entry, id=f"{entry.id}/{channel}", channel=channel) for channel in wanted)
    waits = [one for one in put if one.channel is Channel.SNS and may_come_back(incident, one, now)]
    incident = replace(
        incident,
        outbox=incident.outbox + tuple(one for one in put if one not in waits),
        end_mail=next(iter(waits), incident.end_mail),
    )
    if not loud:
        return incident
    announced_for = max(incident.announced_for or entry.at, entry.at)
    if entry.kind is EntryKind.NOTE:
        announced_for = incident.announced_for or entry.at
    return replace(incident, announced_for=announced_for, notified_at=now)


def mailed(incident: Incident, kind: EntryKind, channels: Channels) -> bool:
    """Whether SNS (e-mail, mostly) gets it; without Slack it gets all that is loud."""
    severity = incident.subject and incident.subject.severity
    for_slack = kind is EntryKind.NOTE and severity is Severity.INFO
    return (kind in BY_MAIL and not for_slack) if channels.slack else kind in LOUD


def first_announcement(before: Incident, after: Incident) -> OutboxEntry | None:
    """The new entry by which people first hear of an incident, if there is one."""
    known = {entry.id for entry in before.outbox}
    unannounced = replace(after, announced_for=before.announced_for)
    return next(
        (
            entry
            for entry in after.outbox
            if entry.id not in known
            and entry.kind in (EntryKind.OPENED, EntryKind.FLAPPING)
            and not unannounced.announced(entry.at)
        ),
        None,
    )


def fold(incident: Incident, opening: OutboxEntry, storm: str, channels: Channels) -> Incident:
    """Part of a storm: lines in the thread of its digest are all that is sent."""
    incident = replace(incident, folded_for=opening.at, storm=storm)
    return replace(
        incident,
        outbox=tuple(
            entry
            for entry in incident.outbox
            if entry.tried_at is not None
            or entry.channel is Channel.SCHEDULE
            or not incident.folded(entry.at)
            or (entry.channel is Channel.SLACK and channels.threads)
        ),
    )


def _held(incident: Incident, notice: Notice) -> Incident:
    """With the hold that the notice brings, or without the one that it lifts."""
    entries = incident.history.entries
    if entries and notice.occurred_at < entries[-1].at:
        return incident
    if notice.hold is not None:
        return replace(incident, hold=_longer(incident.hold, notice.hold))
    if incident.hold is None or not incident.hold.ends_with_next:
        return incident
    episode = incident.current
    ends_what_was_sent = (
        notice.signal is Signal.RESOLVED
        and episode is not None
        and incident.announced(episode.opened_at)
    )
    lifted = notice.signal in OPENING or ends_what_was_sent
    return replace(incident, hold=None) if lifted else incident


def _longer(known: Hold | None, new: Hold) -> Hold:
    """Of a person's silence and AWS's wish, which doesn't outlive the next event, the later end."""
    if known is None or known.ends_with_next or known.until is None:
        return new
    return new if new.until is None or new.until > known.until else known


def _entry_id(incident: Incident, entry: Transition) -> str:
    which = f"/{entry.part}/{entry.ref}" if entry.ref else ""
    return f"{incident.key}@{entry.at.isoformat()}/{entry.signal}{which}"


def _late(incident: Incident, entry: Transition) -> bool:
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
