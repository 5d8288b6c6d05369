"""Composite alarms and their children: one story, the composite's.

CloudWatch knows a composite's children, and its own events name them. While the composite is open,
its children's events are lines in its thread. A child that rings by itself waits for a moment, as
the composite it sets off comes right after; if none comes, it is announced as any other alarm.
"""

from collections.abc import Iterator
from copy import replace
from datetime import datetime, timedelta

from send_alerts.incident.decide import advance
from send_alerts.incident.enqueue import enqueue, entry_of
from send_alerts.incident.episodes import covering
from send_alerts.incident.incident import Incident
from send_alerts.incident.outbox_entry import EntryKind
from send_alerts.ports import Ports
from send_alerts.process import Change
from send_alerts.reading.notice import OPENING, Hold, Notice, Signal

GRACE = timedelta(minutes=1)
"""How long a child waits for its composite alarm, which CloudWatch evaluates within seconds."""


def parent_of(notice: Notice, ports: Ports) -> str:
    """The composite whose rule names the alarm, remembered or asked for."""
    if not notice.key.startswith("alarm:") or notice.children:
        return ""
    known = ports.background.parent_of(notice.key)
    if known or notice.signal not in (*OPENING, Signal.RESOLVED):
        return known
    family = ports.composites.family_of(notice.key)
    if family is None:
        return ""
    ports.background.remember_children(*family)
    return family.parent


def within_family(
    incident: Incident, notice: Notice, parent: str, ports: Ports
) -> tuple[Incident, Notice]:
    """A child's incident within its composite's, where that is open; else held for a moment."""
    composite = ports.incidents.load(parent).incident
    if composite.history.lasts:
        return replace(incident, part_of=parent), notice
    incident = replace(incident, part_of="")
    waits = notice.signal in OPENING and notice.hold is None and not incident.history.lasts
    if not waits:
        return incident, notice
    hold = _waiting(ports.clock(), notified=_notified_within(composite, notice.occurred_at))
    # On both: an event that comes late does not decide on the hold.
    return replace(incident, hold=incident.hold or hold), replace(notice, hold=hold)


def changes(notice: Notice, parent: str, ports: Ports) -> Iterator[tuple[str, Change]]:
    """What a notice changes in the other members of its family, by their keys."""
    if notice.children:
        ports.background.remember_children(notice.key, notice.children)
        if notice.signal in (*OPENING, Signal.RESOLVED):
            for child in notice.children:
                yield child, _follow(notice.key, notice.title, ports)
    elif parent:
        line = replace(
            notice,
            key=parent,
            signal=Signal.CONTRIBUTOR,
            ref=f"{notice.name}/{notice.signal}",
            text=f"{notice.title} ({notice.signal}): {notice.text}",
            hold=None,
        )
        # Whether it is open or not: what comes late finds its place.
        yield parent, lambda incident, now: advance(incident, line, now, ports.channels)


def _follow(parent: str, title: str, ports: Ports) -> Change:
    """A child's incident joins its composite's when that opens, and leaves it when that ends."""

    def change(child: Incident, now: datetime) -> Incident:
        composite = ports.incidents.load(parent).incident
        if composite.history.lasts and child.history.lasts and child.part_of != parent:
            return _joined(child, parent, title, now, ports)
        if not composite.history.lasts and child.part_of == parent:
            child = replace(child, part_of="")
            if child.history.lasts and child.hold is None:
                return replace(child, hold=_waiting(now, notified=True))
        if child.hold and child.hold.announce_later and child.history.current:
            notified = _notified_within(composite, child.history.current.opened_at)
            return replace(child, hold=replace(child.hold, announce_later=not notified))
        return child

    return change


def _joined(child: Incident, parent: str, title: str, now: datetime, ports: Ports) -> Incident:
    if child.history.current and child.announced(child.history.current.opened_at):
        entry = entry_of(child, EntryKind.PART_OF, now, title)
        child = enqueue(child, entry, now, ports.channels, loud=False)
    hold = child.hold
    return replace(child, part_of=parent, hold=None if hold and hold.announce_later else hold)


def _waiting(now: datetime, *, notified: bool) -> Hold:
    return Hold(now + GRACE, "its composite alarm may ring", announce_later=not notified)


def _notified_within(composite: Incident, at: datetime) -> bool:
    return covering(composite.history.episodes, at) is not None
