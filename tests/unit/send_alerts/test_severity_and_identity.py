"""What an event's own fields say of its severity, and which events are of one incident."""

import json
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from ops_common.ops_events import Severity
from paths import ROOT
from send_alerts.incident.follow_up import run_follow_up
from send_alerts.reading.notice import Signal
from tests.unit.send_alerts.alert_world import AlertWorld, alarm, minute
from tests.unit.send_alerts.parsing import parsed


def health(category: str | None = "issue", status: str = "open", arn: str = "a") -> dict[str, Any]:
    detail = {
        "eventArn": f"arn:aws:health:eu-west-1::event/RDS/{arn}",
        "service": "RDS",
        "eventTypeCode": "AWS_RDS_OPERATIONAL_ISSUE",
        "eventTypeCategory": category,
        "statusCode": status,
        "startTime": "Wed, 25 Nov 2026 10:00:00 GMT",
        "eventDescription": [{"language": "en_US", "latestDescription": "Errors in one zone."}],
    }
    if category is None:
        del detail["eventTypeCategory"]
    return {
        "id": f"{arn}-{status}",
        "source": "aws.health",
        "detail-type": "AWS Health Event",
        "time": "2026-11-25T10:00:00Z",
        "account": "123456789012",
        "region": "eu-west-1",
        "resources": [],
        "detail": detail,
    }


def other(**detail: Any) -> dict[str, Any]:
    return {
        "id": "7",
        "source": "aws.macie",
        "detail-type": "Macie Finding",
        "time": "2026-11-25T10:00:00Z",
        "account": "123456789012",
        "region": "eu-west-1",
        "resources": [],
        "detail": detail,
    }


def test_an_issue_and_its_end_are_one_incident_and_another_issue_is_another() -> None:
    (opened,), (closed,) = parsed(health()), parsed(health(status="closed"))
    (second,) = parsed(health(arn="b"))
    assert opened.key == closed.key != second.key
    assert (opened.signal, closed.signal) == (Signal.OPEN, Signal.RESOLVED)


def test_a_health_event_without_a_category_is_a_note() -> None:
    (notice,) = parsed(health(category=None))
    assert notice.signal is Signal.NOTE


@pytest.mark.parametrize(
    ("detail", "severity"),
    [
        ({"severity": {"Label": "CRITICAL"}}, Severity.CRITICAL),
        ({"severity": "HIGH"}, Severity.WARNING),
        ({"severity": {"Label": "LOW"}, "state": "FAILED"}, Severity.INFO),
        ({"state": "FAILED"}, Severity.WARNING),
        ({"state": "DONE"}, Severity.INFO),
    ],
)
def test_the_events_own_severity_counts_before_its_words(
    detail: dict[str, Any], severity: Severity
) -> None:
    (notice,) = parsed(other(**detail))
    assert notice.severity is severity


@pytest.mark.parametrize(
    ("kind", "severity"), [("ERROR", Severity.CRITICAL), ("WARN", Severity.WARNING)]
)
def test_a_service_action_is_as_bad_as_ecs_says(kind: str, severity: Severity) -> None:
    path = ROOT / "events" / "alerts" / "ecs_action_placement_failure.json"
    event = deepcopy(json.loads(path.read_text()))
    event["detail"]["eventType"] = kind
    (notice,) = parsed(event)
    assert notice.severity is severity


def test_a_reminder_whose_schedule_came_late_is_sent_all_the_same() -> None:
    world = AlertWorld()
    world.notify(alarm(0))
    incident = world.incident()
    assert incident.follow_up is not None
    assert incident.follow_up.due_at is not None
    number, due = incident.follow_up.number, incident.follow_up.due_at
    channels = world.ports().channels
    early = run_follow_up(incident, number, due - timedelta(seconds=1), world.policy, channels)
    late = run_follow_up(incident, number, due + timedelta(minutes=3), world.policy, channels)
    assert not early.outbox
    assert {entry.at for entry in late.outbox} == {
        minute(0) + world.policy.reminder + timedelta(minutes=3)
    }
