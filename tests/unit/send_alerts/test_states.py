"""Events without a reader: in what state something is, under whatever name, and how bad that is."""

from typing import Any

import pytest

from ops_common.ops_events import Severity
from tests.unit.send_alerts.parsing import parsed

INFO, WARNING, CRITICAL = Severity.INFO, Severity.WARNING, Severity.CRITICAL


def of(kind: str, source: str = "aws.other", **detail: Any) -> Any:
    event = {"id": "e", "source": source, "detail-type": kind, "detail": detail}
    return event | {"region": "eu-west-1", "account": "123456789012", "resources": []}


@pytest.mark.parametrize(
    ("detail", "severity", "state"),
    [
        ({"TrainingJobName": "a", "TrainingJobStatus": "Failed"}, WARNING, "Failed"),
        ({"TrainingJobName": "a", "TrainingJobStatus": "Completed"}, INFO, "Completed"),
        ({"currentState": "FAILED", "previousState": "RUNNING"}, WARNING, "FAILED"),
        ({"previousState": "FAILED", "currentState": "SUCCEEDED"}, INFO, "SUCCEEDED"),
        ({"jobStatus": "COMPLETED_WITH_ERROR"}, WARNING, "COMPLETED_WITH_ERROR"),
        ({"status": "TimedOut"}, WARNING, "TimedOut"),
        ({"result": {"complianceType": "NON_COMPLIANT"}}, WARNING, "NON_COMPLIANT"),
        ({"compliance-status": "non_compliant"}, WARNING, "non_compliant"),
        ({"compliance-status": "non_compliant", "severity": "critical"}, CRITICAL, "non_compliant"),
        # It says how bad it was.
        ({"compliance-status": "compliant", "severity": "critical"}, INFO, "compliant"),
        ({"status": "resolved", "severity": "critical"}, INFO, "resolved"),
        # A scan that is completed may have found something.
        ({"scan-status": "COMPLETED", "severity": "high"}, WARNING, "COMPLETED"),
        ({"insightSeverity": "high"}, WARNING, ""),
        ({"title": {"value": "x"}}, INFO, ""),
        # What it was, or is to be, is not what it is.
        ({"desiredStatus": "FAILED", "lastStatus": "FAILED", "old_state": "FAILED"}, INFO, ""),
        ({"runStatus": "x" * 40}, INFO, "x" * 40),
        ({"runStatus": "x" * 41}, INFO, "Other State Change"),
        ({"run": {"runStatus": "FAILED"}}, WARNING, "FAILED"),
        ({"eventType": "RUN_FAILED"}, WARNING, "RUN_FAILED"),
        ({"eventType": "RUN_FAILED", "runStatus": "DONE"}, INFO, "DONE"),
        ({"state": "Alarm closed", "severity": "critical"}, INFO, "Alarm closed"),
        ({"status": "recovered", "priority": "P1"}, INFO, "recovered"),
        ({"status": "unhealthy"}, WARNING, "unhealthy"),
        ({"scan": {"severity": "critical"}}, CRITICAL, ""),
        ({"severity": 7, "level": "error"}, WARNING, ""),
        ({"priority": "P1"}, CRITICAL, ""),
        ({"severity-counts": {"HIGH": 1, "CRITICAL": 0}}, WARNING, ""),
        ({"severity-counts": {"HIGH": 1, "CRITICAL": 2}}, CRITICAL, ""),
        ({"severity-counts": {"HIGH": 0, "LOW": 3}}, INFO, ""),
        ({"severity-counts": 3}, INFO, ""),
        # The worst of several says how it went; not what was before.
        ({"run": {"status": "completed", "conclusion": "failure"}}, WARNING, "failure"),
        ({"run": {"status": "completed", "conclusion": "success"}}, INFO, "success"),
        (
            {"scanStatus": "DONE", "scan": {"resultStatus": "THREATS_FOUND"}},
            WARNING,
            "THREATS_FOUND",
        ),
        ({"scanStatus": "DONE", "scan": {"result": "NO_THREATS_FOUND"}}, INFO, "NO_THREATS_FOUND"),
        ({"state": "OK", "oldResult": {"complianceType": "NON_COMPLIANT"}}, INFO, "OK"),
        # A call that was refused.
        ({"eventName": "DeleteBucket", "errorCode": "AccessDenied"}, WARNING, "DeleteBucket"),
        ({"eventName": "DeleteBucket", "errorMessage": ""}, INFO, "DeleteBucket"),
    ],
)
def test_a_state_is_found_and_weighed(detail: Any, severity: Severity, state: str) -> None:
    (notice,) = parsed(of("Other State Change", **detail))
    assert notice.severity is severity
    assert notice.title.endswith(state)
    assert "{" not in notice.title


def test_what_is_closed_is_information_however_bad_it_was() -> None:
    (notice,) = parsed(of("DevOps Guru Insight Closed", insightSeverity="high"))
    assert notice.severity is INFO


@pytest.mark.parametrize(
    ("kind", "severity"),
    [
        ("EC2 Auto Scaling Instance Refresh Failed", WARNING),
        ("EC2 Auto Scaling Instance Refresh Rollback Started", WARNING),
        ("EC2 Auto Scaling Instance Refresh Succeeded", INFO),
        ("EC2 Instance Terminate Unsuccessful", WARNING),
    ],
)
def test_a_group_s_failure_is_a_warning(kind: str, severity: Severity) -> None:
    (notice,) = parsed(of(kind, "aws.autoscaling", AutoScalingGroupName="web"))
    assert notice.severity is severity


def test_the_phases_of_a_build_are_no_changes() -> None:
    phase = {"project-name": "web", "completed-phase": "BUILD"}
    phase["completed-phase-status"] = "CLIENT_ERROR"
    assert parsed(of("CodeBuild Build Phase Change", "aws.codebuild", **phase)) == []


@pytest.mark.parametrize(
    ("kind", "severity"),
    [
        ("KMS Imported Key Material Expiration", WARNING),
        ("Budget Threshold Breached", WARNING),
        ("AppConfig Deployment Rolled Back", WARNING),
        ("AppConfig Deployment Complete", INFO),
    ],
)
def test_a_kind_says_how_bad_it_is(kind: str, severity: Severity) -> None:
    (notice,) = parsed(of(kind))
    assert notice.severity is severity
