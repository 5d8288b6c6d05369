"""Changes of state, and which parts of its incident each of them ends."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from send_alerts.reading.notice import NEXT_DEPLOYMENT, Part, Signal

# A deployment that completes has running tasks, so what kept them from running is over; and the
# probe's verdict was on another one.
ENDS = {Part.DEPLOYMENT: (Part.DEPLOYMENT, Part.TASKS, Part.STARTS, Part.PROBE)}


class Transition(NamedTuple):
    """One change of state."""

    at: datetime
    signal: Signal
    was: Signal | None
    """The state before it, where the event said so."""
    since: datetime | None
    notified: bool = False
    part: Part = Part.WHOLE
    ref: str = ""
    label: str = ""
    """What a title says of it; of a contributor, its line."""

    @property
    def line(self) -> str:
        """What is shown of a contributor when its alarm opens after it."""
        return self.label if self.signal is Signal.CONTRIBUTOR else ""


def ends(entry: Transition, entries: Sequence[Transition]) -> frozenset[Part]:
    """The parts that a good end ends."""
    if entry.part is Part.WHOLE:
        return frozenset(Part)
    if entry.part is Part.SERIES and _others_open(entry, entries):
        return frozenset()
    ended = frozenset(ENDS.get(entry.part, (entry.part,)))
    return ended - {Part.DEPLOYMENT} if rolls_back(entry, entries) else ended


def _others_open(entry: Transition, entries: Sequence[Transition]) -> bool:
    """Whether another series than the one that is well has opened and not ended yet."""
    opened: set[str] = set()
    for other in entries:
        if other is entry:
            break
        if other.signal is Signal.RESOLVED and other.part is Part.WHOLE:
            opened.clear()
        elif other.part is Part.SERIES and other.signal is Signal.OPEN:
            opened.add(other.ref)
        elif other.part is Part.SERIES:
            opened.discard(other.ref)
    return bool(opened - {entry.ref})


def rolls_back(entry: Transition, entries: Sequence[Transition]) -> bool:
    """Whether a deployment that completed is the old one that ECS had gone back to.

    Its event is that of any deployment but for the id, which the event before it named. A rollback
    by the probe names none: it is the next deployment that completes.
    """
    if entry.signal is not Signal.RESOLVED or entry.part is not Part.DEPLOYMENT:
        return False
    return any(
        other.ref in (entry.ref, NEXT_DEPLOYMENT) and _is_next(entry, other, entries)
        for other in entries
        if other.signal is Signal.ROLLING_BACK and other.at <= entry.at
    )


def _is_next(entry: Transition, rolling: Transition, entries: Sequence[Transition]) -> bool:
    if rolling.ref != NEXT_DEPLOYMENT:
        return True
    return not any(
        other.signal is Signal.RESOLVED
        and other.part is Part.DEPLOYMENT
        and rolling.at <= other.at < entry.at
        for other in entries
    )
