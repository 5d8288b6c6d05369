"""Events that readers know, in other forms: older ones, sent on by others, of another account."""

import json
from typing import Any

import pytest

from ops_common.ops_events import Severity
from send_alerts.reading.notice import Notice, Signal
from tests.unit.send_alerts.parsing import Event, parsed
from tests.unit.send_alerts.test_service_words import event as an_event
from tests.unit.send_alerts.test_services import by_sns

MEMBER = "210987654321"


def only(event: Any) -> Notice:
    (found,) = parsed(event)
    return found


def test_an_alarm_s_own_call_of_a_function_is_the_alarm(event: Event) -> None:
    alarm = event("alerts/alarm_metric")
    action = {
        "source": "aws.cloudwatch",
        "alarmArn": alarm["resources"][0],
        "accountId": alarm["account"],
        "region": alarm["region"],
        "time": alarm["time"],
        "alarmData": alarm["detail"],
    }
    assert parsed(action) == parsed(alarm)


def test_the_detail_alone_of_an_alarm_is_the_alarm(event: Event) -> None:
    alarm = event("alerts/alarm_metric")
    found, known = only(by_sns(alarm["detail"])), only(alarm)
    assert (found.key, found.signal, found.text) == (known.key, Signal.OPEN, known.text)


def test_what_only_has_an_alarm_s_name_is_a_message() -> None:
    assert only(by_sns({"alarmName": "web-cpu", "state": "ALARM"})).signal is Signal.NOTE


@pytest.mark.parametrize("period", ["60", 60])
def test_a_period_as_text_keeps_the_alarm(event: Event, period: Any) -> None:
    alarm = event("alerts/alarm_metric")
    alarm["detail"]["configuration"]["metrics"][0]["metricStat"]["period"] = period
    found = only(alarm)
    assert (found.signal, found.text[:27]) == (Signal.OPEN, "CPUUtilization (average ove")


def test_a_period_that_is_none_keeps_the_alarm_by_sns(event: Event) -> None:
    alarm = event("alerts/sns_alarm_metric")
    message = json.loads(alarm["Message"])
    message["Trigger"]["Period"] = "a minute"
    found = only({**alarm, "Message": json.dumps(message)})
    assert (found.signal, found.key) == (Signal.OPEN, only(alarm).key)


@pytest.mark.parametrize("text", [True, False])
def test_a_detail_that_is_text_is_read(text: bool) -> None:
    detail = {"jobName": "nightly", "status": "FAILED"}
    found = only(an_event("acme.jobs", "Job Change", json.dumps(detail) if text else detail))
    assert (found.severity, found.title) == (Severity.WARNING, "Job Change: nightly FAILED")


def test_a_sentence_as_detail_is_shown() -> None:
    assert only(an_event("acme.jobs", "Job Change", "It is late")).text == "It is late"


@pytest.mark.parametrize(
    ("source", "kind", "field"),
    [
        ("aws.health", "AWS Health Event", "affectedAccount"),
        ("aws.guardduty", "GuardDuty Finding", "accountId"),
        ("aws.inspector2", "Inspector2 Finding", "awsAccountId"),
    ],
)
def test_what_an_administrator_is_sent_names_the_member(source: str, kind: str, field: str) -> None:
    facts = dict(only(an_event(source, kind, {field: MEMBER, "severity": 8})).facts)
    assert facts["Account"] == f"{MEMBER} in eu-west-1"


def test_an_application_s_account_is_none_of_aws() -> None:
    facts = dict(only(an_event("acme.orders", "Order Placed", {"accountId": "42"})).facts)
    assert facts["Account"] == "123456789012 in eu-west-1"


@pytest.mark.parametrize(("number", "severity"), [(90, "critical"), (70, "warning"), (1, "info")])
def test_an_older_finding_has_a_number_and_may_be_of_a_member(number: int, severity: str) -> None:
    finding = {"Id": "f", "Severity": {"Normalized": number}, "AwsAccountId": MEMBER}
    kind = "Security Hub Findings - Imported"
    found = only(an_event("aws.securityhub", kind, {"findings": [finding]}))
    assert (found.severity, dict(found.facts)["Member account"]) == (severity, MEMBER)


def test_a_finding_of_this_account_names_no_member() -> None:
    finding = {"Id": "f", "AwsAccountId": "123456789012", "Severity": {"Normalized": "x"}}
    event = an_event("aws.securityhub", "Security Hub Findings - Imported", {"findings": [finding]})
    assert "Member account" not in dict(only(event).facts)


def test_a_cost_anomaly_s_amounts_may_be_text() -> None:
    impact = {"totalImpact": "43.1", "totalActualSpend": "55.2", "totalExpectedSpend": 12.1}
    found = only(by_sns({"anomalyId": "a", "impact": impact}))
    assert found.text == "$43.10 over what was expected: $55.20 instead of $12.10"


@pytest.mark.parametrize("action", ["ECS Service Action", "ECS Deployment State Change"])
def test_an_old_service_s_arn_names_no_cluster(event: Event, action: str) -> None:
    failed = event("alerts/ecs_action_placement_failure")
    if "Deployment" in action:
        failed = event("alerts/ecs_deployment_failed")
    whole = parsed(failed)
    region, name = "arn:aws:ecs:eu-west-1:123456789012", failed["resources"][0].split("/")[-1]
    failed["resources"] = [f"{region}:service/{name}"]
    failed["detail"]["clusterArn"] = f"{region}:cluster/jiki-production"
    assert parsed(failed) == whole


def test_a_failed_task_without_a_group_is_known_by_its_definition(event: Event) -> None:
    task = event("alerts/ecs_task_failed")
    task["detail"] |= {"group": None, "taskDefinitionArn": "arn:aws:ecs:x:1:task-definition/web:7"}
    found = only(task)
    assert (found.signal, found.name, found.severity) == (Signal.NOTE, "task:web", "warning")


def test_a_certificate_s_last_day_is_one() -> None:
    detail = {"DaysToExpiry": 1, "CommonName": "shop.example"}
    found = only(an_event("aws.acm", "ACM Certificate Approaching Expiration", detail))
    assert found.title.endswith("expires in 1 day")
