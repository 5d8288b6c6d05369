"""Slack refuses, fails, hangs or is gone: the handler against moto and the Slack stand-in."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from local.alert_batches import batch
from local.slack import Failure, SlackStandIn
from send_alerts import wiring
from send_alerts.app import handler
from tests.integration.send_alerts.conftest import CPU_HIGH, Alerts

type Event = Callable[[str], Any]


def test_slack_down_keeps_the_event_and_sns_goes_out_meanwhile(
    with_slack: Alerts, slack: SlackStandIn, event: Event
) -> None:
    # GIVEN Slack that gives no answer
    slack.fail_next(Failure(cut=True))
    alarm = event("alerts/alarm_metric")
    # WHEN the alarm comes
    assert len(with_slack.send(alarm)) == 1
    # THEN SNS has it, the queue hides it, and its next delivery repeats Slack alone
    assert with_slack.subjects() == ["ALARM: [CRITICAL] jiki-api-web-cpu-high"]
    assert with_slack.in_flight() == 1
    with_slack.let_attempts_settle(CPU_HIGH)
    assert handler(batch([alarm]), with_slack.context) == {"batchItemFailures": []}
    assert [message.text for message in slack.messages] == [
        ":red_circle: *Critical: jiki-api-web-cpu-high*"
    ]
    assert with_slack.subjects() == []


def test_a_post_that_landed_although_slack_failed_is_found_and_not_repeated(
    with_slack: Alerts, slack: SlackStandIn, event: Event
) -> None:
    slack.fail_next(Failure(status=503, after_the_work=True))
    # looked for after two seconds, in the same invocation
    assert with_slack.send(event("alerts/alarm_metric")) == []
    assert len([call for call in slack.calls if call.method == "chat.postMessage"]) == 1
    assert len(slack.messages) == 1


def test_a_reply_that_landed_although_slack_failed_is_found_in_the_thread(
    with_slack: Alerts, slack: SlackStandIn, event: Event
) -> None:
    with_slack.send(event("alerts/alarm_metric"))
    slack.fail_next(Failure(cut=True, after_the_work=True))
    with_slack.send(event("alerts/alarm_metric_ok"))
    with_slack.let_attempts_settle(CPU_HIGH)
    assert handler(batch([event("alerts/alarm_metric_ok")]), with_slack.context) == {
        "batchItemFailures": []
    }
    root, _ = slack.messages
    assert root.text.startswith(":large_green_circle:")


def test_a_silent_slack_is_not_asked_before_its_last_request_can_have_landed(
    with_slack: Alerts, slack: SlackStandIn, event: Event
) -> None:
    slack.fail_next(Failure(cut=True))
    with_slack.send(event("alerts/alarm_metric"))
    asked = len(slack.calls)
    # the end of the alarm comes at once; its delivery has to wait like the first
    assert len(with_slack.send(event("alerts/alarm_metric_ok"))) == 1
    assert len(slack.calls) == asked
    with_slack.let_attempts_settle(CPU_HIGH)
    assert handler(batch([event("alerts/alarm_metric_ok")]), with_slack.context) == {
        "batchItemFailures": []
    }
    assert len(slack.messages) == 2


def test_retry_after_is_waited_for_where_the_time_suffices(
    with_slack: Alerts, slack: SlackStandIn, event: Event
) -> None:
    slack.fail_next(Failure(status=429, error="ratelimited", retry_after_seconds=1))
    assert with_slack.send(event("alerts/alarm_metric")) == []
    assert len(slack.messages) == 1


def test_a_longer_retry_after_sends_the_event_back_and_is_obeyed(
    with_slack: Alerts, slack: SlackStandIn, event: Event
) -> None:
    slack.fail_next(Failure(status=429, error="ratelimited", retry_after_seconds=120))
    assert len(with_slack.send(event("alerts/alarm_metric"))) == 1
    # a second event doesn't even ask Slack
    assert len(with_slack.send(event("alerts/alarm_composite"))) == 1
    assert len(slack.calls) == 1
    assert len(with_slack.subjects()) == 2


@pytest.mark.parametrize("error", ["invalid_auth", "channel_not_found", "is_archived"])
def test_a_broken_slack_is_reported_once_by_sns_and_blocks_nothing(
    with_slack: Alerts, slack: SlackStandIn, event: Event, error: str
) -> None:
    slack.fail_next(Failure(error=error, times=3))
    for name in ("alarm_metric", "alarm_composite", "own_rotation_failed"):
        assert with_slack.send(event(f"alerts/{name}")) == []
    assert with_slack.subjects() == [
        "ALARM: [CRITICAL] jiki-api-web-cpu-high",
        "ALARM: [CRITICAL] Slack refuses the alerts",
        "ALARM: [CRITICAL] jiki-api-down",
        "ALARM: [CRITICAL] Database password not rotated: config",
    ]
    # mended: told once, too
    with_slack.send(event("alerts/alarm_anomaly_detection"))
    assert with_slack.subjects() == [
        "ALARM: [WARNING] jiki-api-latency-anomaly",
        "OK: [RESOLVED] Slack refuses the alerts",
    ]
    assert len(slack.messages) == 1


def test_a_token_that_cannot_be_read_is_a_broken_slack(
    alerts: Alerts, slack: SlackStandIn, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_TOKEN_PARAMETER", "/jiki-ops/no-such-parameter")
    assert alerts.send(event("alerts/alarm_metric")) == []
    assert alerts.subjects() == [
        "ALARM: [CRITICAL] jiki-api-web-cpu-high",
        "ALARM: [CRITICAL] Slack refuses the alerts",
    ]


def test_a_message_that_slack_refuses_is_sent_without_its_blocks(
    with_slack: Alerts, slack: SlackStandIn, event: Event
) -> None:
    slack.fail_next(Failure(error="invalid_blocks"))
    assert with_slack.send(event("alerts/alarm_metric")) == []
    (message,) = slack.messages
    assert "attachments" not in message.content or message.edits


def test_a_head_that_somebody_deleted_is_posted_anew(
    with_slack: Alerts, slack: SlackStandIn, event: Event
) -> None:
    with_slack.send(event("alerts/alarm_metric"))
    slack.delete(slack.messages[0].ts)
    assert with_slack.send(event("alerts/alarm_metric_ok")) == []
    (message,) = slack.messages
    assert message.text == ":large_green_circle: *Resolved: jiki-api-web-cpu-high*"


def test_a_thread_deleted_before_it_is_read_holds_nothing_up(
    with_slack: Alerts, slack: SlackStandIn, event: Event
) -> None:
    with_slack.send(event("alerts/alarm_metric"))
    slack.fail_next(Failure(cut=True))
    with_slack.send(event("alerts/alarm_metric_ok"))
    slack.delete(slack.messages[0].ts)
    with_slack.let_attempts_settle(CPU_HIGH)
    assert handler(batch([event("alerts/alarm_metric_ok")]), with_slack.context) == {
        "batchItemFailures": []
    }
    (message,) = slack.messages
    assert message.text == ":large_green_circle: *Resolved: jiki-api-web-cpu-high*"


def test_what_is_moved_back_from_the_dead_letter_queue_is_sent_where_it_was_not(
    with_slack: Alerts, slack: SlackStandIn, event: Event
) -> None:
    # GIVEN an alarm that SNS has and Slack had not when the queue gave it up
    slack.fail_next(Failure(status=429, error="ratelimited", retry_after_seconds=600))
    alarm = event("alerts/alarm_metric")
    assert with_slack.send(alarm) == [json.dumps(alarm)]
    assert len(with_slack.subjects()) == 1
    # WHEN the message is moved back, to a new process, and then once more
    wiring._bot.cache_clear()
    assert with_slack.send(alarm, alarm) == []
    # THEN Slack has it once, and SNS hears nothing again
    assert len(slack.messages) == 1
    assert with_slack.subjects() == []


def test_the_token_is_in_no_log(
    with_slack: Alerts, slack: SlackStandIn, event: Event, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    names = ("alarm_metric", "alarm_composite", "alarm_metric_math")
    failures = (Failure(status=500), Failure(error="invalid_auth"), Failure(cut=True))
    for name, failure in zip(names, failures, strict=True):
        slack.fail_next(failure)
        with_slack.send(event(f"alerts/{name}"))
    logged = [f"{record.getMessage()} {record.__dict__}" for record in caplog.records]
    assert any("invalid_auth" in line for line in logged)
    assert not any(slack.token in line for line in logged)
