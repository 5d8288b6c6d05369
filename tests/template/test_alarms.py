"""Alarms and dashboard: each says what it means and what to do, and costs what it ought to."""

import json
import re
from typing import Any

import pytest

from local.ministack import ROOT
from local.transform import resolved

EVERYTHING = {
    "AlarmSet": "all",
    "LoadBalancerName": "app/jiki-api-alb/50dc6c495c0c9188",
    "TargetGroupName": "targetgroup/jiki-api/943f017f100becff",
    "DatabaseClusterId": "jiki-production",
}
ESSENTIAL = EVERYTHING | {"AlarmSet": "essential"}
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text()
# Whoever is told of trouble with send_alerts must not be told by send_alerts.
STRAIGHT_TO_THE_TOPIC = {"AlertsLostAlarm", "AlertsLateAlarm"}
# Where a gap in the data is itself the incident.
GAP_IS_THE_INCIDENT = {"ScaleWorkersStopped"}


def alarms(parameters: dict[str, str]) -> dict[str, Any]:
    return {
        name: item["Properties"]
        for name, item in resolved(parameters).items()
        if item["Type"] == "AWS::CloudWatch::Alarm"
    }


ALL = alarms(EVERYTHING)


def anchors(text: str) -> set[str]:
    """The anchors that GitHub gives to the headings of a document."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_the_essential_alarms_are_those_that_cloudwatch_gives_for_nothing() -> None:
    assert len(alarms(ESSENTIAL)) == 10
    assert len(alarms(EVERYTHING)) == 18
    assert set(alarms(EVERYTHING | {"AlarmSet": "own"})) == (
        STRAIGHT_TO_THE_TOPIC | GAP_IS_THE_INCIDENT
    )


def test_without_a_load_balancer_and_a_cluster_none_waits_for_their_data() -> None:
    names = alarms({"AlarmSet": "all"})
    assert not any("!Ref" in str(item) for item in names.values())
    assert {item["Namespace"] for item in names.values()} == {
        "AWS/ECS",
        "AWS/Lambda",
        "AWS/SQS",
        "JikiOps",
    }


@pytest.mark.parametrize("name", ALL)
def test_each_alarm_says_what_it_means_how_bad_it_is_and_what_to_do(name: str) -> None:
    meaning, severity, runbook = ALL[name]["AlarmDescription"].split("\n")
    assert meaning.endswith(".")
    assert severity in ("severity: critical", "severity: warning")
    address, _, anchor = runbook.removeprefix("runbook: ").partition("#")
    assert address.startswith("https://")
    assert anchor in anchors(RUNBOOK)


@pytest.mark.parametrize("name", ALL)
def test_a_gap_in_the_data_is_no_incident_unless_it_is_the_incident(name: str) -> None:
    expected = "breaching" if name in GAP_IS_THE_INCIDENT else "notBreaching"
    assert ALL[name]["TreatMissingData"] == expected


@pytest.mark.parametrize("name", ALL)
def test_only_alarms_on_send_alerts_go_past_it(name: str) -> None:
    assert ALL[name].get("AlarmActions", []) == (
        ["<AlertTopic>"] if name in STRAIGHT_TO_THE_TOPIC else []
    )


def test_each_threshold_of_the_system_is_a_parameter() -> None:
    changed = alarms(
        EVERYTHING
        | {
            "WebErrorsPerMinute": "71",
            "BalancerErrorsPerMinute": "72",
            "ResponseSeconds": "73",
            "CpuPercent": "74",
            "MemoryPercent": "75",
            "DatabaseCapacityPercent": "76",
            "DatabaseConnectionsLimit": "77",
            "QueueLatencySeconds": "78",
            "FailedJobsLimit": "79",
            "FunctionErrorsLimit": "70",
        }
    )
    fixed = {name for name in changed if changed[name]["Threshold"] == ALL[name]["Threshold"]}
    assert fixed == STRAIGHT_TO_THE_TOPIC | GAP_IS_THE_INCIDENT | {
        "UnhealthyTargetsAlarm",
        "ThrottlesAlarm",
    }


def test_the_dashboard_s_widgets_fill_their_rows_without_overlap() -> None:
    widgets = json.loads(resolved(EVERYTHING)["Dashboard"]["Properties"]["DashboardBody"])[
        "widgets"
    ]
    cells = [
        (x, y)
        for widget in widgets
        for x in range(widget["x"], widget["x"] + widget["width"])
        for y in range(widget["y"], widget["y"] + widget["height"])
    ]
    assert len(cells) == len(set(cells)) == 24 * 24


def test_the_stack_has_at_most_ten_custom_metrics() -> None:
    sources = (ROOT / "functions").rglob("*.py")
    names = {
        name for file in sources for name in re.findall(r'add_metric\("(\w+)"', file.read_text())
    }
    assert 0 < len(names) <= 10
    shown = json.dumps(resolved(EVERYTHING)["Dashboard"])
    used = {item["MetricName"] for item in ALL.values() if item["Namespace"] == "JikiOps"}
    assert used <= names
    assert {name for name in ("QueueLatency", "ReadyJobs", "FailedJobs") if name in shown} <= names
