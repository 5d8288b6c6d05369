"""Events, JSON and text without a reader of their own: what is shown of them, and what is not."""

from typing import Any

import pytest

from ops_common.ops_events import Severity
from send_alerts.reading.notice import Notice, Signal
from tests.unit.send_alerts.parsing import parsed
from tests.unit.send_alerts.test_service_words import event
from tests.unit.send_alerts.test_services import by_sns

ACCOUNT = {"Account": "123456789012 in eu-west-1"}
TOPIC = "arn:aws:sns:eu-west-1:123456789012:ops"


def of(detail: Any, *resources: str, source: str = "acme.orders") -> Notice:
    (found,) = parsed(event(source, "Import Change", detail, *resources))
    assert found.signal is Signal.NOTE
    return found


@pytest.mark.parametrize(
    ("resources", "name"),
    [
        (["arn:aws:sqs:eu-west-1:123456789012:orders"], "orders"),
        (["arn:aws:ecr:eu-west-1:123456789012:repository/web"], "web"),
        (["arn:aws:states:eu-west-1:1:execution:shop:7c2e1f0a-0000"], "shop"),
        (["arn:aws:cloudformation:eu-west-1:1:stack/shop/1f0a0000-0000"], "shop"),
        (["arn:aws:ec2:eu-west-1:1:volume/vol-0a1b2c3d4e"], "vol-0a1b2c3d4e"),
        (["", "orders"], "orders"),
        # Nothing else is known of it.
        (["1234567890"], "1234567890"),
        ([":/"], ""),
        ([], ""),
    ],
)
def test_an_event_is_named_by_its_resource(resources: list[str], name: str) -> None:
    assert of({}, *resources).title == (f"Import Change: {name}" if name else "Import Change")


@pytest.mark.parametrize(
    ("detail", "title"),
    [
        ({"queueName": "orders"}, "Import Change: orders"),
        ({"queue": {"name": "orders"}}, "Import Change: orders"),
        # What only programs read is no name, and neither is what is empty.
        ({"queueName": "1f0a2b3c4d", "jobName": "nightly"}, "Import Change: nightly"),
        ({"queueName": "", "jobName": "nightly"}, "Import Change: nightly"),
        ({"queueName": 7}, "Import Change: shop"),
        ({"queueName": "orders", "state": "DONE"}, "Import Change: orders DONE"),
        ({"state": "DONE"}, "Import Change: shop DONE"),
        ({"queueName": "orders", "title": "Orders wait"}, "Orders wait"),
        ({"queueName": "orders", "title": 7}, "7"),
        ("text", "Import Change: shop"),
    ],
)
def test_what_its_detail_names_goes_before_its_resource(detail: Any, title: str) -> None:
    assert of(detail, "arn:aws:sqs:eu-west-1:123456789012:shop").title == title


def test_plain_fields_are_facts_and_those_for_programs_are_not() -> None:
    found = of(
        {
            "queueName": "orders",
            "rows-read": 7,
            "by": {"user_name": "ana", "userId": "u-1", "deeper": {"x": 1}},
            "list": [1],
            "empty": "",
            "fits": "x" * 200,
            "long": "x" * 201,
            "jobId": "j-1",
            "job-id": "j-1",
            "ids": "j-1",
            "queueArn": "a",
            "schemaVersion": "1",
            "etag": "e",
            "nextToken": "t",
            "masterPassword": "p",
            "clientSecret": "s",
        }
    )
    assert dict(found.facts) == {
        "Source": "acme.orders",
        "Queue name": "orders",
        "Rows read": "7",
        "By user name": "ana",
        "Fits": "x" * 200,
        **ACCOUNT,
    }


def test_eight_facts_are_enough() -> None:
    found = of({f"field-{letter}": 1 for letter in "abcdefghij"})
    assert [name for name, _ in found.facts] == [
        "Source",
        *(f"Field {letter}" for letter in "abcdefgh"),
        "Account",
    ]


@pytest.mark.parametrize("source", ["acme.orders", ""])
def test_an_event_is_shown_whole_as_long_as_it_is_short(source: str) -> None:
    assert of({"rows": 7}, source=source).text == '```\n{"rows": 7}\n```'
    assert of({}, source=source).text == ""
    long = of({"rows": "x" * 700}, source=source).text
    assert len(long) == len("```\n\n```") + 600
    assert long.endswith("…\n```")


@pytest.mark.parametrize(
    ("message", "subject", "title", "text"),
    [
        ({"message": "3 rows rejected"}, "importer", "importer", "3 rows rejected\n```"),
        ({"message": "3 rows rejected", "title": "T"}, "", "T", "3 rows rejected\n```"),
        ({"message": "3 rows\nrejected"}, "", "3 rows rejected", "3 rows\nrejected\n```"),
        ({"summary": "x" * 81}, "", "x" * 80, "x" * 81),
        ({"rows": 7}, "", "Message by the topic ops", "```"),
    ],
)
def test_json_of_a_program_is_named_by_its_subject_its_title_or_its_words(
    message: dict[str, Any], subject: str, title: str, text: str
) -> None:
    (found,) = parsed(by_sns(message, Subject=subject))
    assert (found.title, found.severity) == (title, Severity.WARNING)
    assert found.text.startswith(text)
    assert ("Topic", "ops") in found.facts
    said = [value for name, value in found.facts if name in ("Message", "Title", "Summary")]
    assert said == []


def test_json_that_came_by_no_topic_says_where_it_was() -> None:
    (found,) = parsed({"rows": 7})
    assert found.title == "Message in the alert queue"
    assert dict(found.facts) == {"Rows": "7"}


@pytest.mark.parametrize(
    ("text", "subject", "title", "shown"),
    [
        ("The import stopped.\r\nRow 7 is bad.", "", "The import stopped.", "\nRow 7 is bad."),
        ("\n\n  \nThe import stopped.", "", "The import stopped.", "The import stopped."),
        ("Row 7 is bad.", "Import", "Import", "Row 7 is bad."),
        ("x" * 5000, "Import", "Import", "x" * 3999 + "…"),
        ("x" * 4000, "Import", "Import", "x" * 4000),
    ],
)
def test_text_is_shown_with_its_lines(text: str, subject: str, title: str, shown: str) -> None:
    (found,) = parsed(by_sns(text, Subject=subject))
    assert (found.title, found.severity) == (title, Severity.WARNING)
    assert found.text.endswith(shown)
    assert "\r" not in found.text
    assert dict(found.facts) == {"Topic": "ops", **ACCOUNT}


@pytest.mark.parametrize(
    ("envelope", "account", "token"),
    [
        ({"Token": "t0ken"}, "account 123456789012", "--token t0ken."),
        ({}, "account 123456789012", "--token TOKEN."),
        ({"TopicArn": "ops"}, "account unknown", "--token TOKEN."),
    ],
)
def test_a_request_to_confirm_brings_the_command(
    envelope: dict[str, str], account: str, token: str
) -> None:
    asked = by_sns("…", **envelope) | {"Type": "SubscriptionConfirmation"}
    (found,) = parsed(asked)
    assert found.severity is Severity.WARNING
    assert "topic ops" in found.title
    assert dict(found.facts)["Topic"] == asked["TopicArn"]
    for said in (account, f"--topic-arn {asked['TopicArn']} ", token):
        assert said in found.text


def test_a_subscription_that_ended_names_its_topic() -> None:
    (found,) = parsed(by_sns("…") | {"Type": "UnsubscribeConfirmation"})
    assert (found.severity, found.signal) == (Severity.WARNING, Signal.NOTE)
    assert "ops" in found.title
    assert TOPIC in found.text
    assert "confirm-subscription" not in found.text


def test_what_silences_match_is_the_kind_of_an_event_and_the_title_of_the_rest() -> None:
    assert of({}).name == "acme.orders:Import Change"
    assert of({}, source="").name == "Import Change"
    (by_topic,) = parsed(by_sns({"rows": 7}, Subject="importer"))
    assert by_topic.name.startswith("ops")
    (bare,) = parsed({"title": "The import stopped"})
    assert bare.name == "The import stopped"


@pytest.mark.parametrize(
    ("message", "severity"),
    [
        ({"status": "SUCCEEDED"}, "info"),
        ({"status": "completed", "severity": "high"}, "warning"),
        ({"status": "completed", "errorMessage": "3 rows failed"}, "warning"),
        ({"status": "running"}, "warning"),
    ],
)
def test_a_program_s_good_news_is_information(message: dict[str, str], severity: str) -> None:
    (found,) = parsed(by_sns(message))
    assert found.severity == severity


@pytest.mark.parametrize(
    ("state", "severity"), [("COMPLETED", "info"), ("FAILED", "warning"), ("EXPIRED", "warning")]
)
def test_text_has_its_state_as_an_attribute(state: str, severity: str) -> None:
    attributes = {"MessageAttributes": {"State": {"Type": "String", "Value": state}}}
    (found,) = parsed(by_sns("A job has ended", Subject="AWS Backup") | attributes)
    assert (found.title, found.severity) == (f"AWS Backup: {state}", severity)


def test_a_message_of_one_pair_is_its_title() -> None:
    (found,) = parsed(by_sns({"ElastiCache:FailoverComplete": "shop-2"}))
    assert found.title == "ElastiCache:FailoverComplete shop-2"


def test_what_is_called_a_secret_is_shown_nowhere() -> None:
    marker = "m4rker"
    names = ["password", "apiKey", "access_token", "Authorization", "db credentials", "SECRET"]
    secrets = dict.fromkeys(names, marker)
    for detail in (secrets, {"inner": secrets}, {"list": [{"deeper": secrets}]}):
        (message,) = parsed(by_sns({"title": "Login failed", "secretArn": "arn:x", **detail}))
        for found in (of(detail), message):
            assert marker not in str(found)
            assert "(hidden)" in found.text
    assert "arn:x" in message.text
