"""An alarm's story by real events: contributors, families, mutes, deletion, auto scaling."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest

from ops_common.on_call.operator_action import Action, OperatorAction
from send_alerts.incident.episodes import Episode
from send_alerts.reading.parse import parse
from tests.unit.send_alerts.alert_world import STACK_INFO, AlertWorld

type Event = Callable[[str], Any]
HERE = "alarm:arn:aws:cloudwatch:eu-west-1:123456789012:alarm"
CPU, DOWN = f"{HERE}:jiki-api-web-cpu-high", f"{HERE}:jiki-api-down"
CHILD = "jiki-api-unhealthy-targets"


def clock(time: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-25T{time}").replace(tzinfo=UTC)


class Story(AlertWorld):
    """A world in which whole events arrive."""

    def arrives(self, event: Any, at: str = "") -> None:
        self.now = clock(at) if at else max(self.now, clock("13:00"))
        said = parse(json.dumps(event), self.now, STACK_INFO)
        assert isinstance(said, list)
        self.notify_until_done(*said)

    def wait_until(self, at: str) -> None:
        minutes = (clock(at) - clock("12:00")).total_seconds() / 60
        self.let_time_pass(minutes)

    def current(self, key: str) -> Episode:
        episode = self.incident(key).current
        assert episode is not None
        return episode


def alarm(event: Event, name: str, state: str, at: str) -> Any:
    """The metric alarm's event, as if of another alarm of the account."""
    given = event("alerts/alarm_metric")
    detail = given["detail"]
    detail["alarmName"] = name
    detail["state"] |= {"value": state, "timestamp": clock(at).isoformat()}
    detail["previousState"]["value"] = "OK" if state == "ALARM" else "ALARM"
    return {**given, "resources": [f"{HERE.removeprefix('alarm:')}:{name}"]}


def composite(event: Event, state: str, at: str) -> Any:
    given = event("alerts/alarm_composite")
    given["detail"]["alarmName"] = "jiki-api-down"
    given["detail"]["state"] |= {"value": state, "timestamp": clock(at).isoformat()}
    given["detail"]["previousState"]["value"] = "OK" if state == "ALARM" else "ALARM"
    return given


@pytest.mark.parametrize(
    ("opening", "one_is_well"),
    [
        ("alarm_metrics_insights", "alarm_contributor_ok"),
        ("sns_alarm_contributor", "sns_alarm_contributor_ok"),
    ],
)
def test_one_contributor_that_is_well_ends_nothing(
    event: Event, opening: str, one_is_well: str
) -> None:
    story = Story()
    story.arrives(event(f"alerts/{opening}"))
    story.arrives(event(f"alerts/{one_is_well}"))
    (key,) = story.items.incident_keys
    assert story.current(key).open
    (root,) = story.threads.roots
    assert len(story.threads.thread(root)) == 1
    assert len(story.topic.subjects) == 1


def test_the_last_contributor_that_is_well_ends_it(event: Event) -> None:
    story = Story()
    story.arrives(event("alerts/sns_alarm_contributor"))
    well = event("alerts/sns_alarm_contributor_ok")
    message = json.loads(well["Message"])
    message["NewStateReason"] = "0 out of 10 contributors evaluated to ALARM"
    story.arrives({**well, "Message": json.dumps(message)})
    (key,) = story.items.incident_keys
    assert not story.current(key).open


def of_series(event: Event, series: str, state: str, at: str) -> Any:
    """What SNS brings of one series of a Metrics Insights or PromQL alarm: nobody counts them."""
    file = "alerts/sns_alarm_contributor"
    given = event(file if state == "ALARM" else f"{file}_ok")
    message = json.loads(given["Message"])
    message |= {
        "NewStateReason": "Threshold Crossed: 1 datapoint was greater than the threshold (0.0).",
        "StateChangeTime": clock(at).isoformat(),
        "AlarmContributorId": series,
        "AlarmContributorAttributes": {"FunctionName": series},
    }
    return {**given, "MessageId": f"{series}-{at}", "Message": json.dumps(message)}


def test_series_that_nobody_counts_end_their_alarm_with_the_last_of_them(event: Event) -> None:
    story = Story()
    for series, state, at in (
        ("a", "ALARM", "12:00"),
        ("b", "ALARM", "12:01"),
        ("a", "OK", "12:05"),
    ):
        story.arrives(of_series(event, series, state, at))
    (key,) = story.items.incident_keys
    assert story.current(key).open
    story.arrives(of_series(event, "b", "OK", "12:09"))
    assert story.current(key).closed_at == clock("12:09")
    (root,) = story.threads.roots
    assert len(story.threads.thread(root)) == 3
    story.wait_until("14:00")
    assert len(story.topic.subjects) == 2


def test_series_arrive_in_any_order(event: Event) -> None:
    turns = [("a", "ALARM", "12:00"), ("b", "ALARM", "12:01"), ("a", "OK", "12:05")]
    turns.append(("b", "OK", "12:09"))
    for order in permutations(turns):
        story = Story()
        for turn in (*order, *order[:2]):
            story.arrives(of_series(event, *turn))
        (key,) = story.items.incident_keys
        assert story.current(key).closed_at == clock("12:09")
        assert len(story.threads.roots) == 1


def test_a_series_that_comes_back_after_a_person_has_closed_it_ends_with_its_own_ok(
    event: Event,
) -> None:
    story = Story()
    story.arrives(of_series(event, "a", "ALARM", "12:00"), at="12:00")
    (key,) = story.items.incident_keys
    story.act(OperatorAction(Action.CLOSE, "ana", "terminal", clock("12:05"), incident=key))
    story.arrives(of_series(event, "b", "ALARM", "13:00"), at="13:00")
    story.arrives(of_series(event, "b", "OK", "13:05"), at="13:05")
    assert not story.current(key).open


def promql(event: Event, state: str, at: str) -> Any:
    """An alarm on a query, whose events bring neither reason nor metrics."""
    given = alarm(event, "checkout-p99", state, at)
    given["detail"]["state"].pop("reason")
    given["detail"]["state"].pop("reasonData", None)
    criteria = {"promQLCriteria": {"query": "rate(errors[5m]) > 0.1", "pendingPeriod": 300}}
    given["detail"]["configuration"] = {"evaluationCriteria": criteria}
    return given


def test_an_alarm_on_a_query_says_the_query(event: Event) -> None:
    story = Story()
    story.arrives(promql(event, "ALARM", "12:00"))
    story.arrives(promql(event, "OK", "12:10"))
    (root,) = story.threads.roots
    assert "rate(errors[5m]) &gt; 0.1 has results" in json.dumps(root.content)
    assert "rate(errors[5m]) &gt; 0.1 has no results" in story.threads.thread(root)[-1]


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
    assert story.current(CPU).open
    assert len(story.topic.subjects) == 1


def test_a_deleted_alarm_ends_its_incident_and_says_so(event: Event) -> None:
    story = Story()
    story.arrives(event("alerts/alarm_metric"))
    story.arrives(event("alerts/alarm_deleted"))
    assert not story.current(CPU).open
    (root,) = story.threads.roots
    assert "deleted" in story.threads.thread(root)[-1]


def test_what_is_deleted_while_it_is_well_is_told_to_nobody(event: Event) -> None:
    story = Story()
    story.arrives(event("alerts/alarm_deleted"))
    assert not story.threads.messages
    assert not story.topic.published


def test_an_alarm_that_was_changed_is_remembered(event: Event) -> None:
    story = Story()
    story.arrives(event("alerts/alarm_changed"))
    assert not story.threads.messages
    assert len(story.memory.changes) == 1


def test_a_muted_alarm_is_announced_when_the_mute_ends_if_it_lasts(event: Event) -> None:
    story = Story()
    story.arrives(event("alerts/alarm_muted"), "04:13")
    assert not story.threads.messages
    story.wait_until("05:59")
    assert not story.threads.messages
    story.wait_until("06:02")
    assert len(story.threads.roots) == len(story.topic.subjects) == 1


def test_a_muted_alarm_that_is_well_before_the_mute_ends_is_told_to_nobody(event: Event) -> None:
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


def test_auto_scaling_s_own_alarms_are_nobody_s_business(event: Event) -> None:
    story = Story()
    story.arrives(event("alerts/alarm_of_auto_scaling"))
    assert not story.items.incident_keys


def test_a_child_of_an_open_composite_is_a_line_of_it(event: Event) -> None:
    story = Story()
    story.arrives(composite(event, "ALARM", "13:00"), "13:00")
    story.arrives(alarm(event, CHILD, "ALARM", "13:01"), "13:01")
    story.arrives(alarm(event, CHILD, "OK", "13:05"), "13:05")
    (root,) = story.threads.roots
    assert [CHILD in line for line in story.threads.thread(root)] == [True, True]
    assert len(story.topic.subjects) == 1
    assert story.current(DOWN).open


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
