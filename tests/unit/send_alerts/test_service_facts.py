"""What a message of an AWS service says beside its title: facts, links, identity, time."""

from typing import Any

import pytest

from ops_common.ops_events import Severity
from send_alerts.reading.notice import Notice, Signal
from tests.unit.send_alerts.parsing import parsed
from tests.unit.send_alerts.test_service_words import event
from tests.unit.send_alerts.test_services import by_sns, rds

ACCOUNT = ("Account", "123456789012 in eu-west-1")


def backup(kind: str = "Backup Job", **detail: Any) -> list[Notice]:
    return parsed(event("aws.backup", f"{kind} State Change", detail))


def test_an_event_of_a_database_names_it_by_its_kind() -> None:
    (found,) = parsed(rds("DB cluster restarted", "availability"))
    assert dict(found.facts)["Database"] == "cluster shop"
    assert dict(found.facts)["Event"] == "RDS-EVENT-0001"
    (empty,) = parsed(rds("", "availability"))
    assert empty.title == "shop: event without a message"


ANOMALY = {
    "anomalyId": "a-1",
    "anomalyDetailsLink": "https://console.example/a-1",
    "anomalyStartDate": "2026-11-24T00:00:00Z",
    "anomalyEndDate": "2026-11-25T00:00:00Z",
    "dimensionValue": "Amazon RDS",
    "monitorName": "services",
    "accountName": "production",
    "impact": {
        "totalImpact": 31.82,
        "totalActualSpend": 1301.8,
        "totalExpectedSpend": 1269.98,
    },
    "rootCauses": [{"service": "Amazon RDS", "region": "eu-west-1"}],
}


def anomaly(**changes: Any) -> Notice:
    (found,) = parsed(event("aws.ce", "Anomaly Detected", ANOMALY | changes))
    return found


def test_an_anomaly_of_costs_says_how_much_why_and_leads_to_it() -> None:
    by_topic = {name: value for name, value in ANOMALY.items() if name != "dimensionValue"}
    (other,) = parsed(by_sns(by_topic | {"dimensionalValue": "Amazon RDS"}))
    for found in (anomaly(), other):
        assert (found.title, found.severity) == ("Cost anomaly: Amazon RDS", Severity.WARNING)
        assert found.text == "$31.82 over what was expected: $1,301.80 instead of $1,269.98"
        assert found.facts == (
            ("From", "2026-11-24"),
            ("Until", "2026-11-25"),
            ("Cause", "Amazon RDS, eu-west-1"),
            ("Monitor", "services"),
            ("Account name", "production"),
            ACCOUNT,
        )
        assert [link.url for link in found.links] == ["https://console.example/a-1"]
    assert anomaly().key == other.key


@pytest.mark.parametrize(
    ("impact", "text"),
    [
        ({"totalImpact": 3}, "$3.00 over what was expected"),
        (
            {"totalImpact": 3, "totalActualSpend": 3, "totalExpectedSpend": 0},
            "$3.00 over what was expected: $3.00 instead of $0.00",
        ),
        ({"totalImpact": 3, "totalActualSpend": 3}, "$3.00 over what was expected"),
        ({"totalImpact": 3, "totalExpectedSpend": 3}, "$3.00 over what was expected"),
        (None, "an unknown amount over what was expected"),
    ],
)
def test_what_is_not_known_of_an_anomaly_is_left_out(impact: Any, text: str) -> None:
    assert anomaly(impact=impact).text == text


def test_an_anomaly_names_its_first_causes() -> None:
    causes: list[dict[str, str]] = [{"service": name} for name in "abcd"]
    assert dict(anomaly(rootCauses=causes).facts)["Cause"] == "a; b; c"
    causes = [{}, {"region": "x", "usageType": "Bytes", "linkedAccountName": "shop", "more": "?"}]
    assert dict(anomaly(rootCauses=causes).facts)["Cause"] == "x, Bytes, shop"
    assert "Cause" not in dict(anomaly(rootCauses=None).facts)
    assert anomaly(dimensionValue=None).title == "Cost anomaly: this account"


def test_an_anomaly_is_news_again_only_as_it_grows() -> None:
    grown = anomaly(impact={"totalImpact": 40})
    assert anomaly().key == anomaly(monitorName="others").key
    assert grown.key != anomaly().key
    assert anomaly(anomalyId="a-2").key != anomaly().key


@pytest.mark.parametrize(("length", "shown"), [(250, 250), (251, 250), (900, 250)])
def test_a_fact_has_at_most_250_characters(length: int, shown: int) -> None:
    (found,) = backup(state="FAILED", backupVaultName="v" * length)
    assert len(dict(found.facts)["Vault"]) == shown
    assert dict(found.facts)["Vault"].endswith("v" if length == shown else "…")


SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:jiki-AbCdEf"


def of_secret(name: str, **detail: Any) -> list[Notice]:
    detail = {"eventName": name, "additionalEventData": {"SecretId": SECRET}, **detail}
    return parsed(event("aws.secretsmanager", "AWS Service Event via CloudTrail", detail))


@pytest.mark.parametrize(
    ("name", "says", "severity", "signals"),
    [
        ("RotationStarted", "rotation has started", "info", [Signal.CHANGE]),
        ("RotationSucceeded", "rotated", "info", [Signal.RESOLVED, Signal.CHANGE]),
        ("RotationFailed", "rotation has failed", "critical", [Signal.OPEN]),
        ("RotationAbandoned", "abandoned", "warning", [Signal.NOTE]),
        ("TestRotationStarted", "test of its rotation has started", "info", [Signal.CHANGE]),
        ("TestRotationSucceeded", "test of its rotation went well", "info", [Signal.CHANGE]),
        ("TestRotationFailed", "test of its rotation has failed", "warning", [Signal.NOTE]),
        ("StartSecretVersionDelete", "deletion", "info", [Signal.CHANGE]),
        ("CancelSecretVersionDelete", "cancelled", "info", [Signal.CHANGE]),
        ("EndSecretVersionDelete", "deleted", "info", [Signal.CHANGE]),
        ("SomethingNew", "SomethingNew", "info", [Signal.CHANGE]),
    ],
)
def test_how_bad_an_event_of_a_secret_is_and_whether_it_lasts(
    name: str, says: str, severity: str, signals: list[Signal]
) -> None:
    found = of_secret(name)
    assert [one.signal for one in found] == signals
    lasts = name in ("RotationFailed", "RotationSucceeded")
    key = "rotation:jiki" if lasts else "note:1" if Signal.NOTE in signals else "secret:jiki"
    for one in found:
        assert (one.severity.value, one.key) == (severity, key)
        assert one.title.startswith("Secret jiki: ")
        assert says in one.title
        assert one.facts == (("Secret", "jiki"), ACCOUNT)
    assert [one.signal for one in found if one.guide.over] == [
        one for one in signals if one is Signal.OPEN
    ]


@pytest.mark.parametrize(
    ("detail", "name"),
    [
        ({"additionalEventData": None, "serviceEventDetails": {"secretId": SECRET}}, "jiki"),
        ({"additionalEventData": {}, "serviceEventDetails": {"SecretId": SECRET}}, "jiki"),
        ({"additionalEventData": {"SecretId": SECRET.removesuffix("-AbCdEf")}}, "jiki"),
        ({"additionalEventData": {"SecretId": "a/b"}}, "a/b"),
        ({"additionalEventData": {}}, "unknown"),
    ],
)
def test_the_secret_s_name_stands_in_either_place(detail: dict[str, Any], name: str) -> None:
    assert of_secret("RotationFailed", **detail)[0].key == f"rotation:{name}"


@pytest.mark.parametrize(
    ("detail", "text", "step"),
    [
        ({"errorMessage": "It failed during setSecret"}, "It failed during setSecret", "setSecret"),
        ({"errorMessage": "No during the testSecret"}, "No during the testSecret", "testSecret"),
        ({"errorMessage": "Denied", "errorCode": "403"}, "Denied", None),
        ({"errorCode": "AccessDenied"}, "AccessDenied", None),
    ],
)
def test_a_rotation_that_failed_says_why_and_in_which_step(
    detail: dict[str, str], text: str, step: str | None
) -> None:
    (found,) = of_secret("RotationFailed", **detail)
    assert (found.text, dict(found.facts).get("Step")) == (text, step)


@pytest.mark.parametrize(
    ("label", "title"),
    [
        ("AWSCURRENT", "Secret jiki has a new value"),
        ("AWSPENDING", "Secret jiki: label AWSPENDING was moved"),
    ],
)
def test_a_label_that_moves_is_remembered(label: str, title: str) -> None:
    detail = {"name": "jiki", "labelUpdated": label}
    (found,) = parsed(event("aws.secretsmanager", "Secret Label Updated", detail))
    assert (found.title, found.severity.value) == (title, "info")
    assert (found.key, found.signal) == ("secret:jiki", Signal.CHANGE)
    assert found.facts == (("Secret", "jiki"), ("Label", label), ACCOUNT)


def test_letters_of_any_language_stay_what_they_are() -> None:
    (found,) = parsed({"jobs": {"grüße": ["für alle"]}})
    assert "grüße" in found.text
    assert "für alle" in found.text


@pytest.mark.parametrize(
    ("times", "at"),
    [
        ({"updatedAt": "2026-11-25T04:09:00Z", "createdAt": "2026-11-25T04:01:00Z"}, "04:09"),
        ({"createdAt": "2026-11-25T04:01:00Z"}, "04:01"),
        ({}, "09:14"),
    ],
)
def test_a_deployment_happened_when_it_was_last_changed(times: dict[str, str], at: str) -> None:
    detail = {"eventName": "SERVICE_DEPLOYMENT_FAILED", "deploymentId": "ecs-svc/1", **times}
    service = "arn:aws:ecs:eu-west-1:123456789012:service/jiki-production/jiki-api-web"
    found = parsed(event("aws.ecs", "ECS Deployment State Change", detail, service))
    assert f"{found[0].occurred_at:%H:%M}" == at


@pytest.mark.parametrize(
    ("times", "at"),
    [
        ({"stoppedAt": "2026-11-25T04:08:00Z"}, "04:08"),
        ({"stoppedAt": "2026-11-25T04:08:00Z", "updatedAt": "2026-11-25T04:09:00Z"}, "04:08"),
        ({"updatedAt": "2026-11-25T04:09:00Z"}, "04:09"),
        ({}, "09:14"),
    ],
)
def test_a_task_failed_when_it_had_stopped(times: dict[str, str], at: str) -> None:
    detail = {
        "lastStatus": "STOPPED",
        "stopCode": "TaskFailedToStart",
        "stoppedReason": "CannotPullContainerError: manifest unknown",
        "group": "service:jiki-api-web",
        "clusterArn": "arn:aws:ecs:eu-west-1:123456789012:cluster/jiki-production",
        "taskArn": "arn:aws:ecs:eu-west-1:123456789012:task/jiki-production/3f78",
        **times,
    }
    (found,) = parsed(event("aws.ecs", "ECS Task State Change", detail, detail["taskArn"]))
    assert f"{found.occurred_at:%H:%M}" == at
