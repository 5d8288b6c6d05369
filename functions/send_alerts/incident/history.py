"""What an incident key went through, kept so that the order of arrival doesn't matter.

Events come at least once and in any order. So the state is not stepped from event to event: every
transition is put into a set, sorted by the time that the event itself carries, and the state is
read off the sorted set. The same events give the same state, whatever their order and repeats.
"""

from collections.abc import Sequence
from copy import replace
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Self

from send_alerts.incident.episodes import Episode, covering, episodes
from send_alerts.incident.transitions import Transition, ends
from send_alerts.reading.notice import OPENING, Notice, Part, Signal

KEPT = 60
"""Transitions remembered per key: days of flapping, in an item of a few kilobytes."""
FLAP_WINDOW = timedelta(minutes=10)
"""Re-opened so soon after its end, it is the same incident."""


ONCE = (Part.DEPLOYMENT, Part.PROBE)
"""Parts of a story whose events come once, unlike a failing task's."""
NEVER = datetime.min
LONGEST_LINE = 200


class Identity(NamedTuple):
    """Two events with the same one are one event."""

    at: datetime
    part: Part
    which: str


@dataclass(frozen=True)
class History:
    """The transitions of one key, sorted by their own time, and the incidents they make."""

    entries: tuple[Transition, ...] = ()
    forgotten_until: datetime | None = None
    """Up to here transitions were dropped; what is as old counts as seen."""
    flap_window: timedelta = FLAP_WINDOW
    episodes: tuple[Episode, ...] = ()
    """The incidents that the entries make, oldest first. `of` computes these, once a change."""
    current: Episode | None = None
    """The newest incident."""
    lasts: bool = False
    """Whether that one is not over yet."""

    @classmethod
    def of(
        cls,
        entries: tuple[Transition, ...],
        flap_window: timedelta,
        forgotten_until: datetime | None = None,
    ) -> Self:
        """These transitions, with the incidents that they make."""
        found = episodes(entries, flap_window)
        current = found[-1] if found else None
        lasts = current is not None and current.closed_at is None
        return cls(entries, forgotten_until, flap_window, found, current, lasts)

    def knows(self, notice: Notice) -> bool:
        """Whether this transition was seen, or is older than what is remembered."""
        at = notice.occurred_at
        if self.forgotten_until and at <= self.forgotten_until:
            return True
        wanted = _identity(at, notice.part, notice.ref, notice.signal)
        return any(
            _identity(entry.at, entry.part, entry.ref, entry.signal) == wanted
            for entry in self.entries
        )

    def after(self, notice: Notice) -> tuple["History", list[Transition]]:
        """With the notice's transition, and what people are to be notified of now, marked as such.

        Itself, and nothing, where the transition is known.
        """
        if self.knows(notice):
            return self, []
        history = self.with_transition(notice)
        known = to_notify(history.entries, history.episodes)
        news = [entry for entry in known if not entry.notified]
        entries = tuple(
            replace(entry, notified=True) if entry in news else entry for entry in history.entries
        )
        return replace(history, entries=entries), news

    def with_transition(self, notice: Notice) -> "History":
        """One more transition in its place; when full, the oldest are forgotten."""
        new = Transition(
            notice.occurred_at,
            notice.signal,
            notice.was,
            notice.since,
            part=notice.part,
            ref=notice.ref,
            label=notice.label or _line(notice),
        )
        # Of two at the same time the end comes last, or the incident would stay open for ever.
        entries = tuple(
            sorted(
                (*self.entries, new), key=lambda entry: (entry.at, entry.signal is Signal.RESOLVED)
            )
        )
        after = History.of(entries, self.flap_window, self.forgotten_until)
        if len(entries) <= KEPT:
            return after
        dropped = _oldest(after)
        kept = tuple(entry for entry in entries if entry not in dropped)
        return History.of(kept, self.flap_window, max(entry.at for entry in dropped))


def to_notify(entries: Sequence[Transition], found: Sequence[Episode]) -> list[Transition]:
    """The transitions to notify people of, whether that was done or not.

    The end of what was not open is none: an alarm that settles (to OK from no data, or as it is
    created), and one whose opening has not arrived. When it does, both are. So is a line of an
    incident that has not opened.
    """
    news = []
    lasting: set[Part] = set()
    for entry in entries:
        match entry.signal:
            case signal if signal in OPENING:
                lasting.add(entry.part)
                news.append(entry)
            case Signal.RESOLVED:
                ended = ends(entry, entries) & lasting
                if ended or entry.part in lasting:
                    news.append(entry)
                lasting -= ended
            case Signal.NO_DATA:
                if lasting or entry.was in (Signal.OPEN, Signal.RESOLVED):
                    news.append(entry)
            case Signal.CONTRIBUTOR if covering(found, entry.at) is None:
                pass
            case _:
                news.append(entry)
    return news


def _oldest(history: History) -> Sequence[Transition]:
    """The two to forget: an opening and its end, or two repeats, never what the present rests on.

    The opening of the incident at hand is kept, for its thread is found by it; and while a story
    lasts what its deployment and its verdict went through, for nothing repeats that.
    """
    current = history.current
    free = [
        entry
        for entry in history.entries
        if current is None
        or entry.at < current.opened_at
        or not (entry.at == current.opened_at or (history.lasts and entry.part in ONCE))
    ]
    return free[:2] if len(free) > 1 else history.entries[:2]


def _line(notice: Notice) -> str:
    return notice.text[:LONGEST_LINE] if notice.signal is Signal.CONTRIBUTOR else ""


def _identity(at: datetime, part: Part, ref: str, signal: Signal) -> Identity:
    # A note that bears a name is sent once for it, whenever it comes again.
    if signal is Signal.NOTE and ref:
        return Identity(NEVER, part, ref)
    # The same contributor comes by SNS as an opening and by EventBridge as a contributor.
    return Identity(at, part, ref or signal)
