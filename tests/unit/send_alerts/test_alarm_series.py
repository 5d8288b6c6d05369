"""Alarms over several series: contributors, by EventBridge and by SNS, and queries."""

import json
from itertools import permutations
from typing import Any

import pytest

from ops_common.on_call.operator_action import Action, OperatorAction
from tests.unit.send_alerts.alarm_events import (
    Event,
    Story,
    alarm,
    clock,
)
from tests.unit.send_alerts.parsing import parsed


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
    assert story.current(key).closed_at is None
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
    assert story.current(key).closed_at


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
    assert story.current(key).closed_at is None
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
    assert story.current(key).closed_at


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


def test_an_alarm_on_a_query_says_it_by_sns_too(event: Event) -> None:
    given = event("alerts/sns_alarm_metric")
    message = json.loads(given["Message"])
    criteria = {"PromQLCriteria": {"Query": "rate(errors[5m]) > 0.1", "PendingPeriod": 300}}
    message |= {"NewStateReason": "", "Trigger": None, "EvaluationCriteria": criteria}
    (found,) = parsed({**given, "Message": json.dumps(message)})
    assert found.text == "rate(errors[5m]) > 0.1 has results"
