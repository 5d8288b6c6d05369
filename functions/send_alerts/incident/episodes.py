"""The incidents that a key's transitions make: when each opened, when it ended, what is open of it.

A key may have several parts (a service's deployment, its tasks, its starts, its probe). An incident
lasts as long as one of them is open.
"""

from collections.abc import Sequence
from copy import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from send_alerts.incident.transitions import Transition, ends, rolls_back
from send_alerts.reading.notice import Part, Signal

NEAR = timedelta(minutes=1)
"""A line so soon before its incident or after it is part of it: events keep no order."""


class Episode(NamedTuple):
    """One incident: from its opening to its end, flaps included."""

    opened_at: datetime
    closed_at: datetime | None
    """None while it lasts."""
    last_at: datetime
    """When it last opened, was repeated or closed."""
    reopened: int = 0
    open_parts: frozenset[Part] = frozenset()
    no_data_since: datetime | None = None
    """Open, and its alarm has no data since then."""
    rolled_back_to: str = ""
    """The deployment that ECS has gone back to; the new version is not live."""


def episodes(entries: Sequence[Transition], flap_window: timedelta) -> tuple[Episode, ...]:
    """The incidents, oldest first; one that re-opens within the window is the same one."""
    found: list[Episode] = []
    for entry in entries:
        match entry.signal:
            case Signal.OPEN | Signal.ROLLING_BACK:
                if entry.was is Signal.RESOLVED and entry.since and _began(found, entry.since):
                    # The end of the incident before has not arrived (yet).
                    closed_at = max(entry.since, found[-1].last_at)
                    found[-1] = _closed(found[-1], found[-1].open_parts, closed_at)
                _open(found, entry.part, entry.at, flap_window)
            case Signal.RESOLVED if _lasts(found):
                found[-1] = _ended(found[-1], entry, entries)
            case Signal.NO_DATA if _lasts(found):
                found[-1] = replace(found[-1], no_data_since=entry.at)
            case _:
                pass
    return tuple(found)


def episode_at(found: Sequence[Episode], at: datetime) -> Episode | None:
    """The incident that a time falls into: the last one opened by then."""
    return next((episode for episode in reversed(found) if episode.opened_at <= at), None)


def _began(found: Sequence[Episode], by: datetime) -> bool:
    """Whether one had begun by then and is not over."""
    return _lasts(found) and found[-1].opened_at < by


def _lasts(found: Sequence[Episode]) -> bool:
    return bool(found) and found[-1].closed_at is None


def _open(found: list[Episode], part: Part, at: datetime, flap_window: timedelta) -> None:
    last = found[-1] if found else None
    parts = frozenset({part})
    if last is None or (last.closed_at and at - last.closed_at > flap_window):
        found.append(Episode(at, None, at, open_parts=parts))
    elif last.closed_at is None:
        found[-1] = replace(
            last, last_at=at, open_parts=last.open_parts | parts, no_data_since=None
        )
    else:
        found[-1] = replace(
            last, closed_at=None, last_at=at, reopened=last.reopened + 1, open_parts=parts
        )


def _ended(episode: Episode, entry: Transition, entries: Sequence[Transition]) -> Episode:
    if rolls_back(entry, entries):
        episode = replace(episode, rolled_back_to=entry.ref)
    return _closed(episode, ends(entry, entries), entry.at)


def _closed(episode: Episode, parts: frozenset[Part], at: datetime) -> Episode:
    left = episode.open_parts - parts
    if left:
        return replace(episode, open_parts=left, last_at=at)
    return replace(
        episode, open_parts=left, closed_at=at, last_at=at, no_data_since=None, rolled_back_to=""
    )


def covering(found: Sequence[Episode], at: datetime) -> Episode | None:
    """The incident that a line belongs to: it began by then or soon after, and was not over yet."""
    return next(
        (
            episode
            for episode in found
            if episode.opened_at - NEAR <= at
            and (episode.closed_at is None or at <= episode.closed_at + NEAR)
        ),
        None,
    )
