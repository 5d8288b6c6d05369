"""Many incidents at once: one digest message, and a line in its thread for each of them.

More new incidents within a minute than the threshold start a storm. It takes in what follows, until
a minute passes without a new one. Its digest is an incident itself, announced once, summed up once,
and over when each member is over or has been announced by itself. Each member keeps its own state:
its later lines hang below the digest too.
"""

from collections.abc import Sequence
from copy import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from ops_common.ops_events import Severity
from send_alerts.incident.decide import advance
from send_alerts.incident.enqueue import Channels, enqueue, mail_end
from send_alerts.incident.incident import Incident
from send_alerts.incident.outbox_entry import Channel, EntryKind, OutboxEntry
from send_alerts.reading.notice import Guide, Notice, Signal

WINDOW = timedelta(minutes=1)
MOST_MEMBERS = 1000
"""An item holds 400 KB; what comes after is announced by itself."""
PREFIX = "storm:"
IMPACT = "one cause is likely. It can't wait."
OVER = "the listed incidents end, each by itself"


class Opening(NamedTuple):
    """A new incident, as it was counted."""

    key: str
    opened_at: datetime
    counted_at: datetime
    title: str
    severity: Severity
    environment: str = ""


class Storms(NamedTuple):
    """The one item that counts new incidents, and holds the newest storm."""

    recent: tuple[Opening, ...] = ()
    """Those announced by themselves within the last minute."""
    started_at: datetime | None = None
    joined_at: datetime | None = None
    members: tuple[Opening, ...] = ()

    @property
    def key(self) -> str:
        """The incident key of the newest storm."""
        return f"{PREFIX}{self.started_at.isoformat()}" if self.started_at else ""

    @property
    def quiet_at(self) -> datetime | None:
        """From when on it takes in no more."""
        return self.joined_at + WINDOW if self.joined_at else None

    def lasts(self, now: datetime) -> bool:
        """Whether it takes in what opens now."""
        return self.quiet_at is not None and now < self.quiet_at


def join(storms: Storms, opening: Opening, now: datetime, threshold: int) -> tuple[Storms, str]:
    """Count a new incident; the storm it belongs to, if any. Asked again, the same answer."""
    if any(_same(known, opening) for known in storms.recent):
        return storms, ""
    if any(_same(known, opening) for known in storms.members):
        return storms, storms.key
    recent = tuple(one for one in storms.recent if one.counted_at > now - WINDOW)
    storms = replace(storms, recent=recent)
    lasts = storms.lasts(now)
    if (not lasts and len(recent) < threshold) or len(storms.members) >= MOST_MEMBERS:
        return replace(storms, recent=(*recent, opening)), ""
    if not lasts:
        storms = replace(storms, started_at=now, members=())
    storms = replace(storms, joined_at=now, members=(*storms.members, opening))
    return storms, storms.key


def refresh(
    incident: Incident,
    storms: Storms,
    members: Sequence[Incident],
    now: datetime,
    channels: Channels,
) -> Incident:
    """The digest, announced when it is new, summed up when no more incidents join, and ended."""
    newest = storms.key == incident.key
    if newest and storms.started_at:
        subject = _subject(storms, storms.started_at)
        if incident.history.current is None:
            incident = advance(incident, subject, now, channels)
        incident = replace(incident, subject=subject)
    if not incident.history.lasts or (newest and storms.lasts(now)):
        return incident
    incident = _summed_up(incident, now, channels)
    if any(within(incident.key, member, now) for member in members):
        return incident
    return _ended(incident, members, now, channels)


def within(storm: str, member: Incident, now: datetime) -> bool:
    """Whether the storm's digest is all that people get of a member whose end is not yet sure."""
    episode = member.history.current
    if episode is None or member.storm != storm or not member.folded(episode.opened_at):
        return False
    return episode.closed_at is None or now < episode.closed_at + member.history.flap_window


def _summed_up(incident: Incident, now: datetime, channels: Channels) -> Incident:
    subject = incident.subject
    if subject is None:
        return incident
    done = replace(subject, signal=Signal.NOTE, occurred_at=now, ref=EntryKind.SUMMARY)
    history, _ = incident.history.after(done)
    if history is incident.history:
        return incident
    summary = OutboxEntry(
        f"{incident.key}/summary", Channel.SLACK, EntryKind.SUMMARY, now, subject.text
    )
    return replace(enqueue(incident, summary, now, channels, loud=True), history=history)


def _ended(
    incident: Incident, members: Sequence[Incident], now: datetime, channels: Channels
) -> Incident:
    subject = incident.subject
    if subject is None:
        return incident
    last = [one for one in members if one.subject and one.history.lasts]
    lines = [f"• {one.subject.title} ({one.subject.severity})" for one in last if one.subject]
    text = "All of them are over."
    if lines:
        text = "\n".join(["The others are over. These last, each announced by itself:", *lines])
    over = replace(
        subject, signal=Signal.RESOLVED, occurred_at=now, was=Signal.OPEN, text=text, children=()
    )
    return mail_end(advance(incident, over, now, channels))


def _same(one: Opening, other: Opening) -> bool:
    return (one.key, one.opened_at) == (other.key, other.opened_at)


def _subject(storms: Storms, at: datetime) -> Notice:
    severities = [member.severity for member in storms.members]
    worst = Severity.CRITICAL if Severity.CRITICAL in severities else Severity.WARNING
    members = sorted(storms.members, key=lambda one: (one.severity is not worst, one.title))
    lines = [f"• {member.title} ({member.severity})" for member in members]
    # Whatever reaches this stack is of its environment.
    environment = members[0].environment
    return Notice(
        key=storms.key,
        signal=Signal.OPEN,
        occurred_at=at,
        name=storms.key,
        title=f"{len(lines)} more new incidents",
        severity=worst,
        text="\n".join(["They came too fast to be announced one by one:", *lines]),
        environment=environment,
        children=tuple(member.key for member in members),
        guide=Guide(IMPACT, f"make incidents ENVIRONMENT={environment or 'production'}", OVER),
    )
