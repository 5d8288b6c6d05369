"""Composite alarms and their children: one story, the composite's.

A composite's events name its children, which is remembered. While the composite is open, its
children's events are lines in its thread. A child that rings by itself waits for a moment, since
the composite it sets off comes right after; if none comes, it is announced as any other alarm.
"""

from collections.abc import Callable, Iterator
from copy import replace
from datetime import datetime, timedelta

from send_alerts.incident.decide import advance, enqueue
from send_alerts.incident.incident import Incident
from send_alerts.incident.outbox_entry import Channel, EntryKind, OutboxEntry
from send_alerts.ports import Ports
from send_alerts.reading.notice import OPENING, Hold, Notice, Signal

GRACE = timedelta(minutes=1)
"""How long a child waits for its composite alarm, which CloudWatch evaluates within seconds."""

type Change = Callable[[Incident, datetime], Incident]


def placed(incident: Incident, notice: Notice, ports: Ports) -> tuple[Incident, Notice]:
    """A child's incident within its composite's, where that is open; else held for a moment."""
    parent = _parent(notice, ports)
    if not parent:
        return incident, notice
    if _lasts(ports.incidents.load(parent).incident):
        return replace(incident, part_of=parent), notice
    incident = replace(incident, part_of="")
    if notice.signal in OPENING and notice.hold is None and not _lasts(incident):
        return incident, replace(notice, hold=_waiting(ports.clock()))
    return incident, notice


def changes(notice: Notice, ports: Ports) -> Iterator[tuple[str, Change]]:
    """What a notice changes in the other members of its family, by their keys."""
    if notice.children:
        ports.memory.remember_children(notice.key, notice.children)
        if notice.signal in (*OPENING, Signal.RESOLVED):
            for child in notice.children:
                yield child, _follow(notice.key, notice.title, ports)
    elif parent := _parent(notice, ports):
        line = replace(
            notice,
            key=parent,
            signal=Signal.CONTRIBUTOR,
            ref=f"{notice.name}/{notice.signal}",
            text=f"{notice.title} ({notice.signal}): {notice.text}",
            hold=None,
        )

        def tell_parent(incident: Incident, now: datetime) -> Incident:
            return advance(incident, line, now, ports.channels) if _lasts(incident) else incident

        yield parent, tell_parent


def _follow(parent: str, title: str, ports: Ports) -> Change:
    """A child's incident joins its composite's when that opens, and leaves it when that ends."""

    def change(child: Incident, now: datetime) -> Incident:
        lasts = _lasts(ports.incidents.load(parent).incident)
        if lasts and _lasts(child) and child.part_of != parent:
            if child.current and child.announced(child.current.opened_at):
                entry = OutboxEntry(
                    f"{child.key}@{now.isoformat()}/{EntryKind.PART_OF}",
                    Channel.SLACK,
                    EntryKind.PART_OF,
                    now,
                    title,
                )
                child = enqueue(child, entry, now, ports.channels, loud=False)
            return replace(child, part_of=parent)
        if not lasts and child.part_of == parent:
            hold = _waiting(now) if _lasts(child) and child.hold is None else child.hold
            return replace(child, part_of="", hold=hold)
        return child

    return change


def _parent(notice: Notice, ports: Ports) -> str:
    alarm = notice.key.startswith("alarm:") and not notice.children
    return ports.memory.parent_of(notice.key) if alarm else ""


def _waiting(now: datetime) -> Hold:
    return Hold(now + GRACE, "its composite alarm may ring")


def _lasts(incident: Incident) -> bool:
    return incident.current is not None and incident.current.open
