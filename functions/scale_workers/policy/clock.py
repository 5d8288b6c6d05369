"""Minimum and maximum by the clock, as ScalingPolicies writes them. Pure.

`mon-fri@08:00-18:00.min=4`: from Monday to Friday, from eight to before six, at least four tasks.
Days are names or days of the month, single or as ranges, with commas; without days it is every
day. What ends after midnight (`22:00-06:00`) belongs to the day that it begins on.
"""

import re
from collections.abc import Iterable
from copy import replace
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from scale_workers.policy.model import Policy

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES = 24 * 60
_SPAN = re.compile(r"(?:([a-z0-9,-]+)@)?(\d\d):(\d\d)-(\d\d):(\d\d)")


class ClockBound(NamedTuple):
    """A minimum, a maximum or both, at certain times."""

    written: str
    """The span as a person wrote it."""
    weekdays: frozenset[int]
    """From 0, Monday."""
    month_days: frozenset[int]
    start: int
    """Minutes after midnight."""
    end: int
    """The same, not included; no later than `start` where it is tomorrow's."""
    minimum: int | None = None
    maximum: int | None = None

    def holds(self, local: datetime) -> bool:
        """Whether the time of the zone lies in the span."""
        minute = local.hour * 60 + local.minute
        if self.start < self.end:
            return self._begins_on(local) and self.start <= minute < self.end
        return (self._begins_on(local) and minute >= self.start) or (
            self._begins_on(local - timedelta(days=1)) and minute < self.end
        )

    def _begins_on(self, local: datetime) -> bool:
        if not (self.weekdays or self.month_days):
            return True
        return local.weekday() in self.weekdays or local.day in self.month_days


def parse_span(text: str) -> ClockBound:
    """A span without its bounds. Raises ValueError."""
    found = _SPAN.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is no span of time")
    days, *clock = found.groups()
    hours_from, minutes_from, hours_to, minutes_to = map(int, clock)
    start, end = hours_from * 60 + minutes_from, hours_to * 60 + minutes_to
    if max(minutes_from, minutes_to) > 59 or start >= MINUTES or end > MINUTES:
        raise ValueError(f"{text!r} is no span of time")
    weekdays, month_days = set[int](), set[int]()
    for part in days.split(",") if days else ():
        first, _, last = part.partition("-")
        last = last or first
        if first in WEEKDAYS and last in WEEKDAYS:
            begin, stop = WEEKDAYS.index(first), WEEKDAYS.index(last)
            weekdays |= {day % 7 for day in range(begin, stop + (1 if begin <= stop else 8))}
        elif first.isdigit() and last.isdigit() and 1 <= int(first) <= int(last) <= 31:
            month_days |= set(range(int(first), int(last) + 1))
        else:
            raise ValueError(f"{part!r} is no day")
    return ClockBound(text, frozenset(weekdays), frozenset(month_days), start, end)


def bounded(policy: Policy, bounds: Iterable[ClockBound], now: datetime, zone: tzinfo) -> Policy:
    """The policy with what the clock says now; of several the last one written counts.

    Where only one of the two is set and they cross, the other one gives way.
    """
    local = now.astimezone(zone)
    for bound in bounds:
        if not bound.holds(local):
            continue
        least = policy.min_tasks if bound.minimum is None else bound.minimum
        most = policy.max_tasks if bound.maximum is None else bound.maximum
        if bound.minimum is None:
            least = min(least, most)
        policy = replace(
            policy, min_tasks=least, max_tasks=max(least, most), bounds_because=bound.written
        )
    return policy
