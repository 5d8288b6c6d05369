"""Minimum and maximum by the clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from scale_workers.policy.clock import bounded, parse_span
from scale_workers.policy.model import Policy
from scale_workers.policy.service_policies import BadPolicy, service_policies

LONDON = ZoneInfo("Europe/London")
FRIDAY = datetime(2026, 7, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("span", "inside", "outside"),
    [
        ("08:00-18:00", ["03T08:00", "04T17:59"], ["03T07:59", "03T18:00"]),
        ("mon-fri@08:00-18:00", ["03T08:00", "06T09:00"], ["04T09:00", "05T09:00"]),
        ("sat,sun@00:00-24:00", ["04T00:00", "05T23:59"], ["03T23:59", "06T00:00"]),
        ("fri-mon@10:00-11:00", ["03T10:30", "06T10:30"], ["07T10:30"]),
        ("fri@22:00-06:00", ["03T22:00", "04T05:59"], ["04T06:00", "03T05:00", "04T22:00"]),
        ("1,28-31@00:00-24:00", ["01T12:00", "30T12:00"], ["02T12:00", "27T12:00"]),
    ],
)
def test_a_span_holds_on_its_days_and_hours(
    span: str, inside: list[str], outside: list[str]
) -> None:
    bound = parse_span(span)
    for text, held in [(one, True) for one in inside] + [(one, False) for one in outside]:
        assert bound.holds(datetime.fromisoformat(f"2026-07-{text}")) is held, text


def policy_at(text: str, at: datetime, default: Policy | None = None) -> Policy:
    found = service_policies(f"bulk: {text}", default or Policy(), ("bulk",))["bulk"]
    return bounded(found.policy, found.by_clock, at, LONDON)


def test_the_clock_is_the_team_s_in_summer_too() -> None:
    text = "mon-fri@08:00-18:00.min=4"
    summer = FRIDAY.replace(hour=7)
    assert policy_at(text, summer).min_tasks == 4
    assert policy_at(text, summer - timedelta(minutes=1)).min_tasks == 1
    winter = datetime(2026, 1, 2, 8, tzinfo=UTC)
    assert policy_at(text, winter).min_tasks == 4
    assert policy_at(text, winter - timedelta(minutes=1)).min_tasks == 1
    assert policy_at(text, winter).bounds_because == "mon-fri@08:00-18:00"


def test_the_last_one_that_holds_counts_and_a_bound_that_is_crossed_gives_way() -> None:
    text = "min=2 max=6 00:00-24:00.min=3 fri@00:00-24:00.min=8 fri@00:00-12:00.max=1"
    morning = policy_at(text, FRIDAY.replace(hour=9))
    assert (morning.min_tasks, morning.max_tasks) == (1, 1)
    evening = policy_at(text, FRIDAY.replace(hour=20))
    assert (evening.min_tasks, evening.max_tasks) == (8, 8)


@pytest.mark.parametrize(
    "text",
    [
        "08:00-18:00=4",
        "8-18.min=4",
        "xyz@08:00-18:00.min=4",
        "mon-5@08:00-18:00.min=4",
        "0@08:00-18:00.min=4",
        "08:60-18:00.min=4",
        "24:00-08:00.min=4",
        "08:00-18:00.min=x",
    ],
)
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(BadPolicy) as refused:
        service_policies(f"bulk: {text}", Policy(), ("bulk",))
    assert refused.value.part == text
