"""What an incident key went through, kept so that the order of arrival doesn't matter.

Events come at least once and in any order. So the state is not stepped from event to event: every
transition is put into a set, sorted by the time that the event itself carries, and the state is
read off the sorted set. The same events give the same state, whatever their order and repeats.
"""

from collections.abc import Mapping, Sequence
from copy import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Self

from send_alerts.reading.notice import Notice, Signal

KEPT = 60
"""Transitions remembered per key: days of flapping, in an item of a few kilobytes."""


class Transition(NamedTuple):
    """One change of state."""

    at: datetime
    signal: Signal
    was: Signal | None
    """The state before it, where the event said so."""
    since: datetime | None
    notified: bool = False


class Episode(NamedTuple):
    """One incident: from its opening to its end, flaps included."""

    opened_at: datetime
    closed_at: datetime | None
    last_at: datetime
    """When it last opened, was repeated or closed."""
    reopened: int = 0

    @property
    def open(self) -> bool:
        """Whether it lasts."""
        return self.closed_at is None

    def reopen(self, at: datetime) -> "Episode":
        """The same incident, in alarm again."""
        return replace(self, closed_at=None, last_at=at, reopened=self.reopened + 1)

    def close(self, at: datetime) -> "Episode":
        """The same incident, over."""
        return replace(self, closed_at=at, last_at=at)


class History(NamedTuple):
    """The transitions of one key, sorted by their own time."""

    entries: tuple[Transition, ...] = ()
    forgotten_until: datetime | None = None
    """Up to here transitions were dropped; what is as old counts as seen."""

    def knows(self, notice: Notice) -> bool:
        """Whether this transition was seen, or is older than what is remembered."""
        at = notice.occurred_at
        if self.forgotten_until and at <= self.forgotten_until:
            return True
        return any(entry.at == at and entry.signal is notice.signal for entry in self.entries)

    def with_transition(self, notice: Notice, flap_window: timedelta) -> "History":
        """One more transition in its place; when full, the oldest are forgotten."""
        new = Transition(notice.occurred_at, notice.signal, notice.was, notice.since)
        # Of two at the same time the end comes last, or the incident would stay open for ever.
        entries = tuple(
            sorted(
                (*self.entries, new), key=lambda entry: (entry.at, entry.signal is Signal.RESOLVED)
            )
        )
        if len(entries) <= KEPT:
            return replace(self, entries=entries)
        found = episodes(entries, flap_window)
        # The opening of the incident at hand is kept: its thread is found by it.
        first = 1 if found and found[-1].opened_at == entries[0].at else 0
        dropped = entries[first : first + 2]
        forgotten = max(entry.at for entry in dropped)
        return History(entries[:first] + entries[first + 2 :], forgotten)

    def mark_notified(self, notified: Sequence[Transition]) -> "History":
        """The same, with these transitions marked as told."""
        return replace(
            self,
            entries=tuple(
                replace(entry, notified=True) if entry in notified else entry
                for entry in self.entries
            ),
        )

    def as_json(self) -> dict[str, Any]:
        """Short rows; there are up to KEPT of them in an item."""
        return {
            "forgotten_until": self.forgotten_until and self.forgotten_until.isoformat(),
            "entries": [
                [
                    entry.at.isoformat(),
                    entry.signal,
                    entry.was,
                    entry.since and entry.since.isoformat(),
                    entry.notified,
                ]
                for entry in self.entries
            ],
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """What `as_json` made."""
        forgotten = values["forgotten_until"]
        return cls(
            entries=tuple(
                Transition(
                    datetime.fromisoformat(at),
                    Signal(signal),
                    Signal(was) if was else None,
                    datetime.fromisoformat(since) if since else None,
                    notified,
                )
                for at, signal, was, since, notified in values["entries"]
            ),
            forgotten_until=datetime.fromisoformat(forgotten) if forgotten else None,
        )


def episodes(entries: Sequence[Transition], flap_window: timedelta) -> list[Episode]:
    """The incidents, oldest first; one that re-opens within the window is the same one."""
    found: list[Episode] = []
    for entry in entries:
        if entry.signal is Signal.OPEN:
            if entry.was is Signal.RESOLVED and entry.since and found and found[-1].open:
                # The end of the incident before has not arrived (yet).
                found[-1] = found[-1].close(max(entry.since, found[-1].last_at))
            _open(found, entry.at, flap_window)
        elif entry.signal is Signal.RESOLVED:
            if entry.was is Signal.OPEN and not (found and found[-1].open):
                # Its opening has not arrived (yet).
                _open(found, entry.since or entry.at, flap_window)
            if found and found[-1].open:
                found[-1] = found[-1].close(entry.at)
    return found


def _open(found: list[Episode], at: datetime, flap_window: timedelta) -> None:
    last = found[-1] if found else None
    if last is None or (last.closed_at and at - last.closed_at > flap_window):
        found.append(Episode(at, None, at))
    elif last.open:
        found[-1] = replace(last, last_at=at)
    else:
        found[-1] = last.reopen(at)


def episode_at(found: Sequence[Episode], at: datetime) -> Episode | None:
    """The incident that a time falls into: the last one opened by then."""
    return next((episode for episode in reversed(found) if episode.opened_at <= at), None)


def to_notify(entries: Sequence[Transition]) -> list[Transition]:
    """The transitions that people should hear of, told or not.

    An alarm that settles (to OK from no data, or as it is created) is none.
    """
    worth = []
    lasting = False
    for entry in entries:
        match entry.signal:
            case Signal.OPEN:
                lasting = True
                worth.append(entry)
            case Signal.RESOLVED:
                if lasting or entry.was is Signal.OPEN:
                    worth.append(entry)
                lasting = False
            case Signal.NO_DATA:
                if lasting or entry.was in (Signal.OPEN, Signal.RESOLVED):
                    worth.append(entry)
            case _:
                worth.append(entry)
    return worth
