"""Events of AWS's services: identity, severity, what ends what, and whatever shape they come in."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops_common.ops_events import Severity
from paths import ROOT
from send_alerts.reading.notice import Notice, Signal
from send_alerts.reading.parse import parse
from tests.unit.send_alerts.alert_world import NOON, STACK_INFO, AlertWorld
from tests.unit.send_alerts.parsing import parsed

OTHERS = ROOT / "tests" / "corpus" / "other_events"
EVENTS = [json.loads(path.read_text()) for path in sorted(OTHERS.glob("*.json"))]
EVENTS = [event for event in EVENTS if "detail" in event or "Message" in event]


def rds(message: str, *categories: str) -> dict[str, Any]:
    detail = {
        "EventCategories": list(categories),
        "SourceType": "CLUSTER",
        "SourceArn": "arn:aws:rds:eu-west-1:123456789012:cluster:shop",
        "SourceIdentifier": "shop",
        "Message": message,
        "EventID": "RDS-EVENT-0001",
        "Date": "2026-11-25T04:00:00Z",
    }
    return {"id": "1", "source": "aws.rds", "detail-type": "RDS DB Cluster Event", "detail": detail}


def by_sns(message: Any, **envelope: str) -> dict[str, Any]:
    text = message if isinstance(message, str) else json.dumps(message)
    return {
        "Type": "Notification",
        "MessageId": "m-1",
        "TopicArn": "arn:aws:sns:eu-west-1:123456789012:ops",
        "Message": text,
        "Timestamp": "2026-11-25T04:13:11.720Z",
        "UnsubscribeURL": "https://sns.example/?Action=Unsubscribe",
        **envelope,
    }


def test_a_message_by_sns_has_the_envelopes_identity_time_subject_and_topic() -> None:
    (text,) = parsed(by_sns("Disk is nearly full.\nLook at it.", Subject="Disk"))
    (program,) = parsed(by_sns({"jobs": 3}))
    for notice in (text, program):
        assert notice.key == "note:m-1"
        assert notice.occurred_at.isoformat() == "2026-11-25T04:13:11.720000+00:00"
        assert ("Topic", "ops") in notice.facts
        assert "Unsubscribe" not in repr(notice)
    assert text.title == "Disk"
    assert "\nLook" in text.text


def test_what_is_delivered_again_is_sent_once() -> None:
    world = AlertWorld()
    for _ in range(3):
        world.notify(*parsed(by_sns({"jobs": 3}, Subject="Jobs")))
    assert len(world.topic.published) == 1


def test_plain_text_is_sent_to_people() -> None:
    found = parse("The nightly import has stopped.\nRow 7 is bad.", NOON, STACK_INFO)
    assert isinstance(found, list)
    assert (found[0].title, found[0].signal) == ("The nightly import has stopped.", Signal.NOTE)


def test_a_request_to_confirm_brings_no_link() -> None:
    asked = by_sns("…", Token="t0ken", SubscribeURL="https://sns.example/?Action=Confirm")
    (notice,) = parsed({**asked, "Type": "SubscriptionConfirmation"})
    assert not notice.links
    assert "https://" not in notice.text
    assert "confirm-subscription" in notice.text


@pytest.mark.parametrize(
    ("message", "category", "severity", "signal"),
    [
        ("Started same AZ failover to DB instance: shop-2.", "failover", "warning", Signal.OPEN),
        ("Completed failover to DB instance: shop-2.", "failover", "info", Signal.RESOLVED),
        ("Failover failed: no replica.", "failover", "critical", Signal.OPEN),
        ("The free storage is low.", "low storage", "critical", Signal.NOTE),
        ("The engine could not start.", "failure", "critical", Signal.NOTE),
        ("DB instance restarted.", "availability", "warning", Signal.NOTE),
        ("Finished applying a patch.", "maintenance", "info", Signal.NOTE),
        ("Database cluster storage is full", "notification", "warning", Signal.NOTE),
        ("The instance has exhausted its storage.", "low storage", "critical", Signal.NOTE),
        ("Master credentials could not be reset.", "notification", "warning", Signal.NOTE),
    ],
)
def test_rds(message: str, category: str, severity: str, signal: Signal) -> None:
    (notice,) = parsed(rds(message, category))
    assert (notice.severity, notice.signal) == (severity, signal)


def test_a_failover_is_one_incident_by_either_way() -> None:
    (started,) = parsed(rds("Started cross AZ failover to DB instance: shop-2.", "failover"))
    message = {
        "Event Source": "db-cluster",
        "Event Time": "2026-11-25 04:01:00.000",
        "Source ID": "shop",
        "Event ID": "https://docs.example/USER_Events.html#RDS-EVENT-0071",
        "Event Message": "Completed failover to DB instance: shop-2",
    }
    (completed,) = parsed(by_sns(message))
    assert completed.key == started.key
    assert completed.occurred_at.isoformat() == "2026-11-25T04:01:00+00:00"


def test_a_certificate_is_brought_up_by_stages() -> None:
    arn = "arn:aws:acm:eu-west-1:123456789012:certificate/c8d9"

    def expiring(days: int) -> Notice:
        event = {
            "id": str(days),
            "source": "aws.acm",
            "detail-type": "ACM Certificate Approaching Expiration",
            "time": f"2026-11-{30 - days:02}T06:00:00Z",
            "resources": [arn],
            "detail": {"DaysToExpiry": days, "CommonName": "shop.example"},
        }
        return parsed(event)[0]

    world = AlertWorld()
    for days in (20, 19, 18, 10, 7, 6, 5):
        world.notify(expiring(days))
    assert len(world.topic.published) == 3
    assert expiring(5).severity is Severity.CRITICAL


def test_an_event_of_any_service_is_a_short_message() -> None:
    detail = {"queueName": "orders", "state": "FAILED", "blob": "x" * 5000, "token": "t"}
    event = {"id": "1", "source": "acme.orders", "detail-type": "Import Change", "detail": detail}
    (notice,) = parsed(event)
    assert "orders" in notice.title
    assert notice.severity is Severity.WARNING
    assert len(notice.text) < 700
    assert '"queueName": "orders"' in notice.text
    assert ("Queue name", "orders") in notice.facts
    assert not any(name == "Token" for name, _ in notice.facts)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        yield (*path, key)
        if isinstance(inner, (dict, list)):
            yield from _paths(inner, (*path, key))


ODD = st.none() | st.integers() | st.text() | st.lists(st.none() | st.text()) | st.just({})


@given(st.sampled_from(EVENTS), st.data())
def test_an_odd_field_never_stops_a_message(event: dict[str, Any], data: st.DataObject) -> None:
    event = json.loads(json.dumps(event))
    path = data.draw(st.sampled_from(list(_paths(event))))
    inner = event
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = data.draw(ODD)
    found = parse(json.dumps(event), NOON, STACK_INFO)
    assert isinstance(found, list)
    AlertWorld().notify(*found)


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-west-1", "eu-west-1.console.aws.amazon.com"),
        ("cn-north-1", "console.amazonaws.cn"),
        ("us-gov-west-1", "console.amazonaws-us-gov.com"),
    ],
)
@pytest.mark.parametrize(
    "event",
    [
        {
            "source": "aws.codepipeline",
            "detail-type": "CodePipeline Pipeline Execution State Change",
            "detail": {"pipeline": "shop", "state": "FAILED"},
        },
        {
            "source": "aws.guardduty",
            "detail-type": "GuardDuty Finding",
            "detail": {"id": "f1", "title": "Odd login", "severity": 8},
        },
    ],
)
def test_links_lead_to_the_console_of_the_region_s_partition(
    event: dict[str, Any], region: str, host: str
) -> None:
    base = {"id": "1", "time": "2026-11-25T04:00:00Z", "account": "1", "region": region}
    notice = parsed(base | event)[0]
    assert [link.url.split("/")[2] for link in notice.links] == [host]


@pytest.mark.parametrize(
    ("kind", "more", "severity", "says"),
    [
        ("Certificate Available", {"Action": "ISSUANCE", "DaysToExpiry": 395}, "info", "issuance"),
        ("Certificate Expired", {}, "critical", "expired"),
        (
            "Certificate Renewal Action Required",
            {"RenewalStatusReason": "CAA_ERROR", "DaysToExpiry": 30},
            "critical",
            "action required",
        ),
    ],
)
def test_only_a_certificate_that_nears_its_end_expires(
    kind: str, more: dict[str, Any], severity: str, says: str
) -> None:
    event = {
        "id": "1",
        "source": "aws.acm",
        "detail-type": f"ACM {kind}",
        "time": "2026-11-25T04:00:00Z",
        "region": "eu-west-1",
        "resources": ["arn:aws:acm:eu-west-1:123456789012:certificate/c8d9"],
        "detail": {"CommonName": "api.jiki.io", **more},
    }
    (notice,) = parsed(event)
    assert notice.severity == severity
    assert says in notice.title
    assert "expires in" not in notice.title


def test_what_fails_is_a_warning_though_its_state_has_a_name_of_its_own() -> None:
    event = {
        "id": "1",
        "source": "acme.builds",
        "detail-type": "Build State Change",
        "detail": {"build-status": "FAILED", "project-name": "web"},
    }
    (notice,) = parsed(event)
    assert notice.severity is Severity.WARNING
    assert "FAILED" in notice.title


def of_aws(source: str, kind: str, **detail: Any) -> Notice:
    event = {"id": "1", "source": source, "detail-type": kind, "time": "2026-11-25T04:13:11Z"}
    return parsed({**event, "detail": detail})[0]


def test_a_message_names_what_it_is_about() -> None:
    issue = {"service": "EC2", "eventTypeCategory": "issue"}
    health = of_aws("aws.health", "AWS Health Event", **issue, eventRegion="eu-west-1")
    assert health.title == "AWS issue: EC2 in eu-west-1"
    everywhere = of_aws("aws.health", "AWS Health Event", **issue)
    assert everywhere.title == "AWS issue: EC2"
    certificate = of_aws("aws.acm", "ACM Certificate Expired", CommonName="shop.example")
    assert "shop.example" in certificate.title
    deployment = of_aws(
        "aws.codedeploy",
        "CodeDeploy Deployment State-change Notification",
        application="shop",
        deploymentGroup="web",
        deploymentId="d-1",
        state="FAILURE",
    )
    assert deployment.text.startswith("The deployment d-1 of shop/web ")
    costs = of_aws("aws.ce", "Anomaly Detected", dimensionalValue="Amazon RDS")
    assert costs.title == "Cost anomaly: Amazon RDS"


def test_a_finding_without_a_title_is_called_by_its_type() -> None:
    found = {"type": "Recon:EC2/PortProbe", "severity": 5, "region": "eu-west-1"}
    assert of_aws("aws.guardduty", "GuardDuty Finding", **found).title == found["type"]
