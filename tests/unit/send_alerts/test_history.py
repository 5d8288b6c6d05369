"""What a key's transitions say by themselves: which are known, and which incidents they are."""

from datetime import timedelta

import pytest

from send_alerts.incident.episodes import Episode, episode_at, episodes
from send_alerts.incident.history import KEPT, History
from send_alerts.incident.history import to_notify as worth
from send_alerts.incident.transitions import Transition
from send_alerts.reading.notice import Signal
from tests.unit.send_alerts.alert_world import alarm, minute, notice, ok

WINDOW = timedelta(minutes=10)
OPEN, OVER, NO_DATA, NOTE = Signal.OPEN, Signal.RESOLVED, Signal.NO_DATA, Signal.NOTE
LINE = Signal.CONTRIBUTOR


def entry(
    signal: Signal, at: float, was: Signal | None = None, since: float | None = None
) -> Transition:
    return Transition(minute(at), signal, was, None if since is None else minute(since))


def episode(opened: float, closed: float | None, last: float, reopened: int = 0) -> Episode:
    over = None if closed is None else minute(closed)
    return Episode(minute(opened), over, minute(last), reopened)


def flapping(first: int, count: int) -> History:
    """An incident that opens, closes, opens … once a minute."""
    history = History()
    for at in range(first, first + count):
        event = alarm(at) if (at - first) % 2 == 0 else ok(at)
        history = history.with_transition(event)
    return history


@pytest.mark.parametrize(
    ("entries", "found"),
    [
        ([], []),
        ([entry(OPEN, 0)], [episode(0, None, 0)]),
        ([entry(OPEN, 0), entry(OPEN, 4)], [episode(0, None, 4)]),
        ([entry(OPEN, 0), entry(OVER, 4)], [episode(0, 4, 4)]),
        # It comes back: within the window, just at its end, and after it.
        ([entry(OPEN, 0), entry(OVER, 4), entry(OPEN, 9)], [episode(0, None, 9, 1)]),
        ([entry(OPEN, 0), entry(OVER, 4), entry(OPEN, 14)], [episode(0, None, 14, 1)]),
        (
            [entry(OPEN, 0), entry(OVER, 4), entry(OPEN, 14.1)],
            [episode(0, 4, 4), episode(14.1, None, 14.1)],
        ),
        (
            [entry(OPEN, 0), entry(OVER, 1), entry(OPEN, 2), entry(OVER, 3), entry(OPEN, 4)],
            [episode(0, None, 4, 2)],
        ),
        # An end that ends nothing, or ends it twice.
        ([entry(OVER, 4)], []),
        ([entry(OPEN, 0), entry(OVER, 4), entry(OVER, 6)], [episode(0, 4, 4)]),
        # Neither missing data nor a note is an end.
        ([entry(OPEN, 0), entry(NO_DATA, 2), entry(NOTE, 3)], [episode(0, None, 0)]),
        # An end whose opening has not arrived ends nothing, whatever it says of the state before.
        ([entry(OVER, 4, was=OPEN, since=1)], []),
        ([entry(OPEN, 0), entry(OVER, 2), entry(OVER, 30, was=OPEN, since=25)], [episode(0, 2, 2)]),
        # The end before it has not arrived, but the opening says when it was.
        (
            [entry(OPEN, 0), entry(OPEN, 30, was=OVER, since=5)],
            [episode(0, 5, 5), episode(30, None, 30)],
        ),
        ([entry(OPEN, 0), entry(OPEN, 12, was=OVER, since=5)], [episode(0, None, 12, 1)]),
        ([entry(OPEN, 0), entry(OPEN, 30, was=OVER)], [episode(0, None, 30)]),
        ([entry(OPEN, 0), entry(OPEN, 30, was=NO_DATA, since=5)], [episode(0, None, 30)]),
        # That end can't be before what is known to have been open.
        (
            [entry(OPEN, 0), entry(OPEN, 8), entry(OPEN, 30, was=OVER, since=5)],
            [episode(0, 8, 8), episode(30, None, 30)],
        ),
        ([entry(OPEN, 30, was=OVER, since=5)], [episode(30, None, 30)]),
    ],
)
def test_transitions_make_incidents(entries: list[Transition], found: list[Episode]) -> None:
    plain = [
        one._replace(open_parts=frozenset(), no_data_since=None)
        for one in episodes(entries, WINDOW)
    ]
    assert plain == found


def test_a_time_falls_into_the_last_incident_opened_by_then() -> None:
    found = [episode(0, 5, 5), episode(30, None, 30)]
    assert episode_at(found, minute(-1)) is None
    assert episode_at(found, minute(0)) == found[0]
    assert episode_at(found, minute(29)) == found[0]
    assert episode_at(found, minute(30)) == found[1]
    assert episode_at(found, minute(99)) == found[1]


@pytest.mark.parametrize(
    ("entries", "notified"),
    [
        ([entry(OPEN, 0), entry(OPEN, 1)], [0, 1]),
        ([entry(OPEN, 0), entry(OVER, 1), entry(OVER, 2)], [0, 1]),
        # An alarm that settles, from no data or as it is created, is no news.
        ([entry(OVER, 0), entry(OVER, 1, was=NO_DATA)], []),
        ([entry(OVER, 0, was=OPEN)], []),
        ([entry(NO_DATA, 0)], []),
        ([entry(NO_DATA, 0, was=OPEN)], [0]),
        ([entry(NO_DATA, 0, was=OVER)], [0]),
        ([entry(OPEN, 0), entry(NO_DATA, 1), entry(OVER, 2)], [0, 1, 2]),
        ([entry(OPEN, 0), entry(OVER, 1), entry(NO_DATA, 2)], [0, 1]),
        ([entry(NOTE, 0)], [0]),
        # A line waits for its alarm, and is part of it from shortly before to shortly after.
        ([entry(LINE, 0)], []),
        ([entry(LINE, 0), entry(OPEN, 0.5), entry(OVER, 3), entry(LINE, 3.5)], [0, 1, 2, 3]),
        ([entry(LINE, 0), entry(OPEN, 5), entry(OVER, 6), entry(LINE, 9)], [1, 2]),
        ([entry(OVER, 0), entry(NOTE, 1), entry(OVER, 2)], [1]),
    ],
)
def test_only_news_is_sent(entries: list[Transition], notified: list[int]) -> None:
    assert worth(entries, episodes(entries, WINDOW)) == [entries[index] for index in notified]


def test_transitions_lie_in_the_order_of_their_own_time() -> None:
    history = History()
    for event in (alarm(5), ok(0), alarm(2)):
        history = history.with_transition(event)
    assert [one.at for one in history.entries] == [minute(0), minute(2), minute(5)]
    assert history.forgotten_until is None


def test_of_two_at_one_time_the_end_comes_last() -> None:
    for events in ((alarm(0), ok(0)), (ok(0), alarm(0))):
        history = History()
        for event in events:
            history = history.with_transition(event)
        assert [one.signal for one in history.entries] == [OPEN, OVER]


def test_a_transition_keeps_what_its_event_said() -> None:
    event = alarm(3, since=minute(1))
    (kept,) = History().with_transition(event).entries
    assert kept == Transition(minute(3), OPEN, OVER, minute(1), notified=False)


def test_a_transition_is_known_by_its_time_and_kind() -> None:
    history = History().with_transition(alarm(5))
    assert history.knows(alarm(5))
    assert history.knows(alarm(5, title="another"))
    assert not history.knows(ok(5))
    assert not history.knows(alarm(6))


def test_a_full_history_forgets_its_oldest_and_counts_what_is_as_old_as_seen() -> None:
    # GIVEN an incident of long ago and another that flaps, as many as are kept
    history = History()
    for event in (alarm(-90), ok(-80)):
        history = history.with_transition(event)
    for one in flapping(0, KEPT - 2).entries:
        history = history.with_transition(notice(one.signal, 0, occurred_at=one.at))
    assert len(history.entries) == KEPT
    assert history.forgotten_until is None
    # WHEN one more comes
    fuller = history.with_transition(alarm(KEPT))
    # THEN the oldest two are gone, and nothing else
    assert fuller.entries[:-1] == history.entries[2:]
    assert fuller.forgotten_until == minute(-80)
    assert fuller.knows(alarm(-80))
    assert fuller.knows(notice(NOTE, -85))
    assert not fuller.knows(alarm(-79))


def test_the_opening_of_the_incident_at_hand_is_not_forgotten() -> None:
    history = flapping(0, KEPT)
    fuller = history.with_transition(alarm(KEPT))
    assert fuller.entries[0] == history.entries[0]
    assert fuller.entries[1:-1] == history.entries[3:]
    assert fuller.forgotten_until == minute(2)
    # The first ones are still the same incident, by its opening.
    (found,) = episodes(fuller.entries, WINDOW)
    assert found.opened_at == minute(0)


def test_what_was_notified_of_is_marked() -> None:
    # An end is news when its opening is known, an end and its opening then.
    history, news = History().after(ok(5))
    assert news == []
    assert [one.notified for one in history.entries] == [False]
    history, news = history.after(alarm(0))
    assert [one.at for one in news] == [minute(0), minute(5)]
    assert [one.notified for one in history.entries] == [True, True]
    history, news = history.after(ok(30))
    assert news == []
    assert [one.notified for one in history.entries] == [True, True, False]


def test_what_is_known_is_no_news() -> None:
    history, _ = History().after(alarm(0))
    again, news = history.after(alarm(0))
    assert again is history
    assert news == []
