"""The decisions: what a notice does to an incident, and what people are told. No I/O here."""

from copy import replace
from datetime import datetime
from typing import NamedTuple

from ops_common.ops_events import Severity
from send_alerts.incident.history import Transition, episode_at, to_notify
from send_alerts.incident.incident import Incident, Policy
from send_alerts.incident.outbox_entry import Channel, EntryKind, OutboxEntry
from send_alerts.reading.notice import Notice, Signal

OWN_MESSAGE = (
    EntryKind.OPENED,
    EntryKind.REOPENED,
    EntryKind.AGAIN,
    EntryKind.FLAPPING,
    EntryKind.RESOLVED,
)


class Channels(NamedTuple):
    """What is configured."""

    slack: bool
    threads: bool
    """A bot token can thread and edit; an incoming webhook can't."""


def advance(
    incident: Incident, notice: Notice, now: datetime, policy: Policy, channels: Channels
) -> Incident:
    """What is known after the notice, with the tellings that it is worth in the outbox.

    A repeat changes nothing. A late one finds its place in the history, re-opens nothing that a
    newer one has ended, and is told as late.
    """
    if incident.history.knows(notice):
        return incident
    history = incident.history.with_transition(notice, policy.flap_window)
    incident = replace(incident, history=history, subject=_subject(incident.subject, notice))
    for entry in to_notify(history.entries):
        if entry.notified:
            continue
        kind, loud = _weigh(incident, entry, policy)
        delivery = OutboxEntry(
            id=f"{incident.key}@{entry.at.isoformat()}/{entry.signal}",
            channel=Channel.SLACK,
            kind=kind,
            at=entry.at,
            text=notice.text if entry.at == notice.occurred_at else "",
            late=_late(incident, entry),
        )
        if kind in (EntryKind.OPENED, EntryKind.FLAPPING):
            incident = replace(incident, flapping_notified=kind is EntryKind.FLAPPING)
        incident = replace(incident, history=incident.history.mark_notified([entry]))
        incident = enqueue(incident, delivery, now, channels, loud=loud)
    return incident


def enqueue(
    incident: Incident, delivery: OutboxEntry, now: datetime, channels: Channels, *, loud: bool
) -> Incident:
    """Put a telling into the outbox, once for each channel that gets it.

    Loud ones are for every channel; the others only add to a thread. What is merely good to know
    goes to SNS (e-mail, mostly) only where there is no Slack.
    """
    wanted = []
    if loud and not (channels.slack and for_slack_alone(incident, delivery.kind)):
        wanted.append(Channel.SNS)
    if channels.threads or (channels.slack and loud):
        wanted.append(Channel.SLACK)
    put = tuple(
        replace(delivery, id=f"{delivery.id}/{channel}", channel=channel) for channel in wanted
    )
    notified_at = now if loud else incident.notified_at
    return replace(incident, outbox=incident.outbox + put, notified_at=notified_at)


def for_slack_alone(incident: Incident, kind: EntryKind) -> bool:
    """Whether something is merely good to know, so that nobody needs an e-mail of it."""
    severity = incident.subject and incident.subject.severity
    return kind is EntryKind.NO_DATA or (kind is EntryKind.NOTE and severity is Severity.INFO)


def silence(incident: Incident, before: Incident, until: datetime) -> Incident:
    """Tell nothing of what is new; an incident that outlasts the silence is told then."""
    return replace(incident, outbox=before.outbox, silenced_until=until)


def needs_root(incident: Incident, policy: Policy) -> OutboxEntry | None:
    """The first telling in the outbox that needs a new message in the channel, if any does."""
    return next(
        (
            delivery
            for delivery in incident.outbox
            if delivery.kind in OWN_MESSAGE
            and delivery.tried_at is None
            and not incident.root_covers(delivery.at, policy)
            and not incident.folded(delivery.at, policy)
        ),
        None,
    )


def fold(incident: Incident, policy: Policy) -> Incident:
    """What belongs to a storm goes to the storm, as one delivery."""
    told_here = (Channel.SNS, Channel.SLACK)
    handed = [
        delivery
        for delivery in incident.outbox
        if delivery.channel in told_here
        and delivery.tried_at is None
        and incident.folded(delivery.at, policy)
    ]
    if not handed:
        return incident
    mine = tuple(delivery for delivery in incident.outbox if delivery not in handed)
    last = handed[-1]
    storm = replace(last, id=f"{last.id}/storm", channel=Channel.STORM)
    return replace(incident, outbox=(*mine, storm))


def _subject(known: Notice | None, notice: Notice) -> Notice:
    if known is None:
        return notice
    if notice.signal is not Signal.OPEN:
        return known
    newer = known.signal is not Signal.OPEN or notice.occurred_at >= known.occurred_at
    return notice if newer else known


def _weigh(incident: Incident, entry: Transition, policy: Policy) -> tuple[EntryKind, bool]:
    """What a transition is, as far as is known now, and whether every channel is told of it."""
    if entry.signal is Signal.NOTE:
        return EntryKind.NOTE, True
    found = incident.episodes(policy)
    episode = episode_at(found, entry.at)
    if entry.signal is Signal.NO_DATA:
        return EntryKind.NO_DATA, not (episode and episode.open)
    if episode and episode.reopened >= policy.flaps_until_quiet:
        if episode == found[-1] and not incident.flapping_notified:
            return EntryKind.FLAPPING, True
        quiet = EntryKind.RESOLVED if entry.signal is Signal.RESOLVED else EntryKind.REOPENED
        return quiet, False
    if entry.signal is Signal.RESOLVED:
        return EntryKind.RESOLVED, True
    if episode is None or entry.at == episode.opened_at:
        return EntryKind.OPENED, True
    if (entry.was or _before(incident, entry)) is Signal.RESOLVED:
        return EntryKind.REOPENED, True
    return EntryKind.AGAIN, False


def _before(incident: Incident, entry: Transition) -> Signal | None:
    earlier = [
        other.signal
        for other in incident.history.entries
        if other.at < entry.at and other.signal in (Signal.OPEN, Signal.RESOLVED)
    ]
    return earlier[-1] if earlier else None


def _late(incident: Incident, entry: Transition) -> bool:
    return any(
        other.at > entry.at and other.signal in (Signal.OPEN, Signal.RESOLVED)
        for other in incident.history.entries
    )
