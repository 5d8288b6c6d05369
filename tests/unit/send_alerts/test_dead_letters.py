"""Messages of dead-letter queues: their attributes say what failed, on what, and how often."""

import json
from typing import Any

import pytest

from ops_common.ops_events import Severity
from send_alerts.reading.notice import Notice, Signal
from send_alerts.reading.parse import parse
from tests.unit.send_alerts.alert_world import NOON, STACK_INFO

TARGET = "arn:aws:lambda:eu-west-1:123456789012:function:probe"
OF_FUNCTION = {"RequestID": "r-1", "ErrorCode": "500", "ErrorMessage": "No row"}
OF_SCHEDULE = {
    "X-Amz-Scheduler-Schedule-Arn": "arn:aws:scheduler:eu-west-1:123456789012:schedule/ops/nightly",
    "X-Amz-Scheduler-Target-Arn": TARGET,
    "X-Amz-Scheduler-Error-Code": "Busy",
    "X-Amz-Scheduler-Error-Message": "It is busy.",
    "X-Amz-Scheduler-Attempt": "3",
}
OF_OLD_SCHEDULE = {
    "SCHEDULE_ARN": "arn:aws:scheduler:eu-west-1:123456789012:schedule/ops/nightly",
    "TARGET_ARN": TARGET,
    "ERROR_CODE": "Busy",
    "ERROR_MESSAGE": "It is busy.",
    "RETRY_ATTEMPTS": "3",
}
OF_RULE = {
    "RULE_ARN": "arn:aws:events:eu-west-1:123456789012:rule/orders",
    **{name: value for name, value in OF_OLD_SCHEDULE.items() if name != "SCHEDULE_ARN"},
}


def read(body: Any, attributes: dict[str, str]) -> Notice:
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    found = parse(text, NOON, STACK_INFO, attributes)
    assert isinstance(found, list)
    (notice,) = found
    assert (notice.signal, notice.severity) == (Signal.NOTE, Severity.WARNING)
    return notice


@pytest.mark.parametrize("body", [{"order": 7}, "order 7"])
def test_a_function_that_failed_says_why_and_on_what(body: Any) -> None:
    found = read(body, OF_FUNCTION)
    assert found.title == "A function has failed: No row"
    assert dict(found.facts) == {"Error code": "500", "Request": "r-1"}
    assert (json.dumps(body) if isinstance(body, dict) else body) in found.text


@pytest.mark.parametrize("name", sorted(OF_FUNCTION))
def test_less_than_a_function_s_three_attributes_are_another_s(name: str) -> None:
    less = {one: value for one, value in OF_FUNCTION.items() if one != name}
    assert "failed" not in read({"order": 7}, less).title


@pytest.mark.parametrize(
    ("attributes", "who"),
    [
        (OF_SCHEDULE, "schedule nightly"),
        (OF_OLD_SCHEDULE, "schedule nightly"),
        (OF_RULE, "rule orders"),
        # A rule's name stands beside the schedule that it made.
        (OF_RULE | OF_OLD_SCHEDULE, "schedule nightly"),
    ],
)
def test_what_could_not_be_delivered_says_by_whom_to_whom_and_why(
    attributes: dict[str, str], who: str
) -> None:
    found = read({"order": 7}, attributes)
    assert found.title == f"The {who} could not deliver to probe"
    assert found.text.startswith("It is busy.")
    assert json.dumps({"order": 7}) in found.text
    assert dict(found.facts) == {"Error code": "Busy", "Attempts": "3", "Target": TARGET}


@pytest.mark.parametrize("attributes", [OF_FUNCTION, OF_RULE])
@pytest.mark.parametrize(("length", "whole"), [(10, True), (580, True), (700, False)])
def test_a_long_event_is_cut(attributes: dict[str, str], length: int, *, whole: bool) -> None:
    found = read({"order": "ü" * length}, attributes)
    assert ("ü" * min(length, 580)) in found.text
    assert ("…" in found.text) is not whole
    assert len(found.text) < 700


def test_an_event_does_not_end_the_block_that_it_is_shown_in() -> None:
    found = read({"order": "```"}, OF_FUNCTION)
    assert found.text.count("```") == 2
