"""Checks that hold the new tasks against the old ones: zones, boots, response times, logs read."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from ops_common.tasks import Task, parse_task
from probe_deployment import soak
from probe_deployment.cause import Cause
from probe_deployment.checks import log_errors, log_groups, responses_since, secret_version, zones
from probe_deployment.checks.log_groups import LogGroup
from probe_deployment.checks.responses_since import Responses
from probe_deployment.finding import Status
from probe_deployment.logs import Change, Compared, compare, count
from probe_deployment.logs.compare import no_worse_than
from probe_deployment.logs.read import Budget, Read, read
from probe_deployment.request import Request, Trigger
from tests.unit.probe_deployment.samples import NOW

A, B = "eu-west-1a", "eu-west-1b"
ENDED = {"desiredStatus": "STOPPED", "lastStatus": "STOPPED", "stopCode": "TaskFailedToStart"}


def task(zone: str, age: float = 600, life: float | None = None) -> Task:
    started = NOW - timedelta(seconds=age)
    raw = {"taskArn": "arn:task/1", "lastStatus": "RUNNING", "availabilityZone": zone}
    raw |= {"startedAt": started}
    if life is not None:
        raw |= ENDED | {"stoppedAt": started + timedelta(seconds=life), "stoppedReason": "x"}
    return parse_task(raw)


@pytest.mark.parametrize(
    ("new", "before", "cause"),
    [
        ([task(A), task(B)], {A, B}, None),
        ([task(A), task(A)], {A, B}, Cause.ONE_ZONE),
        # One task can't be in two zones; and where the old ones were in one, nothing was lost.
        ([task(A)], {A, B}, None),
        ([task(A), task(A)], {A}, None),
        ([task(A), task(B, 60, 30), task(B, 90, 30)], {A}, Cause.ZONE_FAILS),
        # The next one there has not lasted longer yet; or it has.
        ([task(A), task(B, 60, 30), task(B, 90, 30), task(B, 20)], {A}, Cause.ZONE_FAILS),
        ([task(A), task(B, 60, 30), task(B, 90, 30), task(B, 200)], {A}, None),
        # They end everywhere: it is not the zone.
        ([task(A, 60, 30), task(A, 9), task(B, 60, 30), task(B, 60, 30)], {A}, None),
        ([], set(), None),
    ],
)
def test_zones(new: Sequence[Task], before: set[str], cause: Cause | None) -> None:
    finding = zones.judge("web", new, before, NOW)
    assert finding.cause is cause
    assert (finding.status is Status.PASS) is (cause is None)
    assert not finding.older_version_fixes


def test_a_task_that_booted_before_the_secret_s_version_is_found() -> None:
    hour = timedelta(hours=1)
    # A rotation makes the version, and an hour later makes it the current one.
    since = secret_version.current_since(NOW - 2 * hour, NOW - hour)
    assert since == NOW - hour
    assert secret_version.current_since(NOW, NOW - hour) == NOW
    assert secret_version.current_since(NOW, None) == NOW
    for age, cause in ((3700, Cause.BOOTED_BEFORE), (3500, None)):
        finding = secret_version.judge_boots("web", [task(A, age)], since, "cluster")
        assert finding.cause is cause


@pytest.mark.parametrize(
    ("before", "since", "cause"),
    [
        (Responses(9000, 0, 0.4, 60), Responses(600, 0, 2.5, 10), Cause.SLOW),
        (Responses(9000, 0, 0.4, 60), Responses(600, 0, 0.9, 10), None),
        (Responses(9000, 0, 1.4, 60), Responses(600, 0, 2.5, 10), None),
        # The first minutes of new tasks, a handful of requests, nothing to compare with.
        (Responses(9000, 0, 0.4, 60), Responses(600, 0, 2.5, 2), None),
        (Responses(9000, 0, 0.4, 60), Responses(60, 0, 2.5, 10), None),
        (Responses(), Responses(600, 0, 2.5, 10), None),
    ],
)
def test_response_times(before: Responses, since: Responses, cause: Cause | None) -> None:
    finding = responses_since.judge(before, since)
    assert finding.cause is cause
    assert (finding.status is Status.PASS) is (cause is None)
    assert not finding.older_version_fixes


def group(after: list[str], **fields: Any) -> LogGroup:
    values: dict[str, Any] = {"unread_from": None, "unread_until": NOW} | fields
    return LogGroup("/ecs/web", compare(count([]), count([after])), len(after), **values)


def test_a_log_that_was_not_read_to_its_end_does_not_pass() -> None:
    cut = {"unread_from": NOW - timedelta(minutes=2)}
    assert log_errors.judge([group([], **cut, seen_before=False)]).status is Status.UNKNOWN
    # What the check before this one has read is only said.
    assert log_errors.judge([group([], **cut)]).status is Status.PASS


def test_an_error_that_the_unread_part_may_hold_is_not_new() -> None:
    error = ["NoMethodError (undefined method 'x' for nil):"]
    for times, exposure, status in (
        (5, None, Status.FAIL),
        (5, 0.1, Status.UNKNOWN),
        (5, 8.0, Status.FAIL),
        (900, 0.1, Status.FAIL),
    ):
        finding = log_errors.judge([group(error * times, exposure=exposure)])
        assert finding.status is status, (times, exposure)


def test_what_an_old_task_s_start_has_as_often_is_known() -> None:
    def compared(before: int, after: int, exposure: float) -> Sequence[Compared]:
        line = "KeyError (key not found: :plan):"
        return compare(count([[line] * before]), count([[line] * after]), exposure)

    for at_start, after, change in (
        (1, 4, Change.KNOWN),
        (0, 4, Change.NEW),
        (1, 60, Change.NEW),  # once at a start, and now all the time
    ):
        start = compared(at_start, after, exposure=0.5)
        (found,) = no_worse_than(start, compared(0, after, exposure=4.0))
        assert found.change is change


@pytest.mark.parametrize(
    "name", ["web/app/0f5e", "from-fluent-bit-web-firelens-0f5e", "ecs/web-firelens-0f5e"]
)
def test_a_stream_s_name_ends_with_its_task_s_id(name: str) -> None:
    found = Read({name: ["x"], "web/app/1a2b": ["y"]}, 2, None, NOW)
    assert (found.of({"0f5e"}), found.of({"0f5e"}, others=True)) == ([["x"]], [["y"]])
    assert found.of(set()) == []


@pytest.mark.parametrize(
    ("options", "group"),
    [
        ([{"awslogs-group": "/ecs/agent"}, {"awslogs-group": "/ecs/web"}], "/ecs/web"),
        # FireLens: the router's own log is not the app's.
        ([{"awslogs-group": "router"}, {"log_group_name": "/ecs/web"}], "/ecs/web"),
        ([{}, {"awslogs-group": "/named/otherwise"}], "/named/otherwise"),
        ([{}], "/ecs/web"),
    ],
)
def test_the_app_s_log_group_is_read(options: list[dict[str, str]], group: str) -> None:
    containers = [{"logConfiguration": {"options": each}} for each in options]
    assert log_groups.named_by([{}, *containers], own="/ecs/web") == group


class Pages:
    """FilterLogEvents with a line a second, ten a page."""

    def filter_log_events(self, startTime: int, endTime: int, **asked: Any) -> Any:  # noqa: N803  # boto3's
        first = int(asked.get("nextToken", startTime // 1000))
        times = range(first, min(first + 10, endTime // 1000 + 1))
        events = [
            {"timestamp": at * 1000, "logStreamName": "a/b/1", "message": str(at)} for at in times
        ]
        return {"events": events} | ({"nextToken": str(times[-1] + 1)} if len(events) == 10 else {})


def test_reading_ends_with_its_budget_and_says_where() -> None:
    client: Any = Pages()
    minute = timedelta(minutes=1)
    whole = read(client, "g", NOW - minute, NOW, Budget())
    assert (whole.lines, whole.unread_from) == (61, None)
    part = read(client, "g", NOW - minute, NOW, Budget(lines=30))
    assert part.lines == 30
    assert part.unread_from == NOW - timedelta(seconds=31)
    both = part.then(read(client, "g", NOW + minute, NOW + 2 * minute, Budget()))
    assert both.lines == 91
    assert [len(each) for each in both.of({"1"})] == [91]
    assert (both.unread_from, both.unread_until) == (part.unread_from, NOW)


def test_time_is_a_budget_too() -> None:
    ticks = iter(range(100))
    budget = Budget(seconds=3, clock=lambda: next(ticks))
    client: Any = Pages()
    assert read(client, "g", NOW - timedelta(hours=1), NOW, budget).lines == 30


@pytest.mark.parametrize(("soak_check", "minutes"), [(0, None), (1, 1), (2, 2), (3, 7), (4, None)])
def test_how_long_ago_the_check_before_was(soak_check: int, minutes: int | None) -> None:
    request = Request(Trigger.SOAK, "deployment", soak_check=soak_check)
    ago = soak.since_previous(request, (1, 3, 10))
    assert ago == (None if minutes is None else timedelta(minutes=minutes))
