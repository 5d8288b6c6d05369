"""A one-time schedule is lost: the hourly one brings its incident back, and nobody hears twice."""

import json
from collections.abc import Callable
from copy import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from local.moto_aws import SCHEDULE_GROUP
from local.slack import SlackStandIn
from local.transform import resolved
from ops_common.one_time_schedules import schedule_name
from ops_common.versioned_item import VersionedItems
from send_alerts.channels.incidents import DynamoIncidents
from tests.integration.send_alerts.conftest import CPU_HIGH, OPS_TABLE, Alerts

type Event = Callable[[str], Any]
HOURS_AGO = timedelta(hours=5)


def let_its_follow_up_be_lost(alerts: Alerts, key: str = CPU_HIGH) -> dict[str, Any]:
    """As if it had been due hours ago; the schedule that was to bring it."""
    scheduler = alerts.aws.client("scheduler")
    name = {"GroupName": SCHEDULE_GROUP, "Name": schedule_name(key)}
    lost = scheduler.get_schedule(**name)
    scheduler.delete_schedule(**name)
    store = DynamoIncidents(VersionedItems(alerts.aws.client("dynamodb"), OPS_TABLE))
    held = store.load(key)
    incident = held.incident
    assert incident.follow_up is not None
    assert incident.follow_up.due_at is not None
    due_at = incident.follow_up.due_at - HOURS_AGO
    notified_at = incident.notified_at and incident.notified_at - HOURS_AGO
    overdue = replace(
        incident, follow_up=replace(incident.follow_up, due_at=due_at), notified_at=notified_at
    )
    store.save(replace(held, incident=overdue), datetime.now(UTC))
    return json.loads(lost["Target"]["Input"])


def scheduled(alerts: Alerts, key: str = CPU_HIGH) -> dict[str, Any]:
    """What the incident's schedule is to bring now, and when."""
    found = alerts.aws.client("scheduler").get_schedule(
        GroupName=SCHEDULE_GROUP, Name=schedule_name(key)
    )
    return {**json.loads(found["Target"]["Input"]), "at": found["ScheduleExpression"]}


def sweep() -> dict[str, Any]:
    """What the stack's schedule sends to the queue."""
    target = resolved()["SendAlertsSweep"]["Properties"]["Target"]
    assert target["Arn"] == "<AlertQueue.Arn>"
    return json.loads(target["Input"])


def test_a_reminder_comes_though_its_schedule_was_lost_and_once_though_it_was_only_late(
    with_slack: Alerts, slack: SlackStandIn, event: Event
) -> None:
    with_slack.send(event("alerts/alarm_metric"))
    late = let_its_follow_up_be_lost(with_slack)
    # WHEN the sweep comes
    assert with_slack.send(sweep()) == []
    # THEN the follow-up is scheduled for now, and nobody has been notified yet
    swept = scheduled(with_slack)
    assert swept.pop("at") < f"at({datetime.now(UTC) + timedelta(minutes=1):%Y-%m-%dT%H:%M:%S})"
    assert swept == late
    assert len(slack.messages) == 1
    # WHEN both arrive, THEN there is one reminder, and the next one is hours away
    assert with_slack.send(swept, late, swept) == []
    assert [message.thread_ts for message in slack.messages[1:]] == [slack.messages[0].ts]
    assert "Not over yet" in slack.messages[1].text
    in_three_hours = datetime.now(UTC) + timedelta(hours=3)
    assert scheduled(with_slack)["at"] > f"at({in_three_hours:%Y-%m-%dT%H:%M:%S})"


def test_what_is_due_later_is_left_as_it_is(
    with_slack: Alerts, slack: SlackStandIn, event: Event
) -> None:
    with_slack.send(event("alerts/alarm_metric"))
    before = scheduled(with_slack)
    assert with_slack.send(sweep(), sweep()) == []
    assert scheduled(with_slack) == before
    assert len(slack.messages) == 1


def test_the_end_by_mail_that_waited_is_sent_once(with_slack: Alerts, event: Event) -> None:
    # GIVEN an alarm that ended a minute ago, and whose follow-up is lost
    now = datetime.now(UTC)
    for name, ago in (("alarm_metric", 5), ("alarm_metric_ok", 1)):
        body = event(f"alerts/{name}")
        body["detail"]["state"]["timestamp"] = (now - timedelta(minutes=ago)).isoformat()
        with_slack.send(body)
    assert with_slack.subjects() == ["ALARM: [CRITICAL] jiki-api-web-cpu-high"]
    late = let_its_follow_up_be_lost(with_slack)
    store = DynamoIncidents(VersionedItems(with_slack.aws.client("dynamodb"), OPS_TABLE))
    held = store.load(CPU_HIGH)
    assert held.incident.end_mail is not None
    end = replace(held.incident.end_mail, at=held.incident.end_mail.at - HOURS_AGO)
    store.save(replace(held, incident=replace(held.incident, end_mail=end)), now)
    # WHEN the sweep brings it back, and the lost one comes as well
    with_slack.send(sweep())
    swept = scheduled(with_slack)
    with_slack.send(swept, late)
    with_slack.send(sweep())
    assert with_slack.subjects() == ["OK: [RESOLVED] jiki-api-web-cpu-high"]
