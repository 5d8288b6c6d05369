import json
from collections.abc import Callable
from copy import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from local.alert_batches import BATCHES, EVENTS, rendered
from ops_common.jsonable import jsonable
from ops_common.ops_events import Severity
from send_alerts.reading.notice import Notice, Signal
from send_alerts.reading.parse import FollowUp, NotAnEvent, parse
from tests.outputs import text_of
from tests.unit.send_alerts.alert_world import NOON, STACK_INFO
from tests.unit.send_alerts.parsing import Event, parsed


@pytest.fixture
def only(event: Event) -> Callable[[str], Notice]:
    """The one notice of a file in events/alerts."""

    def read(name: str) -> Notice:
        (found,) = parsed(event(f"alerts/{name}"))
        return found

    return read


def test_an_alarm_brings_the_state_that_it_leaves(only: Callable[[str], Notice]) -> None:
    assert only("alarm_metric_ok").was is Signal.OPEN
    assert only("alarm_metric").was is Signal.RESOLVED


def test_a_failed_task_is_labelled_by_why_it_ended(
    event: Event, only: Callable[[str], Notice]
) -> None:
    assert only("ecs_task_unhealthy").label == "failed health checks"
    task = event("alerts/ecs_task_failed")
    for container in task["detail"]["containers"]:
        container.pop("reason", None)
    (exited,) = parsed(task)
    assert exited.label == "web exited with 1"


def test_a_muted_alarm_names_the_rule_that_mutes_it(only: Callable[[str], Notice]) -> None:
    hold = only("alarm_muted").hold
    assert hold
    assert hold.by == "AWS's mute rule nightly-import"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "alarm_metric",
            "CPUUtilization (average over 1 min) is 96.41, greater than the threshold 80"
            " (3 of 3 datapoints)",
        ),
        (
            "alarm_metric_ok",
            "CPUUtilization (average over 1 min) is 52.7, not greater than the threshold 80"
            " (1 of 3 datapoints)",
        ),
        (
            "alarm_metric_math",
            "5xx share (%) is 7.317, greater than or equal to the threshold 5 (2 of 3 datapoints)",
        ),
        (
            "alarm_anomaly_detection",
            "TargetResponseTime (p95 over 5 min) is 2.914, outside the expected band 0.041 to"
            " 0.613 (1 of 1 datapoints)",
        ),
        (
            "sns_alarm_anomaly_detection",
            "TargetResponseTime (p95 over 5 min) is 2.914, outside the expected band 0.041 to"
            " 0.613 (1 of 1 datapoints)",
        ),
        ("sns_alarm_insufficient_data", "Insufficient Data: 1 datapoint was unknown."),
        ("alarm_composite", "Set off by jiki-api-alb-5xx-share, jiki-api-unhealthy-targets"),
        ("alarm_insufficient_data", "Insufficient Data: 1 datapoint was unknown."),
        ("sns_alarm_composite", "Set off by jiki-api-alb-5xx-share"),
        (
            "sns_alarm_metric_math",
            "5xx share (%) is 7.317, greater than or equal to the threshold 5 (2 of 3 datapoints)",
        ),
        ("ecs_task_failed", "Essential container in task exited; web exited with 1; "
         "web: OutOfMemoryError: Container killed due to memory usage"),
    ],
)  # fmt: skip
def test_says_what_happened_in_words(only: Callable[[str], Notice], name: str, words: str) -> None:
    assert only(name).text == words


@pytest.mark.parametrize(
    ("name", "signal", "severity"),
    [
        ("alarm_metric", Signal.OPEN, Severity.CRITICAL),
        ("alarm_metric_ok", Signal.RESOLVED, Severity.CRITICAL),
        ("alarm_metric_math", Signal.OPEN, Severity.WARNING),
        ("alarm_composite", Signal.OPEN, Severity.CRITICAL),
        ("alarm_insufficient_data", Signal.NO_DATA, Severity.CRITICAL),
        ("own_rotation_failed", Signal.OPEN, Severity.CRITICAL),
        ("own_password_lost", Signal.OPEN, Severity.CRITICAL),
        ("own_scaler_at_limit_over", Signal.RESOLVED, Severity.WARNING),
        ("own_scaler_blind", Signal.OPEN, Severity.WARNING),
        ("own_workers_dead", Signal.OPEN, Severity.CRITICAL),
        ("own_workers_scaled", Signal.CHANGE, Severity.INFO),
        ("ecs_task_failed", Signal.OPEN, Severity.WARNING),
        ("ecs_deployment_in_progress", Signal.CHANGE, Severity.INFO),
    ],
)
def test_knows_what_it_means_and_how_bad_it_is(
    only: Callable[[str], Notice], name: str, signal: Signal, severity: Severity
) -> None:
    assert (only(name).signal, only(name).severity) == (signal, severity)


def test_an_alarm_by_sns_is_the_same_transition_as_by_event_bridge(
    only: Callable[[str], Notice],
) -> None:
    direct = only("alarm_metric")
    for wrapped in (only("sns_alarm_metric"), only("sns_alarm_without_arn")):
        assert wrapped.key == direct.key
        assert wrapped.occurred_at == direct.occurred_at
        assert wrapped.signal is direct.signal
        assert wrapped.links == direct.links
    assert only("sns_records_alarm_ok").occurred_at == only("alarm_metric_ok").occurred_at


def test_links_lead_to_the_alarm_the_logs_of_its_service_and_the_runbook(
    only: Callable[[str], Notice],
) -> None:
    alarm, logs, runbook = only("alarm_metric").links
    assert alarm.url.endswith("#alarmsV2:alarm/jiki-api-web-cpu-high")
    assert "start~'2026-11-25T03*3a58*3a11.000Z" in logs.url
    assert "source~(~'*2fecs*2fjiki-api-web)" in logs.url
    assert runbook.url == "https://github.com/jiki/ops/blob/main/docs/runbook.md#web-cpu"
    assert dict(only("alarm_metric").facts) == {
        "About": "The web tasks are short of CPU.",
        "Resource": "ClusterName jiki-production, ServiceName jiki-api-web",
        "Account": "123456789012 in eu-west-1",
    }


def test_the_lines_of_a_description_that_the_page_shows_are_understood(event: Event) -> None:
    alarm = event("alerts/alarm_metric")
    described = text_of("alarm-description")
    alarm["detail"]["configuration"]["description"] = described
    (said,) = parsed(alarm)
    assert (said.severity, dict(said.tags)["team"]) == (Severity.CRITICAL, "payments")
    assert dict(said.facts)["About"] == described.splitlines()[0]
    assert f"\nimpact: {said.guide.impact}\n" in described
    assert f"\ncheck: {said.guide.check}\n" in described
    _, logs, runbook = said.links
    assert runbook.url in described
    assert "*2fecs*2fjiki-api-web)" in logs.url


@pytest.mark.parametrize(
    ("account", "region", "linked"),
    [
        ("123456789012", "eu-west-1", ["Alarm", "Logs"]),
        ("123456789012", "us-east-1", ["Alarm"]),
        ("210987654321", "eu-west-1", ["Alarm"]),
    ],
)
def test_no_link_leads_to_logs_that_are_elsewhere(
    event: Event, account: str, region: str, linked: list[str]
) -> None:
    given = event("alerts/alarm_metric")
    arn = f"arn:aws:cloudwatch:{region}:{account}:alarm:jiki-api-web-cpu-high"
    here = STACK_INFO._replace(account="123456789012")
    (notice,) = parsed({**given, "account": account, "region": region, "resources": [arn]}, here)
    assert [link.label for link in notice.links if link.label != "Runbook"] == linked


def test_a_runbook_that_is_no_web_address_is_left_out(only: Callable[[str], Notice]) -> None:
    assert [link.label for link in only("alarm_hostile_name").links] == ["Alarm", "Logs"]


def test_the_widget_draws_the_metrics_and_the_threshold(only: Callable[[str], Notice]) -> None:
    widget = json.loads(only("alarm_metric_math").widget)
    assert widget["metrics"][0] == [
        {"expression": "100 * m1 / m2", "id": "e1", "visible": True, "label": "5xx share (%)"}
    ]
    assert widget["metrics"][1][:4] == [
        "AWS/ApplicationELB",
        "HTTPCode_Target_5XX_Count",
        "LoadBalancer",
        "app/jiki-api-alb/50dc6c495c0c9188",
    ]
    assert widget["annotations"]["horizontal"][0]["value"] == 5.0
    assert not only("alarm_composite").widget


def test_a_failed_deployment_opens_an_incident_that_a_completed_one_ends(event: Event) -> None:
    failed = parsed(event("alerts/ecs_deployment_failed"))
    completed = parsed(event("alerts/ecs_deployment_completed"))
    assert [notice.signal for notice in failed] == [Signal.OPEN, Signal.CHANGE]
    assert [notice.signal for notice in completed] == [Signal.RESOLVED, Signal.CHANGE]
    assert {notice.key for notice in (*failed, *completed)} == {
        "service:123456789012/eu-west-1/jiki-production/jiki-api-web"
    }


def test_a_task_that_was_stopped_on_purpose_is_nothing_to_notify_of(event: Event) -> None:
    task = event("alerts/ecs_task_failed")
    task["detail"]["stopCode"] = "UserInitiated"
    assert parsed(task) == []


def test_links_follow_the_prefix_of_the_log_groups_and_the_runbook_that_the_team_has(
    event: Event,
) -> None:
    stack_info = replace(STACK_INFO, log_group_prefix="app-", runbook_url="docs/runbook.md")
    (limit,) = parsed(event("alerts/own_scaler_at_limit"), stack_info)
    (task,) = parsed(event("alerts/ecs_task_failed"), stack_info)
    (alarm,) = parsed(event("alerts/alarm_metric"), stack_info)
    (math,) = parsed(event("alerts/alarm_metric_math"), stack_info)
    assert [link.label for link in limit.links] == ["Logs"]
    for notice, group in (
        (limit, "app-jiki-api-solid-queue"),
        (task, "app-jiki-api-web"),
        (alarm, "app-jiki-api-web"),
        (math, "app-jiki-api-web"),
    ):
        logs = next(link for link in notice.links if link.label == "Logs")
        assert f"source~(~'{group})" in logs.url


@pytest.mark.parametrize("name", ["unknown_shape_of_a_known_source", "sns_plain_text"])
def test_an_unknown_event_becomes_a_plain_message(only: Callable[[str], Notice], name: str) -> None:
    notice = only(name)
    assert notice.signal is Signal.NOTE
    assert notice.key.startswith("note:")
    assert notice.title.startswith(("CloudWatch Alarm State Change", "AWS Budgets: jiki-monthly"))


def test_a_message_to_ourselves_is_no_notice(event: Event) -> None:
    assert parse(json.dumps(event("alerts/follow_up")), NOON, STACK_INFO) == FollowUp(
        "alarm:jiki-api-web-cpu-high", 1
    )


@pytest.mark.parametrize("body", ["", " \n", "[]", "7", "null", "?"])
def test_what_is_no_event_at_all_is_refused(body: str) -> None:
    with pytest.raises(NotAnEvent):
        parse(body, NOON, STACK_INFO)


@pytest.mark.parametrize("name", BATCHES)
def test_the_batches_are_made_of_the_single_events(name: str) -> None:
    assert (EVENTS / "send_alerts" / f"{name}.json").read_text() == rendered(name)


def test_a_notice_survives_being_kept() -> None:
    for path in Path(EVENTS / "alerts").glob("*.json"):
        found = parse(path.read_text(), datetime(2026, 11, 25, tzinfo=UTC), STACK_INFO)
        for notice in found if isinstance(found, list) else ():
            assert Notice.from_json(json.loads(json.dumps(jsonable(notice)))) == notice


def test_a_sentence_of_a_rule_s_input_transformer_is_a_message() -> None:
    (notice,) = parsed("The import of orders has stopped")
    assert (notice.signal, notice.title) == (Signal.NOTE, "The import of orders has stopped")


def test_a_batch_brings_what_each_of_its_records_says(event: Event) -> None:
    records = [event("alerts/sns_records_alarm_ok")["Records"][0] for _ in range(2)]
    records[1] = {"eventSource": "aws:sqs", "body": json.dumps(event("alerts/alarm_metric"))}
    assert [n.signal for n in parsed({"Records": records})] == [Signal.RESOLVED, Signal.OPEN]


@pytest.mark.parametrize("name", ["alarm_metric", "ecs_task_failed", "ecs_deployment_failed"])
@pytest.mark.parametrize("source", [None, "acme.forwarder"])
def test_an_event_of_another_source_is_known_by_its_kind(
    event: Event, name: str, source: str | None
) -> None:
    whole = event(f"alerts/{name}")
    read, known = parsed({**whole, "source": source}), parsed(whole)
    assert [(n.key, n.signal, n.title) for n in read] == [(n.key, n.signal, n.title) for n in known]
