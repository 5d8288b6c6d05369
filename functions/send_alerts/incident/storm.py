"""Many incidents at once are told as one: who belongs to the storm, and what is said of it.

More new incidents within a minute than the threshold start a storm. It takes in what follows, until
a minute passes without a new one; it is an incident itself, over when all of its members are.
"""

from collections.abc import Mapping
from copy import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple, Self

from ops_common.jsonable import jsonable
from ops_common.ops_events import Severity
from send_alerts.incident.decide import Channels, advance, enqueue
from send_alerts.incident.incident import Incident, Policy
from send_alerts.incident.outbox_entry import Channel, EntryKind, OutboxEntry
from send_alerts.reading.figures import clock
from send_alerts.reading.notice import Notice, Signal

WINDOW = timedelta(minutes=1)
MOST_MEMBERS = 1000
"""An item holds 400 KB; what comes after is told by itself."""
PREFIX = "storm:"


class Member(NamedTuple):
    """An incident that is told within the storm."""

    title: str
    severity: Severity
    opened_at: str
    open: bool = True


class Storms(NamedTuple):
    """The one item that counts new incidents, and holds the newest storm."""

    recent: tuple[tuple[str, str, str], ...] = ()
    """Key, opening and our time of those told by themselves within the last minute."""
    started_at: datetime | None = None
    joined_at: datetime | None = None
    members: Mapping[str, Member] = MappingProxyType({})
    refresh_at: datetime | None = None
    """When the message to ourselves that will tell of changes arrives."""

    @property
    def key(self) -> str:
        """The incident key of the newest storm."""
        return f"{PREFIX}{self.started_at.isoformat()}" if self.started_at else ""

    def quiet_at(self) -> datetime | None:
        """From when on it takes in no more."""
        return self.joined_at + WINDOW if self.joined_at else None

    def as_json(self) -> dict[str, Any]:
        """Plain values, to be kept."""
        return dict(jsonable(self))

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """What `as_json` made."""

        def time(name: str) -> datetime | None:
            return datetime.fromisoformat(values[name]) if values[name] else None

        return cls(
            recent=tuple((key, opening, notified) for key, opening, notified in values["recent"]),
            started_at=time("started_at"),
            joined_at=time("joined_at"),
            members={
                key: Member(**{**member, "severity": Severity(member["severity"])})
                for key, member in values["members"].items()
            },
            refresh_at=time("refresh_at"),
        )


def join(
    storms: Storms, key: str, opening: datetime, subject: Notice, now: datetime, threshold: int
) -> tuple[Storms, bool]:
    """Count a new incident; whether it is told within a storm. Asked again, the same answer."""
    opened_at = opening.isoformat()
    if any(known[:2] == (key, opened_at) for known in storms.recent):
        return storms, False
    if key in storms.members and storms.members[key].opened_at == opened_at:
        return storms, True
    recent = tuple(one for one in storms.recent if datetime.fromisoformat(one[2]) > now - WINDOW)
    storms = replace(storms, recent=recent)
    quiet_at = storms.quiet_at()
    blowing = quiet_at is not None and now < quiet_at
    if (not blowing and len(recent) < threshold) or len(storms.members) >= MOST_MEMBERS:
        return replace(storms, recent=(*recent, (key, opened_at, now.isoformat()))), False
    if not blowing and not any(member.open for member in storms.members.values()):
        storms = replace(storms, started_at=now, members={}, refresh_at=None)
    member = Member(subject.title, subject.severity, opened_at)
    return replace(storms, joined_at=now, members={**storms.members, key: member}), True


def report(storms: Storms, key: str, *, is_open: bool) -> Storms:
    """A member opened or closed."""
    member = storms.members.get(key)
    if member is None or member.open is is_open:
        return storms
    return replace(storms, members={**storms.members, key: replace(member, open=is_open)})


def refresh(
    incident: Incident, storms: Storms, now: datetime, policy: Policy, channels: Channels
) -> Incident:
    """The storm's own incident, brought up to date with its members."""
    if storms.key != incident.key or storms.started_at is None:
        return incident
    episode = incident.current(policy)
    lasting = any(member.open for member in storms.members.values())
    at = storms.started_at if episode is None else now
    subject = _subject(storms, incident.key, at)
    if episode is None or (lasting and not episode.open):
        incident = advance(incident, subject, now, policy, channels)
    incident = replace(incident, subject=subject)
    quiet_at = storms.quiet_at()
    if quiet_at is None or now < quiet_at:
        return incident
    if len(storms.members) > incident.summarised:
        summary = OutboxEntry(
            f"{incident.key}/summary/{len(storms.members)}", Channel.SLACK, EntryKind.SUMMARY, now
        )
        incident = enqueue(incident, summary, now, channels, loud=True)
        incident = replace(incident, summarised=len(storms.members))
    if not lasting:
        over = replace(subject, signal=Signal.RESOLVED, occurred_at=now, was=Signal.OPEN)
        incident = advance(incident, over, now, policy, channels)
    return incident


def _subject(storms: Storms, key: str, at: datetime) -> Notice:
    lasting = [member for member in storms.members.values() if member.open]
    worst = Severity.WARNING
    if any(member.severity is Severity.CRITICAL for member in lasting):
        worst = Severity.CRITICAL
    lines = [
        f"• {member.title} ({member.severity if member.open else 'over'})"
        for member in sorted(storms.members.values(), key=lambda one: (not one.open, one.title))
    ]
    began = clock(storms.started_at) if storms.started_at else ""
    return Notice(
        key=key,
        signal=Signal.OPEN,
        occurred_at=at,
        name=key,
        title=f"Storm: {len(storms.members)} more incidents, {len(lasting)} not over",
        severity=worst,
        text="\n".join([f"Told together, because they came so fast ({began}):", *lines]),
    )
