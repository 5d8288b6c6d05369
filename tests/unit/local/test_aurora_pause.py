"""What keeps a cluster awake, and what that costs a month; the scaler's rule beside others."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local import aurora_pause
from local.aurora_pause import HOUR, MINUTE, Points, Visit, every, play
from scale_workers.activity import ClusterActivity, newly_used

MIDNIGHT = datetime(2026, 11, 28, tzinfo=UTC)
CANARY, VISITOR = every(15 * MINUTE), every(HOUR)
ALWAYS_AWAKE = 43.80


class CloudWatch:
    """GetMetricStatistics of the model's points, by AWS's rounding of the start."""

    def __init__(self) -> None:
        self.points: Points = {}

    def get_metric_statistics(self, **asked: Any) -> Mapping[str, Any]:
        start = asked["StartTime"].replace(second=0, microsecond=0)
        shown = ((MIDNIGHT + timedelta(seconds=at), value) for at, value in self.points.items())
        return {
            "Datapoints": [
                {"Timestamp": at, "Maximum": value, "Unit": "Count"}
                for at, value in shown
                if start <= at < asked["EndTime"]
            ]
        }


def within_ten_minutes(now: int, points: Points) -> bool:
    """The rule of before: measure while anyone was connected in the last ten minutes."""
    start = now - 10 * MINUTE
    start -= start % MINUTE
    return any(value > 0 for minute, value in points.items() if minute >= start)


def product() -> aurora_pause.Measures:
    """The scaler's own rule, with its own question to CloudWatch."""
    client: Any = CloudWatch()
    activity = ClusterActivity(lambda: client, "jiki")
    measured_at: datetime | None = None

    def measures(now: int, points: Points) -> bool:
        nonlocal measured_at
        client.points, at = points, MIDNIGHT + timedelta(seconds=now)
        if not newly_used(activity.connections(at), measured_at):
            return False
        measured_at = at
        return True

    return measures


def test_it_pauses_five_minutes_after_the_last_connection_and_is_charged_until_then() -> None:
    run = play([Visit(at=HOUR, held_seconds=10)])
    assert run.awake_seconds == 10 + 299
    assert play([]).awake_seconds == 0


def test_a_health_check_each_half_minute_keeps_it_awake_for_ever() -> None:
    assert play(every(30, held_seconds=1)).dollars_a_month == pytest.approx(ALWAYS_AWAKE, abs=0.01)


def test_what_visitors_and_a_canary_cost_by_themselves() -> None:
    assert play(CANARY).dollars_a_month == pytest.approx(32.07, abs=0.01)
    assert play(VISITOR).dollars_a_month == pytest.approx(8.02, abs=0.01)


def test_measuring_for_ten_minutes_after_any_connection_never_lets_it_sleep() -> None:
    assert play(CANARY, within_ten_minutes).dollars_a_month == pytest.approx(ALWAYS_AWAKE, abs=0.2)
    assert play(VISITOR, within_ten_minutes).dollars_a_month == pytest.approx(14.88, abs=0.05)


def test_the_metric_comes_two_minutes_late() -> None:
    first = play([Visit(at=0, held_seconds=1)], within_ten_minutes).measured_at[0]
    assert first == 3 * MINUTE + aurora_pause.TICK_SECOND


@pytest.mark.parametrize(("measuring_shows_in_metric", "dollars"), [(False, 9.00), (True, 8.27)])
def test_the_scaler_lets_it_sleep(measuring_shows_in_metric: bool, dollars: float) -> None:
    run = play(VISITOR, product(), measuring_shows_in_metric=measuring_shows_in_metric)
    assert run.dollars_a_month == pytest.approx(dollars, abs=0.01)
    for visit in VISITOR[:-1]:
        # A job that the visitor leaves at the very end is seen, for one measurement comes later.
        ended = visit.at + visit.held_seconds
        assert any(ended <= at < ended + 4 * MINUTE for at in run.measured_at)


@pytest.mark.parametrize(("measuring_shows_in_metric", "dollars"), [(False, 36.01), (True, 33.09)])
def test_beside_a_canary_it_sleeps_too(measuring_shows_in_metric: bool, dollars: float) -> None:
    run = play(CANARY, product(), measuring_shows_in_metric=measuring_shows_in_metric)
    assert run.dollars_a_month == pytest.approx(dollars, abs=0.01)
