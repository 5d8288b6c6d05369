"""What goes into the outbox: which channels get an entry, and which of them later (decision 15).

An end is kept back from SNS until a flap can no longer undo it: whoever reads mail gets a sure one.
"""

from copy import replace
from datetime import datetime
from typing import NamedTuple

from ops_common.ops_events import Severity
from send_alerts.incident.incident import Incident
from send_alerts.incident.outbox_entry import Channel, EntryKind, OutboxEntry

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


def entry_of(incident: Incident, kind: EntryKind, at: datetime, text: str = "") -> OutboxEntry:
    """A new entry, to be given its channels by `enqueue`."""
    name = f"{incident.key}@{at.isoformat()}/{kind}"
    return OutboxEntry(name, Channel.SLACK, kind, at, text)


def enqueue(
    incident: Incident, entry: OutboxEntry, now: datetime, channels: Channels, *, loud: bool
) -> Incident:
    """Put an entry into the outbox, once for each channel that gets it.

    Nothing while the incident is held, or part of the composite alarm that it is a child of.
    """
    if incident.hold is not None or incident.part_of:
        return incident
    folded = incident.storm and incident.folded(entry.at)
    outbox, end_mail = incident.outbox, incident.end_mail
    if loud and not folded and mailed(incident, entry.kind, channels):
        mail = replace(entry, id=f"{entry.id}/{Channel.SNS}", channel=Channel.SNS)
        if may_come_back(incident, entry, now):
            end_mail = mail
        else:
            outbox = (*outbox, mail)
    if channels.threads or (channels.slack and loud and not folded):
        post = replace(entry, id=f"{entry.id}/{Channel.SLACK}", channel=Channel.SLACK)
        outbox = (*outbox, post)
    incident = replace(incident, outbox=outbox, end_mail=end_mail)
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


def copy_if_worse(before: Incident, after: Incident) -> Incident:
    """With an entry for the other channel, for each new one of getting worse."""
    known, place = {entry.id for entry in before.outbox}, after.destination.channel
    if after.root is None or not place or after.root.channel == place:
        return after
    more = tuple(
        replace(entry, id=f"{entry.id}/{place}", place=place)
        for entry in after.outbox
        if entry.id not in known
        and entry.channel is Channel.SLACK
        and entry.kind is EntryKind.WORSE
    )
    return replace(after, outbox=after.outbox + more)


def may_come_back(incident: Incident, entry: OutboxEntry, now: datetime) -> bool:
    """Whether it is an end that a flap may still undo; whoever reads mail gets a sure one."""
    return entry.kind is EntryKind.RESOLVED and now < entry.at + incident.history.flap_window


def mail_end_when_due(incident: Incident, now: datetime) -> Incident:
    """With the end in the outbox that was kept back, if it is sure by now."""
    end = incident.end_mail
    return mail_end(incident) if end and not may_come_back(incident, end, now) else incident


def mail_end(incident: Incident) -> Incident:
    """With the end in the outbox that was kept back: nothing undoes it."""
    if incident.end_mail is None:
        return incident
    return replace(incident, outbox=(*incident.outbox, incident.end_mail), end_mail=None)


def without_undone_end(incident: Incident) -> Incident:
    """Without the end that waits, where the incident came back; sent, where another has begun."""
    end, episode = incident.end_mail, incident.history.current
    if end is None or episode is None or episode.closed_at:
        return incident
    return replace(incident, end_mail=None) if episode.opened_at <= end.at else mail_end(incident)
