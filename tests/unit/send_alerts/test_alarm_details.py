"""What an alarm's event says in its details: what is measured, by whom, where its logs are."""

import json
from copy import replace
from typing import Any

import pytest

from ops_common.ops_events import Severity
from send_alerts.reading.metrics import of_event
from tests.unit.send_alerts.alert_world import STACK_INFO
from tests.unit.send_alerts.parsing import Event, parsed


def metric(**dimensions: str) -> dict[str, Any]:
    measured = {"namespace": "AWS/ECS", "name": "CPUUtilization", "dimensions": dimensions}
    return {"id": "m1", "metricStat": {"metric": measured, "stat": "Average", "period": 60}}


@pytest.mark.parametrize(
    ("dimensions", "group"),
    [
        ({"ServiceName": "jiki-api-solid-queue"}, "/ecs/jiki-api-solid-queue"),
        ({"FunctionName": "import"}, "/aws/lambda/import"),
        ({"ClusterName": "jiki"}, "/ecs/jiki-api-web"),
    ],
)
def test_the_logs_are_those_of_what_is_measured(dimensions: dict[str, str], group: str) -> None:
    assert of_event([metric(**dimensions)], STACK_INFO).log_group == group


def test_what_is_measured_elsewhere_has_no_logs_of_ours() -> None:
    entry = metric(QueueName="orders")
    entry["metricStat"]["metric"]["namespace"] = "AWS/SQS"
    assert of_event([entry], STACK_INFO).log_group == ""


def test_a_metric_is_watched_unless_it_says_that_it_is_not(event: Event) -> None:
    alarm = event("alerts/alarm_metric")
    (entry,) = alarm["detail"]["configuration"]["metrics"]
    entry.pop("returnData", None)
    (found,) = parsed(alarm)
    assert found.text.startswith("CPUUtilization (average over 1 min) is 96.41")
    entry["returnData"] = False
    (found,) = parsed(alarm)
    assert found.text.startswith("It is 96.41")


def test_a_contributor_s_line_says_who_and_why(event: Event) -> None:
    contributor = event("alerts/alarm_contributor")
    (found,) = parsed(contributor)
    who = "ServiceName jiki-api-web is ALARM"
    assert found.text.startswith(f"{who}: ")
    contributor["detail"]["state"]["reason"] = ""
    contributor["detail"]["configuration"]["metrics"] = []
    (found,) = parsed(contributor)
    assert found.text == who


def test_what_set_a_composite_alarm_off_may_have_colons_in_its_name(event: Event) -> None:
    composite = event("alerts/alarm_composite")
    arn = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:web: 5xx: share"
    composite["detail"]["state"]["reasonData"] = {"triggeringAlarms": [{"arn": arn}]}
    (found,) = parsed(composite)
    assert found.text == "Set off by web: 5xx: share"
    by_sns = event("alerts/sns_alarm_composite")
    message = json.loads(by_sns["Message"])
    message["TriggeringChildren"][0]["Arn"] = arn
    (found,) = parsed(by_sns | {"Message": json.dumps(message)})
    assert found.text == "Set off by web: 5xx: share"


@pytest.mark.parametrize("name", ["alarm_composite", "sns_alarm_composite"])
def test_a_composite_alarm_says_its_rule(name: str, event: Event) -> None:
    (found,) = parsed(event(f"alerts/{name}"))
    assert "jiki-api-alb-5xx-share" in dict(found.facts)["Rule"]


def test_a_command_of_ours_is_for_the_event_s_environment(event: Event) -> None:
    failed = event("alerts/own_rotation_failed")
    failed["detail"]["environment"] = "staging"
    (found, *_) = parsed(failed)
    assert "ENVIRONMENT=staging" in found.guide.check


@pytest.mark.parametrize("name", ["anomaly_detection", "insufficient_data", "metric_math"])
def test_an_alarm_by_a_topic_says_what_its_event_says(event: Event, name: str) -> None:
    by_event, by_topic = (
        parsed(event(f"alerts/{one}"))[0] for one in (f"alarm_{name}", f"sns_alarm_{name}")
    )
    for field in ("key", "name", "signal", "title", "text", "occurred_at", "was", "part"):
        assert getattr(by_topic, field) == getattr(by_event, field), field
    assert dict(by_topic.facts)["Resource"] == dict(by_event.facts)["Resource"]
    assert by_topic.widget == by_event.widget


def test_one_metric_by_a_topic_is_drawn_as_by_its_event(event: Event) -> None:
    """Its dimensions have another order."""
    drawn = []
    for name in ("alarm_metric", "sns_alarm_metric"):
        (found,) = parsed(event(f"alerts/{name}"))
        widget = json.loads(found.widget)
        ((namespace, metric, *dimensions, options),) = widget["metrics"]
        assert (namespace, metric, len(dimensions)) == ("AWS/ECS", "CPUUtilization", 4)
        pairs = {*zip(dimensions[::2], dimensions[1::2], strict=True)}
        shown = (options["visible"], options["period"], options["stat"])
        drawn.append((pairs, shown, widget["annotations"], found.text))
    assert drawn[0] == drawn[1]


@pytest.mark.parametrize(
    ("sent", "drawn", "said"),
    [
        ({"Statistic": "AVERAGE"}, "Average", "(average over 1 min)"),
        ({"Statistic": "SUM"}, "Sum", "(sum over 1 min)"),
        ({"Statistic": "SAMPLE_COUNT"}, "SampleCount", "(sample count over 1 min)"),
        ({"Statistic": None, "ExtendedStatistic": "p99.9"}, "p99.9", "(p99.9 over 1 min)"),
        ({"Statistic": None, "ExtendedStatistic": "TM(2%:98%)"}, "TM(2%:98%)", "over 1 min"),
    ],
)
def test_a_statistic_by_a_topic_is_spelled_as_cloudwatch_draws_it(
    event: Event, sent: dict[str, str | None], drawn: str, said: str
) -> None:
    by_sns = event("alerts/sns_alarm_metric")
    message = json.loads(by_sns["Message"])
    message["Trigger"] |= sent
    (found,) = parsed(by_sns | {"Message": json.dumps(message)})
    ((*_, options),) = json.loads(found.widget)["metrics"]
    assert options["stat"] == drawn
    assert said in found.text


@pytest.mark.parametrize(
    ("word", "severity", "said"),
    [
        ("", Severity.WARNING, None),
        ("warning", Severity.WARNING, None),
        ("Critical", Severity.CRITICAL, None),
        ("P1", Severity.CRITICAL, "(critical)"),
        ("SEV-2", Severity.WARNING, "(warning)"),
        ("low", Severity.INFO, "(info)"),
        ("purple", Severity.WARNING, "unknown"),
    ],
)
def test_a_severity_is_read_in_a_team_s_own_word(
    event: Event, word: str, severity: Severity, said: str | None
) -> None:
    given = event("alerts/alarm_metric")
    given["detail"]["configuration"]["description"] = f"severity: {word}" if word else ""
    (found,) = parsed(given | {"detail": given["detail"] | {"alarmTags": {}}})
    shown = dict(found.facts).get("Severity")
    assert found.severity is severity
    assert said in shown if shown and said else shown == said, shown


@pytest.mark.parametrize(
    ("address", "link", "place"),
    [
        ("https://example.org/runbook.md", "https://example.org/runbook.md#calm", ""),
        ("docs/runbook.md", "", "docs/runbook.md#calm"),
    ],
)
def test_a_section_of_the_runbook_is_linked_or_named(address: str, link: str, place: str) -> None:
    stack_info = replace(STACK_INFO, runbook_url=address)
    assert [one.url for one in stack_info.runbook("calm")] == ([link] if link else [])
    assert stack_info.runbook_fact("calm") == ((("Runbook", place),) if place else ())
