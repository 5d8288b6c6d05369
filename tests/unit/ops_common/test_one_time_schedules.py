"""Names and times of one-time schedules, and two callers at once."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from ops_common.one_time_schedules import (
    EventBridgeSchedules,
    ScheduleSettings,
    expression,
    schedule_name,
)

NOW = datetime(2026, 11, 28, 18, 0, tzinfo=UTC)


class Conflict(ClientError):
    pass


class NotFound(ClientError):
    pass


class FiringScheduler:
    """One whose schedule starts, and is deleted, between the first call and the second."""

    class exceptions:  # noqa: N801  # boto3's attribute
        ConflictException = Conflict
        ResourceNotFoundException = NotFound

    def __init__(self) -> None:
        self.calls: list[str] = []

    def create_schedule(self, **_: Any) -> None:
        self.calls.append("create")
        if len(self.calls) == 1:
            raise Conflict({}, "CreateSchedule")

    def update_schedule(self, **_: Any) -> None:
        self.calls.append("update")
        raise NotFound({}, "UpdateSchedule")


def test_one_that_was_started_meanwhile_is_made_again() -> None:
    scheduler: Any = FiringScheduler()
    EventBridgeSchedules(scheduler, ScheduleSettings("g", "r", "t"), lambda: NOW).put("n", NOW, {})
    assert scheduler.calls == ["create", "update", "create"]


@given(st.text(max_size=300))
def test_any_name_becomes_one_that_scheduler_takes(name: str) -> None:
    assert re.fullmatch(r"[0-9a-zA-Z\-_.]{1,64}", schedule_name(name))


def test_names_that_differ_stay_apart() -> None:
    long = "alarm:" + "x" * 100
    assert len({schedule_name(name) for name in ("a:b", "a-b", "a b", long, long + "y")}) == 5


def test_a_time_is_never_moved_forward() -> None:
    assert expression(NOW) == "at(2026-11-28T18:00:00)"
    assert expression(NOW + timedelta(microseconds=1)) == "at(2026-11-28T18:00:01)"
    paris = timezone(timedelta(hours=1))
    assert expression(datetime(2026, 11, 28, 19, 0, tzinfo=paris)) == "at(2026-11-28T18:00:00)"
