"""AWS Health: what is an incident and until when, how bad it is for this account, what is said."""

from typing import Any

import pytest

from ops_common.ops_events import Severity
from send_alerts.reading.notice import Notice, Signal
from tests.unit.send_alerts.parsing import parsed
from tests.unit.send_alerts.test_service_words import event

INFO, WARNING, CRITICAL = Severity.INFO, Severity.WARNING, Severity.CRITICAL
CLUSTER = "arn:aws:rds:eu-west-1:123456789012:cluster:jiki"
ARN = "arn:aws:health:eu-west-1::event/RDS/RDS_ISSUE/1"
WHOLE = {
    "eventArn": ARN,
    "service": "RDS",
    "eventTypeCode": "AWS_RDS_OPERATIONAL_ISSUE",
    "eventTypeCategory": "issue",
    "eventScopeCode": "PUBLIC",
    "communicationId": "c-1",
    "statusCode": "open",
    "eventRegion": "eu-west-1",
    "startTime": "Wed, 25 Nov 2026 03:40:00 GMT",
    "endTime": "2026-11-25T05:00:00Z",
    "lastUpdatedTime": "Wed, 25 Nov 2026 04:01:22 GMT",
    "eventDescription": [
        {"language": "ja_JP", "latestDescription": "?"},
        {"language": "en_US", "latestDescription": "It is slow.\\nWe look."},
    ],
    "affectedEntities": [{"entityValue": CLUSTER}],
}


def said(region: str = "eu-west-1", **changes: Any) -> Notice:
    """Of the whole event with these fields changed; None takes one away."""
    detail = {name: value for name, value in (WHOLE | changes).items() if value is not None}
    (found,) = parsed(event("aws.health", "AWS Health Event", detail) | {"region": region})
    return found


def test_an_issue_says_what_where_since_when_and_of_which_resources() -> None:
    found = said()
    assert found.title == "AWS issue: RDS in eu-west-1"
    assert found.text == "It is slow.\nWe look."
    assert dict(found.facts) == {
        "Service": "RDS",
        "Kind": "aws rds operational issue",
        "Status": "open",
        "From": "25 Nov 03:40:00 UTC",
        "Until": "25 Nov 05:00:00 UTC",
        "Resources": "jiki",
        "Account": "123456789012 in eu-west-1",
    }
    assert [link.url for link in found.links] == ["https://health.aws.amazon.com/health/home"]


@pytest.mark.parametrize(
    ("category", "title", "signal"),
    [
        ("issue", "AWS issue: RDS in eu-west-1", Signal.OPEN),
        ("investigation", "AWS is investigating RDS in eu-west-1", Signal.OPEN),
        ("scheduledChange", "Planned by AWS: RDS in eu-west-1", Signal.NOTE),
        ("accountNotification", "Note from AWS: RDS in eu-west-1", Signal.NOTE),
        (None, "Note from AWS: RDS in eu-west-1", Signal.NOTE),
    ],
)
def test_issues_last_and_words_do_not(category: str | None, title: str, signal: Signal) -> None:
    found = said(eventTypeCategory=category)
    assert (found.title, found.signal) == (title, signal)
    assert bool(found.guide.over) is (signal is Signal.OPEN)
    assert found.key == (f"health:{ARN}" if signal is Signal.OPEN else "note:c-1")


@pytest.mark.parametrize(
    ("changes", "severity"),
    [
        ({"affectedEntities": []}, WARNING),
        ({"affectedEntities": None}, WARNING),
        ({}, CRITICAL),
        ({"affectedEntities": [], "eventScopeCode": "ACCOUNT_SPECIFIC"}, CRITICAL),
        ({"eventTypeCategory": "investigation"}, WARNING),
        ({"statusCode": "closed"}, INFO),
        ({"eventTypeCategory": "scheduledChange"}, WARNING),
        ({"eventTypeCategory": "scheduledChange", "statusCode": "closed"}, INFO),
        ({"eventTypeCategory": "accountNotification"}, INFO),
        ({"eventTypeCategory": "accountNotification", "actionability": "INFORMATIONAL"}, INFO),
        (
            {"eventTypeCategory": "accountNotification", "actionability": "ACTION_MAY_BE_REQUIRED"},
            INFO,
        ),
        ({"eventTypeCategory": "accountNotification", "actionability": "ACTION_REQUIRED"}, WARNING),
        ({"eventTypeCategory": "accountNotification", "service": "ABUSE"}, CRITICAL),
        ({"eventTypeCategory": "accountNotification", "service": "RISK"}, CRITICAL),
        (
            {
                "eventTypeCategory": "accountNotification",
                "service": "RISK",
                "statusCode": "closed",
            },
            INFO,
        ),
    ],
)
def test_how_bad_it_is_depends_on_whom_it_hurts(
    changes: dict[str, Any], severity: Severity
) -> None:
    assert said(**changes).severity is severity


@pytest.mark.parametrize(
    ("service", "code", "title"),
    [
        ("ABUSE", "AWS_ABUSE_DOS_REPORT", "AWS reports abuse from this account: dos report"),
        ("RISK", "AWS_RISK_KEY_EXPOSED", "AWS reports a risk to this account: key exposed"),
    ],
)
def test_a_report_against_the_account_is_called_by_its_kind(
    service: str, code: str, title: str
) -> None:
    found = said(service=service, eventTypeCode=code, eventTypeCategory="accountNotification")
    assert found.title == title


@pytest.mark.parametrize(
    ("changes", "signal", "at"),
    [
        ({}, Signal.OPEN, "04:01:22"),
        ({"lastUpdatedTime": None}, Signal.OPEN, "09:14:33"),
        ({"lastUpdatedTime": "soon"}, Signal.OPEN, "09:14:33"),
        ({"lastUpdatedTime": 3}, Signal.OPEN, "09:14:33"),
        ({"lastUpdatedTime": "2026-11-25T06:01:22+02:00"}, Signal.OPEN, "04:01:22"),
        # Its end may lie before the last word on it.
        ({"statusCode": "closed"}, Signal.RESOLVED, "04:01:22"),
        ({"statusCode": "closed", "lastUpdatedTime": None}, Signal.RESOLVED, "05:00:00"),
        (
            {"statusCode": "closed", "lastUpdatedTime": None, "endTime": None},
            Signal.RESOLVED,
            "09:14:33",
        ),
    ],
)
def test_when_it_began_and_was_over(changes: dict[str, Any], signal: Signal, at: str) -> None:
    found = said(**changes)
    assert (found.signal, found.key) == (signal, f"health:{ARN}")
    assert f"{found.occurred_at:%H:%M:%S}" == at


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({}, "note:c-1"),
        ({"communicationId": None}, f"note:{ARN}"),
        ({"communicationId": None, "eventArn": None}, "note:1"),
    ],
)
def test_words_that_come_by_two_regions_are_the_same(changes: dict[str, Any], key: str) -> None:
    assert said(eventTypeCategory="scheduledChange", **changes).key == key


@pytest.mark.parametrize(("count", "shown"), [(0, ""), (5, "r0, r1, r2, r3, r4"), (7, None)])
def test_five_resources_are_named(count: int, shown: str | None) -> None:
    facts = dict(said(affectedEntities=[{"entityValue": f"r{n}"} for n in range(count)]).facts)
    expected = "r0, r1, r2, r3, r4 and 2 more" if shown is None else shown
    assert facts.get("Resources", "") == expected


@pytest.mark.parametrize(
    ("described", "text"),
    [
        ([{"language": "ja_JP", "latestDescription": "遅い"}], "遅い"),
        ([{"latestDescription": "It is slow."}], "It is slow."),
        ([{"language": "en_GB"}], ""),
        (None, ""),
    ],
)
def test_it_is_shown_in_english_where_there_is_any(described: Any, text: str) -> None:
    assert said(eventDescription=described).text == text


def test_what_says_little_is_said_all_the_same() -> None:
    (found,) = parsed(event("aws.health", "AWS Health Event", {}))
    assert (found.title, found.severity, found.text) == ("Note from AWS: AWS", INFO, "")
    assert [name for name, _ in found.facts] == ["Service", "Account"]


def test_the_dashboard_of_another_partition_is_not_linked() -> None:
    assert not said(region="cn-north-1").links
