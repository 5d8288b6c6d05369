"""An outbox worked through: what Slack's and the chart's failures leave for later, and what not."""

from datetime import timedelta

import pytest

from ops_common.ops_events import Severity
from send_alerts.channels.slack_failures import (
    AFTER_ANSWER,
    MaybeSent,
    MessageGone,
    MessageRefused,
    NotSent,
    SlackBroken,
    ThreadClosed,
)
from send_alerts.ports import TryLater
from send_alerts.reading.notice import Signal
from tests.unit.send_alerts.alert_world import AlertWorld, alarm, notice, ok


def test_what_is_good_to_know_goes_to_slack_alone_and_by_sns_where_slack_is_broken() -> None:
    good_news = notice(Signal.NOTE, 0, severity=Severity.INFO, title="All is well")
    healthy, broken = AlertWorld(), AlertWorld()
    healthy.notify(good_news)
    broken.threads.failures = [SlackBroken("token_revoked")]
    broken.notify(good_news)
    assert healthy.topic.subjects == []
    assert broken.topic.subjects == ["[INFO] All is well", "[CRITICAL] Slack refuses the alerts"]


def test_a_broken_slack_repeats_nothing_that_sns_has() -> None:
    world = AlertWorld()
    world.threads.failures = [SlackBroken("is_archived")] * 2
    world.notify(alarm(0))
    world.notify(ok(5))
    world.let_time_pass(until=15)
    assert world.topic.subjects == [
        "[CRITICAL] web-5xx",
        "[CRITICAL] Slack refuses the alerts",
        "[RESOLVED] web-5xx",
    ]


def test_a_wait_that_fits_into_the_invocation_is_waited_for() -> None:
    world = AlertWorld()
    world.threads.failures = [NotSent("limit", 5)]
    world.notify(alarm(0))
    assert world.waited == [5]
    assert len(world.threads.messages) == 1


def test_an_error_that_slack_answers_is_checked_at_once() -> None:
    world = AlertWorld()
    world.seconds_left = 30
    world.threads.failures = [MaybeSent("500", AFTER_ANSWER)] * 2
    world.notify(alarm(0))
    assert world.waited == [2, 2]
    assert len(world.threads.messages) == 1


def test_a_longer_wait_goes_back_to_the_queue_with_its_length() -> None:
    world = AlertWorld()
    world.threads.failures = [NotSent("limit", 240)]
    with pytest.raises(TryLater) as later:
        world.notify(alarm(0))
    assert later.value.seconds == 240
    assert world.waited == []


def test_a_refused_message_is_posted_without_its_blocks() -> None:
    world = AlertWorld()
    world.threads.failures = [MessageRefused("invalid_blocks")]
    world.notify(alarm(0))
    assert [shown.text for shown in world.threads.messages] == [":red_circle: *Critical: web-5xx*"]


def test_the_chart_hangs_below_the_head_and_comes_once() -> None:
    world = AlertWorld()
    widget = '{"metrics": []}'
    world.notify(alarm(0, widget=widget))
    world.notify(alarm(1, widget=widget))
    world.notify(ok(5))
    (root,) = world.threads.roots
    assert world.threads.pictures == [root.ts]


def test_a_chart_waits_for_nobody() -> None:
    world = AlertWorld()
    world.seconds_left = 15
    world.notify(alarm(0, widget='{"metrics": []}'))
    assert len(world.threads.messages) == 1
    assert world.threads.pictures == []


def test_slack_works_again_only_when_it_has_answered() -> None:
    # GIVEN a broken Slack, and an end for which no time is left to call it
    world = AlertWorld()
    world.threads.failures = [SlackBroken("token_revoked")]
    world.notify(alarm(0))
    world.seconds_left = 3
    with pytest.raises(TryLater):
        world.notify(ok(5))
    assert "[RESOLVED] Slack refuses the alerts" not in world.topic.subjects
    # WHEN it answers
    world.seconds_left = 60
    world.now += timedelta(minutes=3)
    world.notify(ok(5))
    # THEN it is said
    assert "[RESOLVED] Slack refuses the alerts" in world.topic.subjects


def test_a_line_that_lands_outside_its_deleted_thread_becomes_the_root_message() -> None:
    world = AlertWorld()
    world.notify(alarm(0))
    world.threads.deleted.add(world.threads.roots[0].ts)
    world.notify(ok(5))
    # The line was posted into the channel; an edit makes it say what it is about.
    _, line = world.threads.messages
    assert line.edits == [":large_green_circle: *Resolved: web-5xx*"]
    root = world.incident().root
    assert root is not None
    assert root.ts == line.ts
    # What comes next hangs below it.
    world.notify(alarm(9))
    assert world.threads.messages[-1].thread_ts == line.ts


@pytest.mark.parametrize("failure", [MessageGone("thread_not_found"), ThreadClosed("locked")])
def test_a_thread_that_takes_no_replies_gets_a_new_root_message(failure: Exception) -> None:
    world = AlertWorld()
    world.notify(alarm(0))
    world.threads.failures = [failure]
    world.notify(ok(5))
    assert [root.text for root in world.threads.roots] == [
        ":red_circle: *Critical: web-5xx*",
        ":large_green_circle: *Resolved: web-5xx*",
    ]


def test_a_root_message_that_is_gone_is_replaced_with_the_next_line() -> None:
    world = AlertWorld()
    world.notify(alarm(0))
    world.threads.failures = [None, MessageGone("message_not_found")]
    world.notify(alarm(1, was=Signal.OPEN, severity=Severity.WARNING))
    assert world.incident().root is None
    world.notify(ok(5))
    assert len(world.threads.roots) == 2
    # One that can't be edited any more still stands.
    world.threads.failures = [None, MessageGone("edit_window_closed")]
    world.notify(alarm(9))
    assert world.incident().root is not None


def test_a_follow_up_that_is_long_overdue_is_made_again() -> None:
    world = AlertWorld()
    world.notify(alarm(0), at=0)
    (first,) = world.schedules.waiting.values()
    # GIVEN a schedule whose message was lost
    world.schedules.waiting.clear()
    world.notify(alarm(1, was=Signal.OPEN), at=200)
    assert not world.schedules.waiting
    # WHEN another event comes after its time
    world.notify(alarm(2, was=Signal.OPEN), at=4 * 60 + 6)
    # THEN there is a new one
    ((at, payload),) = world.schedules.waiting.values()
    assert at == world.now
    assert payload["detail"]["number"] > first[1]["detail"]["number"]


def test_a_schedule_that_can_t_be_made_is_tried_again_and_holds_nothing_up() -> None:
    world = AlertWorld()
    world.schedules.broken = True
    with pytest.raises(TryLater):
        world.notify(alarm(0))
    assert len(world.threads.messages) == len(world.topic.subjects) == 1
    world.schedules.broken = False
    world.notify(alarm(0))
    assert len(world.schedules.waiting) == 1
    assert len(world.threads.messages) == len(world.topic.subjects) == 1
