"""Alarms and dashboard: each says what it means and what to do, and costs what it ought to."""

import json
import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from local.transform import resolved, source
from paths import ROOT
from send_alerts.reading.alarm_notice import OVER
from tests.markdown import DOCUMENTS, anchors, plain, said
from tests.runbook_table import sections_of

EVERYTHING = {
    "AlarmSet": "all",
    "RunbookUrl": "https://example.org/runbook.md",
    "LoadBalancerName": "app/jiki-api-alb/50dc6c495c0c9188",
    "TargetGroupName": "targetgroup/jiki-api/943f017f100becff",
    "DatabaseClusterId": "jiki-production",
}
ESSENTIAL = EVERYTHING | {"AlarmSet": "essential"}
PARAMETERS = source()["Parameters"]
RUNBOOK = ROOT / "docs" / "runbook.md"
DECISION = (ROOT / "docs" / "decisions" / "0009-ten-alarms.md").read_text()
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
    meaning, severity, runbook, impact, *check = ALL[name]["AlarmDescription"].split("\n")
    assert meaning.endswith(".")
    assert severity in ("severity: critical", "severity: warning")
    address, _, anchor = runbook.partition("#")
    assert address == "runbook: https://example.org/runbook.md"
    assert anchor in anchors(RUNBOOK)
    assert plain(impact.removeprefix("impact: ")) in said(RUNBOOK, anchor, "Impact")
    assert sections_of(ALL[name]["AlarmName"]) == {anchor}
    assert plain(OVER) in said(RUNBOOK, anchor, "Verify")
    if check:
        (command,) = check
        assert plain(command.removeprefix("check: ")) in typed(anchor)


@pytest.mark.parametrize("path", [*DOCUMENTS, ROOT / "Makefile"], ids=lambda path: path.name)
def test_a_pattern_that_a_page_silences_is_of_an_alarm_of_the_stack(path: Path) -> None:
    names = [item["AlarmName"] for item in ALL.values()]
    shown = re.findall(r"silence\b.*?NAME='([^'$]+)'", path.read_text())
    assert [one for one in shown if not any(fnmatchcase(name, one) for name in names)] == []


def typed(anchor: str) -> str:
    """What the section says to type; its names are the example's, as the template's are here."""
    found = said(RUNBOOK, anchor, "Check") + said(RUNBOOK, anchor, "Fix")
    return found.replace('"$cluster"', EVERYTHING["DatabaseClusterId"]).replace("\\ ", "")


@pytest.mark.parametrize("name", ALL)
def test_a_gap_in_the_data_is_no_incident_unless_it_is_the_incident(name: str) -> None:
    expected = "breaching" if name in GAP_IS_THE_INCIDENT else "notBreaching"
    assert ALL[name]["TreatMissingData"] == expected


@pytest.mark.parametrize("name", ALL)
def test_only_alarms_on_send_alerts_go_past_it(name: str) -> None:
    assert ALL[name].get("AlarmActions", []) == (
        ["<AlertTopic>"] if name in STRAIGHT_TO_THE_TOPIC else []
    )


@pytest.mark.parametrize("name", ALL)
def test_each_metric_stands_in_the_table_with_its_source(name: str) -> None:
    alarm = ALL[name]
    (row,) = re.findall(rf"^\| `{name}` \|.*$", DECISION, re.MULTILINE)
    assert re.search(rf"`{alarm['Namespace']}` `{alarm['MetricName']}` [¹²³⁴⁵⁶]", row)
    for dimension in alarm.get("Dimensions", [{"Name": "none"}]):
        assert dimension["Name"] in row
    assert alarm.get("Statistic", alarm.get("ExtendedStatistic")) in row


def test_the_thresholds_that_follow_from_an_app_s_size_are_parameters() -> None:
    sizes = {"DatabaseConnectionsLimit": "77", "QueueLatencySeconds": "78"}
    changed = alarms(EVERYTHING | sizes)
    moved = {name for name in changed if changed[name]["Threshold"] != ALL[name]["Threshold"]}
    assert moved == {"DatabaseConnectionsAlarm", "QueueLatencyAlarm"}


@pytest.mark.parametrize("name", ALL)
def test_each_threshold_stands_in_the_table(name: str) -> None:
    (row,) = re.findall(rf"^\| `{name}` \|.*$", DECISION, re.MULTILINE)
    threshold = row.split("|")[6].strip()
    parameter = re.fullmatch(r"`(\w+)`", threshold)
    limit = PARAMETERS[parameter[1]]["Default"] if parameter else threshold
    assert str(limit) == str(ALL[name]["Threshold"])


def test_an_alert_may_wait_half_an_hour() -> None:
    late = ALL["AlertsLateAlarm"]
    assert (late["Period"], int(late["EvaluationPeriods"])) == (60, 30)
    # The age of the oldest message leaves out what was received three times: Slack down for hours
    # would never ring.
    assert late["MetricName"] == "ApproximateNumberOfMessagesNotVisible"


def widgets(parameters: dict[str, str]) -> list[dict[str, Any]]:
    body = json.loads(resolved(parameters)["Dashboard"]["Properties"]["DashboardBody"])
    found: list[dict[str, Any]] = body["widgets"]
    return found


@pytest.mark.parametrize(
    "parameters",
    [EVERYTHING, ESSENTIAL, EVERYTHING | {"AlarmSet": "own"}, {}, {"AlarmSet": "all"}],
    ids=["all", "essential", "own", "defaults", "all without names"],
)
def test_the_dashboard_begins_with_every_alarm_that_there_is(parameters: dict[str, str]) -> None:
    first = widgets(parameters)[0]
    assert first["type"] == "alarm"
    assert sorted(first["properties"]["alarms"]) == sorted(
        f"<{name}.Arn>" for name in alarms(parameters)
    )


def test_no_metric_on_the_dashboard_has_an_empty_dimension() -> None:
    """CloudWatch refuses such a dashboard, and with it the deployment."""
    for widget in widgets({}):
        for metric in widget["properties"].get("metrics", []):
            assert "" not in metric


def test_what_the_dashboard_counts_in_the_logs_is_what_the_functions_log() -> None:
    queries = [
        widget["properties"]["query"] for widget in widgets(EVERYTHING) if widget["type"] == "log"
    ]
    messages = {
        text
        for query in queries
        for part in re.findall(r"message (?:=|in) (\[.*?\]|'.*?')", query)
        for text in re.findall(r"'(.*?)'", part)
    }
    sources = "".join(file.read_text() for file in (ROOT / "functions").rglob("*.py"))
    assert len(messages) == 4
    assert {message for message in messages if f'"{message}"' not in sources} == set()


def test_the_dashboard_s_widgets_fill_their_rows_without_overlap() -> None:
    cells = [
        (x, y)
        for widget in widgets(EVERYTHING)
        for x in range(widget["x"], widget["x"] + widget["width"])
        for y in range(widget["y"], widget["y"] + widget["height"])
    ]
    assert len(cells) == len(set(cells)) == 24 * 27


def test_the_stack_has_at_most_ten_custom_metrics() -> None:
    sources = (ROOT / "functions").rglob("*.py")
    names = {
        name for file in sources for name in re.findall(r'add_metric\("(\w+)"', file.read_text())
    }
    assert 0 < len(names) <= 10
    shown = json.dumps(resolved(EVERYTHING)["Dashboard"])
    used = {item["MetricName"] for item in ALL.values() if item["Namespace"] == "JikiOps"}
    assert used <= names
    assert {name for name in ("QueueLatency", "FailedJobs") if name in shown} <= names
