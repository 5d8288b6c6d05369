"""How a message came: what is taken for its envelope, what identifies it, and when it was."""

import json
from typing import Any

import pytest

from send_alerts.reading.arrival import Arrival, arrival_of, arrivals_of
from tests.unit.send_alerts.alert_world import NOON, STACK_INFO, minute

EVENT = {"id": "e-1", "detail-type": "Import Change", "time": "2026-11-25T11:55:00Z"}
TOPIC = "arn:aws:sns:eu-west-1:123456789012:ops"


def came(body: Any) -> Arrival:
    return arrival_of(body, NOON, {}, STACK_INFO)


def test_an_event_has_its_own_identity_and_time() -> None:
    found = came(EVENT)
    assert (found.id, found.at, found.body) == ("e-1", minute(-5), EVENT)
    assert (found.topic, found.account, found.region) == ("", "", "")


@pytest.mark.parametrize("time", ["soon", 7, None, "0001-01-01T00:00:00+14:00"])
def test_what_has_no_time_is_of_when_it_was_sent(time: object) -> None:
    assert came({**EVENT, "time": time}).at == NOON


def test_what_has_no_id_is_known_by_what_it_says() -> None:
    one, same, other = (came({"jobs": number}) for number in (3, 3, 4))
    assert one.id == same.id
    assert one.id != other.id
    assert one.at == NOON


@pytest.mark.parametrize("known", [{"TopicArn": TOPIC}, {"MessageId": "m-1"}])
def test_an_envelope_names_its_topic_or_its_message(known: dict[str, str]) -> None:
    found = came({"Message": json.dumps(EVENT), **known})
    assert (found.id, found.body) == ("e-1", EVENT)
    assert found.topic == ("ops" if "TopicArn" in known else "")


def test_json_of_others_with_a_message_in_it_is_no_envelope() -> None:
    body = {"Message": "the import has stopped", "id": "x"}
    assert (came(body).id, came(body).body) == ("x", body)


def test_an_envelope_s_topic_says_account_and_region() -> None:
    found = came({"Message": "Disk is full", "TopicArn": TOPIC, "MessageId": "m-1"})
    assert (found.topic, found.account, found.region) == ("ops", "123456789012", "eu-west-1")
    assert (found.id, found.body) == ("m-1", "Disk is full")


def test_an_event_in_an_envelope_has_its_own_time() -> None:
    sent = {"Message": json.dumps(EVENT), "MessageId": "m-1", "Timestamp": "2026-11-25T11:58:00Z"}
    assert came(sent).at == minute(-5)
    assert came({**sent, "Message": "Disk is full"}).at == minute(-2)


def test_a_text_of_json_in_an_envelope_is_its_text() -> None:
    message = json.dumps('The import of "orders" has stopped')
    assert came({"Message": message, "MessageId": "m-1"}).body == json.loads(message)


def test_a_notification_rule_of_the_developer_tools_names_the_kind_as_others_do() -> None:
    sent = {"source": "aws.codebuild", "detailType": "CodeBuild Build State Change", "detail": {}}
    for body in (sent, {"Message": json.dumps(sent), "MessageId": "m-1"}):
        assert came(body).body["detail-type"] == "CodeBuild Build State Change"


def test_a_batch_is_its_records() -> None:
    by_sns = {"EventSource": "aws:sns", "Sns": {"Message": json.dumps(EVENT), "MessageId": "m-1"}}
    by_sqs = {"eventSource": "aws:sqs", "body": json.dumps(EVENT)}
    found = arrivals_of({"Records": [by_sns, by_sqs]}, NOON, {}, STACK_INFO)
    assert [one.body for one in found] == [EVENT, EVENT]


@pytest.mark.parametrize(
    "body", ["text", {"Records": []}, {"Records": [{"eventSource": "aws:s3"}]}]
)
def test_other_records_are_no_batch(body: Any) -> None:
    (found,) = arrivals_of(body, NOON, {}, STACK_INFO)
    assert found.body == body


@pytest.mark.parametrize("length", range(1, 6))
def test_what_is_no_whole_arn_says_as_much_as_is_there(length: int) -> None:
    parts = TOPIC.split(":")[:length]
    found = came({"Message": "Disk is full", "TopicArn": ":".join(parts)})
    region, account = [*parts, "", "", "", "", ""][3:5]
    assert (found.topic, found.region, found.account) == (parts[-1], region, account)


def test_a_message_in_an_envelope_is_not_known_by_an_id_of_its_own() -> None:
    found = came({"Message": json.dumps({"id": "3", "jobs": 9}), "MessageId": "m-1"})
    assert (found.id, found.body) == ("m-1", {"id": "3", "jobs": 9})
    # A number is no message of its own.
    assert came({"Message": "42", "MessageId": "m-2"}).body == "42"


@pytest.mark.parametrize(("text", "body"), [(json.dumps(EVENT), EVENT), ("bare text", "bare text")])
def test_a_record_of_a_dead_letter_queue_holds_the_message_and_why_it_is_there(
    text: str, body: Any
) -> None:
    attributes = {
        "ErrorMessage": {"stringValue": "timed out", "dataType": "String"},
        "ErrorCode": {"Value": "500"},
        "RetryAttempts": {"binaryValue": "AA"},
        "odd": 3,
    }
    found = came({"eventSource": "aws:sqs", "body": text, "messageAttributes": attributes})
    assert found.body == body
    assert found.attributes == {"ErrorMessage": "timed out", "ErrorCode": "500"}
    assert came({"eventSource": "aws:sqs", "body": text, "messageId": "r-1"}).id == "r-1"
