"""A notification as on-call services parse it: CloudWatch's own form."""

import json
from typing import Any

from ops_common.on_call.operator_action import Action, OperatorAction
from ops_common.on_call.summaries import reference
from ops_common.ops_events import Severity
from send_alerts.reading.notice import Notice, Part, Signal
from send_alerts.reading.parse import parse
from send_alerts.words.notification import alarm_name, alarm_subject
from tests.unit.send_alerts.alert_world import STACK_INFO, AlertWorld, alarm, minute, notice, ok

ARN = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:web: 5xx"
KEY = f"alarm:{ARN}"


def forms(world: AlertWorld) -> list[dict[str, Any]]:
    return [json.loads(each["https"]) for each in world.topic.forms]


def read(form: dict[str, Any]) -> Notice:
    """As our own reader of CloudWatch's messages takes it; the corpus holds it to real ones."""
    said = parse(json.dumps(form), minute(60), STACK_INFO)
    assert isinstance(said, list)
    (found,) = said
    return found


def test_it_reads_as_an_alarm_that_opens_and_ends() -> None:
    world = AlertWorld()
    world.notify(alarm(0, key=KEY), at=0)
    world.notify(ok(5, key=KEY), at=5)
    world.let_time_pass(until=15)
    opened, over = (read(form) for form in forms(world))
    assert (opened.signal, over.signal) == (Signal.OPEN, Signal.RESOLVED)
    assert (opened.key, over.key) == (KEY, KEY)
    assert (opened.occurred_at, over.occurred_at) == (minute(0), minute(5))
    assert opened.severity is Severity.CRITICAL
    assert forms(world)[0]["AWSAccountId"] == "123456789012"
    assert forms(world)[0]["Region"] == "eu-west-1"


def test_all_of_one_incident_have_one_name_whatever_its_title_becomes() -> None:
    world = AlertWorld()
    service = "service:jiki-api-web"
    world.notify(alarm(0, key=service, part=Part.TASKS, severity=Severity.WARNING), at=0)
    world.notify(alarm(3, key=service, part=Part.PROBE, title="web fails", was=None), at=3)
    world.act(OperatorAction(Action.ACKNOWLEDGE, "ana", "slack", minute(4), incident=service))
    world.act(OperatorAction(Action.CLOSE, "ana", "slack", minute(5), incident=service, why="x"))
    found = forms(world)
    assert {form["AlarmName"] for form in found} == {alarm_name(service)}
    assert [form["NewStateValue"] for form in found] == ["ALARM", "ALARM", "ALARM", "OK"]


def test_an_alarm_keeps_its_name_and_another_incident_its_key() -> None:
    assert alarm_name(KEY) == f"web: 5xx ({reference(KEY)})"
    assert alarm_name("service:web") == f"service:web ({reference('service:web')})"


def test_a_note_opens_nothing_that_nothing_would_close() -> None:
    world = AlertWorld()
    world.notify(notice(Signal.NOTE, 0), at=0)
    (form,) = forms(world)
    assert form["NewStateValue"] == "INSUFFICIENT_DATA"
    assert alarm_subject("[INFO] x", "info") == "[INFO] x"


def test_late_news_of_what_is_over_opens_nothing() -> None:
    world = AlertWorld()
    world.notify(ok(5, key=KEY), at=5)
    world.notify(alarm(0, key=KEY), at=6)
    assert {form["NewStateValue"] for form in forms(world)} == {"OK"}
    assert {label["state"] for label in world.topic.labels} == {"resolved"}


def test_a_long_text_keeps_cloudwatch_s_limits() -> None:
    world = AlertWorld()
    world.notify(alarm(0, title="x" * 3000, text="y" * 3000), at=0)
    (form,) = forms(world)
    assert len(form["AlarmDescription"]) <= 1024
    assert form["AlarmDescription"].endswith("severity: critical")
    assert len(form["NewStateReason"]) <= 1024
