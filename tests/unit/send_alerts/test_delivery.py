"""One round of deliveries: what Slack's and the chart's failures leave for later, and what not."""

import pytest

from ops_common.ops_events import Severity
from send_alerts.channels.slack_failures import (
    AFTER_ANSWER,
    MaybeSent,
    MessageRefused,
    NotSent,
    SlackBroken,
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


def test_an_error_that_slack_answers_is_looked_into_at_once() -> None:
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
