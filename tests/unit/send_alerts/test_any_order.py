"""Whatever the order, the repeats and the bad luck: the same state, everything told once."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from send_alerts.channels.slack_failures import AFTER_ANSWER, MaybeSent, NotSent
from send_alerts.incident.episodes import Episode
from send_alerts.incident.history import FLAP_WINDOW
from send_alerts.ports import TryLater
from send_alerts.reading.notice import Notice, Signal
from tests.unit.send_alerts.alert_fakes import ProcessDied
from tests.unit.send_alerts.alert_world import (
    NO_FLAPS,
    AlertWorld,
    minute,
    notice,
)


@st.composite
def timelines(draw: st.DrawFn) -> list[Notice]:
    """What a real alarm goes through: every event knows the state before it."""
    signals = draw(
        st.lists(st.sampled_from([Signal.OPEN, Signal.RESOLVED, Signal.NO_DATA]), min_size=1)
    )
    gaps = draw(
        st.lists(
            st.sampled_from([0.5, 3, 9, 30, 300]),
            min_size=len(signals) + 1,
            max_size=len(signals) + 1,
        )
    )
    was, since, at, events = Signal.RESOLVED, minute(-60), 0.0, []
    for signal, gap in zip(signals, gaps, strict=False):
        if signal is was:
            continue
        at += gap
        events.append(notice(signal, at, was=was, since=since))
        was, since = signal, minute(at)
    return events


@st.composite
def arrivals(draw: st.DrawFn) -> tuple[list[Notice], list[Notice]]:
    """A timeline, and how the queue delivers it: shuffled, some of it more than once."""
    timeline = draw(timelines())
    repeats = draw(st.lists(st.sampled_from(timeline), max_size=5)) if timeline else []
    return timeline, draw(st.permutations(timeline + repeats))


def played(events: list[Notice], flap_window: timedelta = FLAP_WINDOW) -> AlertWorld:
    world = AlertWorld(flap_window=flap_window)
    world.now = minute(100_000)
    for event in events:
        world.notify_until_done(event)
    return world


def state(world: AlertWorld) -> tuple[tuple[Episode, ...], list[tuple[object, ...]]]:
    incident = world.incident()
    entries = [(entry.at, entry.signal) for entry in incident.history.entries]
    return incident.history.episodes, entries


@settings(deadline=None, max_examples=40)
@given(arrivals())
def test_the_final_state_does_not_depend_on_order_or_repeats(
    both: tuple[list[Notice], list[Notice]],
) -> None:
    timeline, arrived = both
    assert state(played(arrived)) == state(played(timeline))


@settings(deadline=None, max_examples=40)
@given(arrivals())
def test_the_newest_incident_is_shown_the_same_in_slack(
    both: tuple[list[Notice], list[Notice]],
) -> None:
    timeline, arrived = both
    one, other = played(timeline), played(arrived)
    if one.incident().root and other.incident().root:
        (shown, expected) = (world.incident().shown_episode for world in (other, one))
        assert (shown and bool(shown.closed_at)) == (expected and bool(expected.closed_at))


def to_notify(timeline: list[Notice]) -> set[str]:
    """All of it, but an end without a beginning: the alarm came from no data, and was OK before."""
    worth, lasting = set(), False
    for event in timeline:
        if event.signal is not Signal.RESOLVED or lasting:
            worth.add(identity(event))
        if event.signal is not Signal.NO_DATA:
            lasting = event.signal is Signal.OPEN
    return worth


def loud(timeline: list[Notice]) -> set[str]:
    """The changes between alarm and OK; those by way of no data may be told in the thread alone."""
    between = {Signal.OPEN, Signal.RESOLVED}
    return {identity(event) for event in timeline if {event.signal, event.was} == between}


def identity(event: Notice) -> str:
    return f"{event.key}@{event.occurred_at.isoformat()}/{event.signal}"


def in_slack(world: AlertWorld) -> list[str]:
    notified = [shown.delivery.removesuffix("/slack") for shown in world.threads.messages]
    return [delivery for delivery in notified if not delivery.endswith("/calm")]


def by_sns(world: AlertWorld) -> list[str]:
    return [delivery.removesuffix("/sns") for _, _, delivery in world.topic.published]


@settings(deadline=None, max_examples=40)
@given(arrivals())
def test_slack_gets_every_transition_once(
    both: tuple[list[Notice], list[Notice]],
) -> None:
    timeline, arrived = both
    notified = in_slack(played(arrived))
    assert sorted(notified) == sorted(set(notified))
    assert to_notify(timeline) <= set(notified) <= {identity(event) for event in timeline}


@settings(deadline=None, max_examples=40)
@given(arrivals())
def test_sns_gets_every_change_between_alarm_and_ok_once(
    both: tuple[list[Notice], list[Notice]],
) -> None:
    timeline, arrived = both
    notified = by_sns(played(arrived, NO_FLAPS))
    assert sorted(notified) == sorted(set(notified))
    assert loud(timeline) <= set(notified)


BAD_LUCK = st.sampled_from(
    [
        None,
        None,
        NotSent("limit", 1),
        NotSent("limit", 300),
        MaybeSent("500", AFTER_ANSWER),
        MaybeSent("timeout"),
    ]
)


@settings(deadline=None, max_examples=120)
@given(arrivals(), st.lists(BAD_LUCK, max_size=30), st.lists(st.integers(1, 12), max_size=6),
       st.booleans(), st.sampled_from([1, 10, 40]))  # fmt: skip
def test_crashes_and_slack_s_failures_lose_nothing_and_show_nothing_twice(
    both: tuple[list[Notice], list[Notice]],
    failures: list[Exception | None],
    crashes: list[int],
    landed: bool,
    pause_seconds: int,
) -> None:
    timeline, arrived = both
    # GIVEN a process that dies before some saves, and a Slack that fails, posted or not
    world = AlertWorld(flap_window=NO_FLAPS)
    world.now, world.seconds_left = minute(100_000), 30
    world.threads.failures = list(failures)
    world.threads.lands_although_failed = landed
    # WHEN the queue repeats each message until it is done, others in between
    waiting = list(arrived)
    while waiting:
        event = waiting.pop(0)
        if crashes:
            world.incidents.crash_at_save = world.incidents.saves + crashes.pop()
        try:
            world.notify(event)
        except (TryLater, ProcessDied):
            waiting.append(event)
        world.now += timedelta(seconds=pause_seconds)
    # THEN Slack shows everything once, SNS has heard of every change, and the state is the same
    notified = in_slack(world)
    assert sorted(notified) == sorted(set(notified))
    assert to_notify(timeline) <= set(notified) <= {identity(event) for event in timeline}
    assert loud(timeline) <= set(by_sns(world))
    assert state(world) == state(played(timeline, NO_FLAPS))
    assert not world.incident().outbox


def test_a_line_that_may_have_landed_is_searched_where_it_was_tried() -> None:
    world = AlertWorld(flap_window=NO_FLAPS)
    world.seconds_left = 30
    world.notify(notice(Signal.OPEN, 0), at=0)
    # GIVEN an end whose line landed in the thread, although Slack did not say so
    end = notice(Signal.RESOLVED, 5, since=minute(4))
    world.threads.failures, world.threads.lands_although_failed = [MaybeSent("timeout")], True
    with pytest.raises(TryLater):
        world.notify(end, at=5)
    # WHEN a late event shows that it ended another incident than the thread's
    world.notify_until_done(notice(Signal.OPEN, 4, since=minute(2)), at=6)
    world.notify_until_done(end)
    # THEN it is found in that thread, and the other incident has a message of its own
    assert in_slack(world).count(identity(end)) == 1
    assert len(world.threads.roots) == 2


def test_a_replay_of_everything_hours_later_does_nothing() -> None:
    events = [
        notice(Signal.OPEN, 0),
        notice(Signal.RESOLVED, 5, since=minute(0)),
        notice(Signal.OPEN, 60),
    ]
    world = played(events)
    before = (len(world.threads.messages), len(world.topic.published), world.incident())
    world.now += timedelta(hours=5)
    for event in events:
        world.notify(event)
    assert (len(world.threads.messages), len(world.topic.published), world.incident()) == before


def test_days_of_flapping_keep_one_thread_and_a_bounded_item() -> None:
    world = AlertWorld()
    for at in range(0, 200, 2):
        world.notify(notice(Signal.OPEN, at), at=at)
        world.notify(notice(Signal.RESOLVED, at + 1), at=at + 1)
    assert len(world.threads.roots) == 1
    assert len(world.incident().history.entries) <= 60
    before = len(world.threads.messages)
    for at in range(0, 200, 2):
        world.notify(notice(Signal.OPEN, at))
    assert len(world.threads.messages) == before
