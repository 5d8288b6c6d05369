"""The adapter of one-time schedules against moto, which keeps schedules and never starts one."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.moto_aws import SCHEDULE_GROUP, SCHEDULES, MotoAws
from ops_common.aws import client
from ops_common.one_time_schedules import EventBridgeSchedules, ScheduleSettings, schedule_name
from ops_common.settings import Environment

NOW = datetime(2026, 11, 28, 18, 0, tzinfo=UTC)
NAME = "alarm:jiki-api-web-cpu-high"


@pytest.fixture
def schedules(aws: MotoAws) -> EventBridgeSchedules:
    del aws
    settings = ScheduleSettings.from_environment(Environment(SCHEDULES))
    return EventBridgeSchedules(client("scheduler"), settings, lambda: NOW)


def kept(aws: MotoAws, name: str = NAME) -> dict[str, Any]:
    found: dict[str, Any] = aws.client("scheduler").get_schedule(
        GroupName=SCHEDULE_GROUP, Name=schedule_name(name)
    )
    return found


def names(aws: MotoAws) -> list[str]:
    listed = aws.client("scheduler").list_schedules(GroupName=SCHEDULE_GROUP)["Schedules"]
    return [schedule["Name"] for schedule in listed]


def test_it_starts_its_target_once_at_the_true_time(
    schedules: EventBridgeSchedules, aws: MotoAws
) -> None:
    schedules.put(NAME, NOW + timedelta(hours=4), {"detail": {"key": NAME}})
    schedule = kept(aws)
    assert schedule["ScheduleExpression"] == "at(2026-11-28T22:00:00)"
    assert schedule["ScheduleExpressionTimezone"] == "UTC"
    assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert schedule["ActionAfterCompletion"] == "DELETE"
    target = schedule["Target"]
    assert target["Arn"] == SCHEDULES["SCHEDULE_TARGET_ARN"]
    assert target["RoleArn"] == SCHEDULES["SCHEDULE_ROLE_ARN"]
    assert json.loads(target["Input"]) == {"detail": {"key": NAME}}


def test_a_repeat_replaces_the_one_of_its_name(
    schedules: EventBridgeSchedules, aws: MotoAws
) -> None:
    schedules.put(NAME, NOW + timedelta(hours=4), {"number": 1})
    schedules.put(NAME, NOW + timedelta(hours=1), {"number": 2})
    assert names(aws) == [schedule_name(NAME)]
    assert kept(aws)["ScheduleExpression"] == "at(2026-11-28T19:00:00)"
    assert json.loads(kept(aws)["Target"]["Input"]) == {"number": 2}


def test_a_time_that_is_past_becomes_one_that_scheduler_takes(
    schedules: EventBridgeSchedules, aws: MotoAws
) -> None:
    schedules.put(NAME, NOW - timedelta(days=1), {})
    assert kept(aws)["ScheduleExpression"] == "at(2026-11-28T18:00:10)"


def test_what_is_deleted_is_gone_and_a_second_time_is_nothing(
    schedules: EventBridgeSchedules, aws: MotoAws
) -> None:
    schedules.put(NAME, NOW + timedelta(hours=4), {})
    schedules.delete(NAME)
    schedules.delete(NAME)
    assert names(aws) == []
