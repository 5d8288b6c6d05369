"""Throttled asynchronous starts: how late they run, and when they are dropped."""

from local.asynchronous_starts import LONGEST_AGE_SECONDS, runs_at
from local.drills.throttled import late_ticks, max_event_age

HOUR = 3600


def test_with_room_a_start_runs_at_once() -> None:
    assert runs_at(100, 0) == 100


def test_the_waits_double_to_five_minutes() -> None:
    tries = [runs_at(0, room) for room in (1, 2, 4, 8, 16, 300, 600, 900)]
    assert tries == [1, 3, 7, 15, 31, 511, 811, 1111]


def test_a_start_is_dropped_when_it_is_too_old() -> None:
    assert runs_at(0, 7 * HOUR) is None
    assert runs_at(0, 5 * HOUR) is not None
    assert runs_at(0, 2 * HOUR, longest_age=60) is None


def test_the_template_drops_the_ticks_of_an_hour_without_room() -> None:
    """Without its setting all sixty would run when there is room, up to an hour and more late."""
    assert len(late_ticks(LONGEST_AGE_SECONDS)) == 60
    late = late_ticks(max_event_age())
    assert len(late) <= 1
    assert all(seconds <= 60 for seconds in late.values())
