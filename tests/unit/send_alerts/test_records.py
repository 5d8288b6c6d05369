"""What becomes of one message of the queue: done, or hidden for how long."""

import json
from collections.abc import Callable
from contextlib import suppress
from copy import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from local.alert_batches import batch
from send_alerts.channels.slack_failures import MaybeSent, NotSent
from send_alerts.handle_record import handle_record
from send_alerts.ports import TryLater
from send_alerts.reading.parse import NotAnEvent
from tests.unit.send_alerts.alert_fakes import ProcessDied
from tests.unit.send_alerts.alert_world import (
    STACK_INFO,
    AlertWorld,
)

type Event = Callable[[str], Any]


class HidingQueue:
    def __init__(self) -> None:
        self.hidden: list[float] = []

    def hide(self, receipt_handle: str, seconds: float) -> None:
        self.hidden.append(seconds)

    def send_follow_up(self, key: str, number: int, seconds: float) -> None:
        """Not of interest here."""


def received(world: AlertWorld, body: Any, waiting_seconds: float = 0) -> list[float]:
    """For how long the message was hidden, if it was."""
    queue = HidingQueue()
    first = world.now - timedelta(seconds=waiting_seconds)
    (record,) = batch([body], first_received_at=first)["Records"]
    ports = replace(world.ports(), queue=queue)
    try:
        handle_record(SQSRecord(record), ports, STACK_INFO)
    except (TryLater, NotAnEvent):
        return queue.hidden
    assert not queue.hidden
    return []


def test_what_was_sent_is_done(event: Event) -> None:
    assert received(AlertWorld(), event("alerts/alarm_metric")) == []


def test_slack_s_retry_after_is_how_long_the_message_is_hidden(event: Event) -> None:
    world = AlertWorld()
    world.threads.failures = [NotSent("limit", 240)]
    assert received(world, event("alerts/alarm_metric")) == [240]


@pytest.mark.parametrize(
    ("waiting_seconds", "seconds"), [(0, 30), (120, 60), (480, 240), (900, 300), (9000, 300)]
)
def test_a_failing_message_waits_longer_each_time(
    event: Event, waiting_seconds: float, seconds: float
) -> None:
    world = AlertWorld()
    world.seconds_left = 30
    world.threads.failures = [MaybeSent("timeout")]
    assert received(world, event("alerts/alarm_metric"), waiting_seconds) == [seconds]


def test_who_finds_the_incident_taken_comes_back_at_once(event: Event) -> None:
    world = AlertWorld()
    world.incidents.crash_at_save = 2
    with pytest.raises(ProcessDied):
        received(world, event("alerts/alarm_metric"))
    assert received(world, event("alerts/alarm_metric_ok"), waiting_seconds=900) == [5]


@pytest.mark.parametrize("body", ["", json.dumps([1])])
def test_what_is_no_event_comes_back_at_once_and_so_ends_in_the_dead_letter_queue(
    body: str,
) -> None:
    assert received(AlertWorld(), body) == [0]


def test_text_without_a_time_is_sent_once_however_often_it_is_retried() -> None:
    world = AlertWorld()
    world.threads.failures = [NotSent("limit", 240)] * 3
    (record,) = batch(["The nightly import has stopped."], first_received_at=world.now)["Records"]
    for _ in range(4):
        with suppress(TryLater):
            ports = replace(world.ports(), queue=HidingQueue())
            handle_record(SQSRecord(record), ports, STACK_INFO)
        world.now += timedelta(minutes=5)
    assert world.topic.subjects == ["[WARNING] The nightly import has stopped."]
    assert len(world.threads.messages) == 1


CORPUS = Path(__file__).parents[2] / "corpus" / "other_events"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("lambda_dlq", "A function has failed: Task timed out after 75.00 seconds"),
        ("scheduler_dlq", "The schedule probe could not deliver to probe"),
    ],
)
def test_a_dead_letter_says_what_failed_though_only_its_attributes_do(name: str, says: str) -> None:
    record = json.loads((CORPUS / f"{name}.json").read_text())
    # As a record of our queue, and as the body of a message
    given = record | {"receiptHandle": "r"}
    given["attributes"] |= {
        "ApproximateFirstReceiveTimestamp": record["attributes"]["SentTimestamp"]
    }
    (wrapped,) = batch([record])["Records"]
    for one in (given, wrapped):
        world = AlertWorld()
        handle_record(SQSRecord(one), world.ports(), STACK_INFO)
        assert world.topic.subjects == [f"[WARNING] {says}"]


def test_an_alarm_that_a_rule_could_not_deliver_is_still_the_alarm(event: Event) -> None:
    (record,) = batch([event("alerts/alarm_metric")])["Records"]
    record["messageAttributes"] = {
        "RULE_ARN": {"stringValue": "arn:aws:events:eu-west-1:123456789012:rule/alarms"},
        "ERROR_MESSAGE": {"stringValue": "throttled"},
    }
    world = AlertWorld()
    handle_record(SQSRecord(record), world.ports(), STACK_INFO)
    assert world.topic.subjects == ["[CRITICAL] jiki-api-web-cpu-high"]
