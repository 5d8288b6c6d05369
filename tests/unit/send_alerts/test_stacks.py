"""CloudFormation's notifications: one incident for each stack, and no flood of its resources."""

import pytest

from ops_common.ops_events import Severity
from send_alerts.reading.notice import Signal
from tests.unit.send_alerts.parsing import parsed
from tests.unit.send_alerts.test_services import by_sns

STACK = "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/7f2c"


def sent(status: str, resource: str = "", reason: str = "null") -> list[tuple[Signal, str]]:
    text = (
        f"StackId='{STACK}'\nTimestamp='2026-11-25T04:13:11.000Z'\n"
        f"LogicalResourceId='{resource or 'shop'}'\nPhysicalResourceId='{resource or STACK}'\n"
        f"ResourceStatus='{status}'\nResourceStatusReason='{reason}'\nStackName='shop'\n"
        f"ResourceType='AWS::{'SQS::Queue' if resource else 'CloudFormation::Stack'}'\n"
    )
    notices = parsed(by_sns(text, Subject="AWS CloudFormation Notification"))
    assert {notice.key for notice in notices} <= {f"stack:{STACK}"}
    assert {notice.text for notice in notices} <= {"" if reason == "null" else reason}
    bad = any(notice.signal is Signal.OPEN for notice in notices)
    severity = Severity.WARNING if bad else Severity.INFO
    assert {notice.severity for notice in notices} <= {severity}
    return [(notice.signal, notice.title) for notice in notices]


@pytest.mark.parametrize("status", ["UPDATE_ROLLBACK_IN_PROGRESS", "ROLLBACK_FAILED"])
def test_a_stack_that_fails_opens_its_incident(status: str) -> None:
    title = f"Stack shop: {status.replace('_', ' ').lower()}"
    assert sent(status, reason="Queue failed") == [(Signal.OPEN, title), (Signal.CHANGE, title)]


def test_its_next_success_ends_it() -> None:
    title = "Stack shop: update complete"
    assert sent("UPDATE_COMPLETE") == [(Signal.RESOLVED, title), (Signal.CHANGE, title)]


def test_a_resource_that_failed_says_why() -> None:
    assert sent("CREATE_FAILED", "Queue", "It exists") == [
        (Signal.OPEN, "Stack shop: Queue create failed")
    ]


@pytest.mark.parametrize(
    ("status", "resource", "reason"),
    [
        ("UPDATE_IN_PROGRESS", "", "User Initiated"),
        ("CREATE_COMPLETE", "Queue", "null"),
        ("CREATE_FAILED", "Topic", "Resource creation cancelled"),
    ],
)
def test_all_else_is_no_news(status: str, resource: str, reason: str) -> None:
    assert sent(status, resource, reason) == []
