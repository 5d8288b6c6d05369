"""What subscribers of the topic get: mailboxes, telephones, services that people are called by."""

import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest

from local.http_server import serve
from ops_common.on_call.operator_action import KIND, Action, OperatorAction
from ops_common.on_call.summaries import reference
from paths import ROOT
from tests.integration.send_alerts.conftest import CPU_HIGH, Alerts
from tests.integration.send_alerts.on_call_service import OnCallService
from tests.unit.send_alerts.alert_world import minute

type Event = Callable[[str], Any]
CPU_HIGH_NAME = f"jiki-api-web-cpu-high ({reference(CPU_HIGH)})"
ON_CALL = ROOT / "docs/on-call.md"


@pytest.fixture
def service() -> Iterator[tuple[OnCallService, str]]:
    service = OnCallService()
    with serve(service.answer) as port:
        yield service, f"http://127.0.0.1:{port}/integration/KEY/enqueue"


def subscribe(alerts: Alerts, protocol: str, endpoint: str, policy: str = "") -> None:
    """As the commands of docs/on-call.md do."""
    sns = alerts.aws.client("sns")
    (topic,) = sns.list_topics()["Topics"]
    arn = sns.subscribe(
        TopicArn=topic["TopicArn"],
        Protocol=protocol,
        Endpoint=endpoint,
        ReturnSubscriptionArn=True,
    )["SubscriptionArn"]
    if policy:
        sns.set_subscription_attributes(
            SubscriptionArn=arn, AttributeName="FilterPolicy", AttributeValue=policy
        )


def documented_policies() -> list[str]:
    """The filter policies of the commands in docs/on-call.md, in their order."""
    return re.findall(r"--attribute-value '(\{.*?\})'", ON_CALL.read_text())


def test_an_alert_opens_and_closes_at_an_on_call_service(
    alerts: Alerts, event: Event, service: tuple[OnCallService, str]
) -> None:
    # GIVEN a service that reads CloudWatch's own messages, subscribed as the docs say
    on_call, endpoint = service
    (_, calls) = documented_policies()
    subscribe(alerts, "http", endpoint, calls)
    # WHEN an alarm goes off, somebody acknowledges it, and a note comes between
    alerts.send(event("alerts/alarm_metric"), event("alerts/own_deployment_passed"))
    acknowledged = OperatorAction(Action.ACKNOWLEDGE, "ana", "slack", minute(1), incident=CPU_HIGH)
    alerts.send(_as_event(acknowledged))
    # THEN one alert is open, set off once
    assert on_call.open == {CPU_HIGH_NAME: 1}
    # WHEN the alarm is over
    alerts.send(event("alerts/alarm_metric_ok"))
    # THEN the same alert is closed
    assert (on_call.open, on_call.closed) == ({}, [CPU_HIGH_NAME])
    assert not on_call.dropped


def test_without_a_filter_an_on_call_service_opens_nothing_twice(
    alerts: Alerts, event: Event, service: tuple[OnCallService, str]
) -> None:
    on_call, endpoint = service
    subscribe(alerts, "http", endpoint)
    alerts.send(event("alerts/alarm_metric"), event("alerts/own_deployment_passed"))
    assert list(on_call.open) == [CPU_HIGH_NAME]
    # A note opens nothing, for nothing would close it.
    assert on_call.passed_over == ["[INFO] deployment of jiki-api-web: 9 checks passed, 7 skipped"]


def test_two_alarms_of_one_name_are_two_alerts(
    alerts: Alerts, event: Event, service: tuple[OnCallService, str]
) -> None:
    on_call, endpoint = service
    subscribe(alerts, "http", endpoint)
    ours = event("alerts/alarm_metric")
    other = deepcopy(ours) | {"account": "210987654321"}
    other["resources"] = [ours["resources"][0].replace("123456789012", "210987654321")]
    alerts.send(ours, other)
    assert len(on_call.open) == 2


def test_a_telephone_gets_critical_ones_alone(alerts: Alerts, event: Event) -> None:
    # GIVEN two subscribers, one of them with the docs' policy for telephones
    (telephone, _) = documented_policies()
    sqs = alerts.aws.client("sqs")
    url = sqs.create_queue(QueueName="telephone")["QueueUrl"]
    subscribe(alerts, "sqs", "arn:aws:sqs:eu-west-1:123456789012:telephone", telephone)
    # WHEN a critical alarm, one of less weight, and a note come
    names = ("alarm_metric", "alarm_anomaly_detection", "own_deployment_passed", "alarm_metric_ok")
    for name in names:
        alerts.send(event(f"alerts/{name}"))
    # THEN all come to the one, and to the other what is critical and what ended it
    assert len(alerts.subjects()) == 4
    received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    subjects = [json.loads(message["Body"])["Subject"] for message in received]
    assert sorted(subjects) == [
        "ALARM: [CRITICAL] jiki-api-web-cpu-high",
        "OK: [RESOLVED] jiki-api-web-cpu-high",
    ]


def _as_event(action: OperatorAction) -> dict[str, Any]:
    return {"source": "jiki.ops", "detail-type": KIND, "detail": action.as_event().detail()}
