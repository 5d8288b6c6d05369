"""An alarm's story by real events: families, mutes, deletion, auto scaling."""

import json

import pytest

from send_alerts.reading.notice import Signal
from tests.unit.send_alerts.alarm_events import (
    CHILD,
    CPU,
    DOWN,
    Event,
    Story,
    alarm,
    clock,
    composite,
)
from tests.unit.send_alerts.parsing import parsed


def test_a_composite_is_held_for_a_while_after_its_suppressor(event: Event) -> None:
    story = Story()
    down = composite(event, "ALARM", "12:00")
    down["detail"]["state"]["actionsSuppressedBy"] = "ExtensionPeriod"
    down["detail"]["configuration"] |= {
        "actionsSuppressor": "deploying",
        "actionsSuppressorExtensionPeriod": 180,
    }
    story.arrives(down, at="12:00")
    story.wait_until("12:02")
    assert story.threads.roots == []
    story.wait_until("12:04")
    assert len(story.threads.roots) == 1


def test_an_alarm_of_that_name_elsewhere_is_another_one(event: Event) -> None:
    story = Story()
    story.arrives(event("alerts/alarm_metric"))
    for account, region in (("210987654321", "eu-west-1"), ("123456789012", "us-east-1")):
        elsewhere = event("alerts/alarm_metric_ok")
        arn = f"arn:aws:cloudwatch:{region}:{account}:alarm:jiki-api-web-cpu-high"
        story.arrives({**elsewhere, "account": account, "region": region, "resources": [arn]})
    assert story.current(CPU).closed_at is None
    assert len(story.topic.subjects) == 1


def test_a_deleted_alarm_ends_its_incident_and_says_so(event: Event) -> None:
    story = Story()
    story.arrives(event("alerts/alarm_metric"))
    story.arrives(event("alerts/alarm_deleted"))
    assert story.current(CPU).closed_at
    (root,) = story.threads.roots
    assert "deleted" in story.threads.thread(root)[-1]


def test_what_is_deleted_while_it_is_well_is_sent_to_nobody(event: Event) -> None:
    story = Story()
    story.arrives(event("alerts/alarm_deleted"))
    assert not story.threads.messages
    assert not story.topic.published


def test_an_alarm_that_was_changed_is_remembered(event: Event) -> None:
    story = Story()
    story.arrives(event("alerts/alarm_changed"))
    assert not story.threads.messages
    assert len(story.background.changes) == 1


def test_a_muted_alarm_is_announced_when_the_mute_ends_if_it_lasts(event: Event) -> None:
    story = Story()
    story.arrives(event("alerts/alarm_muted"), "04:13")
    assert not story.threads.messages
    story.wait_until("05:59")
    assert not story.threads.messages
    story.wait_until("06:02")
    assert len(story.threads.roots) == len(story.topic.subjects) == 1


def test_a_muted_alarm_that_is_well_before_the_mute_ends_is_sent_to_nobody(event: Event) -> None:
    story = Story()
    story.arrives(event("alerts/alarm_muted"), "04:13")
    story.arrives(event("alerts/alarm_metric_ok"), "04:32")
    story.wait_until("12:00")
    assert not story.threads.messages
    assert not story.topic.published
    assert not story.schedules.waiting


def test_a_composite_waits_for_its_suppressor_and_is_announced_where_none_comes(
    event: Event,
) -> None:
    story = Story()
    story.arrives(event("alerts/alarm_suppressed_waiting"), "02:09")
    assert not story.threads.messages
    story.wait_until("02:13")
    assert len(story.threads.roots) == 1


def test_a_suppressed_composite_is_announced_when_an_event_says_that_it_is_no_more(
    event: Event,
) -> None:
    story = Story()
    story.arrives(event("alerts/alarm_suppressed"), "02:10")
    story.wait_until("03:00")
    assert not story.threads.messages
    free = event("alerts/alarm_suppressed")
    for field in ("actionsSuppressedBy", "actionsSuppressedReason"):
        free["detail"]["state"].pop(field)
    free["detail"]["state"]["timestamp"] = clock("03:00").isoformat()
    story.arrives(free, "03:00")
    assert len(story.threads.roots) == len(story.topic.subjects) == 1


def test_the_end_of_a_wait_and_the_event_that_says_so_are_one_announcement(event: Event) -> None:
    # GIVEN a composite that waits for its suppressor; it was well for days before
    story = Story()
    waiting = event("alerts/alarm_suppressed_waiting")
    story.arrives(waiting, "02:09")
    # WHEN the event comes that nothing suppresses it, as the wait is over
    for field in ("actionsSuppressedBy", "actionsSuppressedReason"):
        waiting["detail"]["state"].pop(field)
    waiting["detail"]["state"]["timestamp"] = clock("02:13").isoformat()
    story.now = clock("02:13")
    story.notify(*parsed(waiting))
    # THEN it is announced once, and has not flapped: it was not well in between
    assert len(story.topic.subjects) == len(story.threads.messages) == 1
    (key,) = [key for key in story.items.incident_keys if story.incident(key).history.lasts]
    episode = story.incident(key).history.current
    assert episode
    assert episode.reopened == 0


def test_auto_scaling_s_own_alarms_are_nobody_s_business(event: Event) -> None:
    story = Story()
    story.arrives(event("alerts/alarm_of_auto_scaling"))
    assert not story.items.incident_keys


@pytest.mark.parametrize("state", ["ALARM", "OK", "INSUFFICIENT_DATA"])
def test_that_auto_scaling_adds_tasks_is_remembered(event: Event, state: str) -> None:
    given = json.loads(json.dumps(event("alerts/alarm_of_auto_scaling")).replace("Low-", "High-"))
    given["detail"]["state"]["value"] = state
    assert [one.signal for one in parsed(given)] == [Signal.CHANGE] * (state == "ALARM")


def test_a_child_of_an_open_composite_is_a_line_of_it(event: Event) -> None:
    story = Story()
    story.arrives(composite(event, "ALARM", "13:00"), "13:00")
    story.arrives(alarm(event, CHILD, "ALARM", "13:01"), "13:01")
    story.arrives(alarm(event, CHILD, "OK", "13:05"), "13:05")
    (root,) = story.threads.roots
    assert [CHILD in line for line in story.threads.thread(root)] == [True, True]
    assert len(story.topic.subjects) == 1
    assert story.current(DOWN).closed_at is None


def test_a_child_waits_for_its_composite_and_is_announced_where_none_rings(event: Event) -> None:
    # GIVEN a family that is known from an earlier event
    story = Story()
    story.arrives(composite(event, "OK", "12:00"), "12:00")
    # WHEN a child rings, and the composite comes right after
    story.arrives(alarm(event, CHILD, "ALARM", "13:00"), "13:00")
    story.arrives(composite(event, "ALARM", "13:00:05"), "13:00:10")
    story.wait_until("13:10")
    # THEN the composite alone is announced
    assert story.topic.subjects == ["[CRITICAL] jiki-api-down"]
    assert len(story.threads.roots) == 1
    # WHEN all is well, and then the child rings by itself
    story.arrives(alarm(event, CHILD, "OK", "13:20"), "13:20")
    story.arrives(composite(event, "OK", "13:20:05"), "13:20:05")
    story.wait_until("13:31")
    story.arrives(alarm(event, CHILD, "ALARM", "15:00"), "15:00")
    assert len(story.topic.subjects) == 2
    story.wait_until("15:03")
    assert story.topic.subjects[-1] == f"[CRITICAL] {CHILD}"


def test_a_child_that_was_announced_first_joins_its_composite(event: Event) -> None:
    story = Story()
    story.arrives(alarm(event, CHILD, "ALARM", "13:00"), "13:00")
    story.arrives(composite(event, "ALARM", "13:00:05"), "13:00:05")
    child, root = story.threads.roots
    assert "composite" in story.threads.thread(child)[-1]
    story.arrives(alarm(event, CHILD, "OK", "13:05"), "13:05")
    assert CHILD in story.threads.thread(root)[-1]
    assert len(story.topic.subjects) == 2
