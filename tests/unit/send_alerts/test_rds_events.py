"""RDS's events in its documents' words: how bad, and where a failover begins and ends.

By EventBridge with their category, and by a subscription, which names none.
"""

import json
from typing import Any

import pytest

from ops_common.ops_events import Severity
from send_alerts.reading.notice import Notice, Signal
from send_alerts.reading.services.rds_categories import BY_EVENT, NUMBERS
from tests.unit.send_alerts.parsing import parsed

ARN = "arn:aws:rds:eu-west-1:123456789012:db:jiki"
INFO, WARNING, CRITICAL = Severity.INFO, Severity.WARNING, Severity.CRITICAL


def by_event_bridge(number: str, category: str, message: str) -> Notice:
    detail = {"EventCategories": [category], "SourceArn": ARN, "SourceIdentifier": "jiki"}
    detail |= {"Message": message, "EventID": f"RDS-EVENT-{number}", "SourceType": "DB_INSTANCE"}
    event = {
        "detail-type": "RDS DB Instance Event",
        "source": "aws.rds",
        "id": "e",
        "detail": detail,
    }
    return only(event | {"region": "eu-west-1", "account": "123456789012"})


def by_subscription(number: str, message: str, **more: str) -> Notice:
    body = {"Event Source": "db-instance", "Source ID": "jiki", "Source ARN": ARN, **more}
    body |= {"Event ID": f"http://docs.example/USER_Events.html#RDS-EVENT-{number}"}
    body |= {"Event Message": message}
    topic = "arn:aws:sns:eu-west-1:123456789012:rds"
    return only({"MessageId": "m", "TopicArn": topic, "Message": json.dumps(body)})


def only(event: Any) -> Notice:
    (notice,) = parsed(event)
    return notice


@pytest.mark.parametrize(
    ("number", "category", "message", "severity"),
    [
        ("0031", "failure", "DB instance put into failed state.", CRITICAL),
        ("0035", "failure", "Database instance put into incompatible-parameters.", CRITICAL),
        ("0221", "availability", "The instance reached the storage-full threshold.", CRITICAL),
        ("0222", "availability", "Free storage capacity for DB instance jiki is low.", CRITICAL),
        ("0080", "failure", "RDS was unable to configure enhanced monitoring.", WARNING),
        ("0275", "failure", "RDS throttled some connections to DB proxy jiki.", WARNING),
        ("0219", "failure", "It is in an invalid state. No actions are necessary.", INFO),
        ("0418", "failure", "Amazon RDS is unable to access the KMS encryption key.", CRITICAL),
        ("0420", "failure", "Amazon RDS can now successfully access the KMS key.", INFO),
        ("0057", "read replica", "Replication streaming has been terminated.", WARNING),
        ("0225", "notification", "Storage size 90 GB is approaching the maximum.", WARNING),
        ("0003", "deletion", "DB instance deleted.", WARNING),
        ("0020", "recovery", "Recovery of the DB instance has started.", WARNING),
        ("0021", "recovery", "Recovery of the DB instance is complete.", INFO),
    ],
)
def test_both_ways_are_as_bad(number: str, category: str, message: str, severity: Severity) -> None:
    assert by_event_bridge(number, category, message).severity is severity
    assert by_subscription(number, message).severity is severity


def test_a_number_is_of_one_category() -> None:
    listed = [number for numbers in NUMBERS.values() for number in numbers]
    assert len(listed) == len(set(listed)) == len(BY_EVENT)
    assert all(list(numbers) == sorted(numbers) for numbers in NUMBERS.values())


@pytest.mark.parametrize(
    ("number", "category", "message", "signal"),
    [
        ("0181", "global failover", "Global failover to jiki in Region x started.", Signal.OPEN),
        ("0182", "global failover", "Old primary jiki in x successfully shut down.", Signal.NOTE),
        ("0184", "global failover", "New primary jiki was successfully promoted.", Signal.NOTE),
        ("0185", "global failover", "Global failover to jiki finished.", Signal.RESOLVED),
        ("0186", "global failover", "Global failover to jiki is cancelled.", Signal.RESOLVED),
        ("0187", "global failover", "Global failover to jiki failed.", Signal.OPEN),
        ("0050", "failover", "Multi-AZ instance activation started.", Signal.OPEN),
        ("0051", "failover", "Multi-AZ instance activation completed.", Signal.RESOLVED),
        ("0065", "failover", "Recovered from partial failover.", Signal.RESOLVED),
        ("0053", "recovery", "Recovery completed. Pending failover or activation.", Signal.NOTE),
    ],
)
def test_a_failover_lasts_from_its_beginning_to_its_end(
    number: str, category: str, message: str, signal: Signal
) -> None:
    assert by_event_bridge(number, category, message).signal is signal
    assert by_subscription(number, message).signal is signal


def test_a_message_of_database_migration_has_its_task_s_name() -> None:
    message = {
        "Event Source": "replication-task",
        "SourceId": "orders",
        "Event Message": "Stopped.",
    }
    body = {"MessageId": "m", "TopicArn": "arn:aws:sns:x:1:dms", "Message": json.dumps(message)}
    assert only(body).title == "orders: Stopped"


@pytest.mark.parametrize("read", [by_event_bridge, by_subscription])
def test_an_event_is_called_by_its_first_sentence_and_shown_whole(read: Any) -> None:
    message = "DB instance restarted. It took 3.5 s. Look at it."
    category = ("availability",) if read is by_event_bridge else ()
    found = read("0006", *category, message)
    assert (found.title, found.text) == ("jiki: DB instance restarted", message)
    assert dict(found.facts) == {
        "Database": "db instance jiki",
        "Category": "availability",
        "Event": "RDS-EVENT-0006",
        "Account": "123456789012 in eu-west-1",
    }


def test_a_subscription_leads_to_its_database_and_says_when() -> None:
    link, at = "https://console.example/rds#jiki", "2026-11-25 04:12:58.000"
    found = by_subscription("0006", "Restarted", **{"Identifier Link": link, "Event Time": at})
    assert [(one.label, one.url) for one in found.links] == [("Database", link)]
    assert found.occurred_at.isoformat() == "2026-11-25T04:12:58+00:00"
    assert not by_subscription("0006", "Restarted", **{"Identifier Link": "jiki"}).links


@pytest.mark.parametrize(("source", "kind"), [("db-cluster", "cluster"), ("db-instance", "db")])
def test_an_older_subscription_without_an_arn_is_of_the_same_incident(
    source: str, kind: str
) -> None:
    more = {"Event Source": source, "Source ARN": ""}
    found = by_subscription("0071", "Completed failover to jiki-2", **more)
    assert found.key == f"failover:arn:aws:rds:eu-west-1:123456789012:{kind}:jiki"


def test_an_instance_without_an_identifier_is_called_by_its_arn() -> None:
    detail = {"SourceArn": ARN, "Message": "DB instance restarted"}
    event = {"id": "e", "source": "aws.rds", "detail-type": "RDS DB Instance Event"}
    found = only(event | {"detail": detail})
    assert found.title == "jiki: DB instance restarted"
    assert dict(found.facts) == {"Database": "jiki"}
    body = {"Source ARN": ARN, "Event Message": "Restarted"}
    assert only({"MessageId": "m", "TopicArn": "t", "Message": json.dumps(body)}).title == (
        "jiki: Restarted"
    )
