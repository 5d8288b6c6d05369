"""What a message of an AWS service says beside its title: facts, links, identity, time."""

from typing import Any

import pytest

from send_alerts.reading.notice import Notice, Signal
from tests.unit.send_alerts.parsing import parsed
from tests.unit.send_alerts.test_service_words import event
from tests.unit.send_alerts.test_services import rds

CLUSTER = "arn:aws:rds:eu-west-1:123456789012:cluster:jiki"
ACCOUNT = ("Account", "123456789012 in eu-west-1")


def backup(kind: str = "Backup Job", **detail: Any) -> list[Notice]:
    return parsed(event("aws.backup", f"{kind} State Change", detail))


def test_a_failed_backup_names_what_and_where() -> None:
    (found,) = backup(
        state="FAILED",
        resourceArn=CLUSTER,
        resourceType="Aurora",
        backupVaultName="nightly",
        statusMessage='"The vault does not exist."',
    )
    assert found.title == "Backup Job of jiki failed"
    assert found.text == "The vault does not exist."
    assert found.facts == (("Resource", "Aurora jiki"), ("Vault", "nightly"), ACCOUNT)


@pytest.mark.parametrize("field", ["state", "status"])
def test_a_job_says_how_it_stands_in_either_field(field: str) -> None:
    assert backup("Restore Job", **{field: "FAILED"})
    assert backup("Restore Job", **{field: "COMPLETED"}) == []


def test_a_job_without_an_arn_is_of_its_kind() -> None:
    vault = "arn:aws:backup:eu-west-1:123456789012:backup-vault:there"
    (found,) = backup(
        "Copy Job", state="FAILED", resourceType="EBS", destinationBackupVaultArn=vault
    )
    assert found.title == "Copy Job of EBS failed"
    assert found.facts == (("Resource", "EBS"), ("Vault", "there"), ACCOUNT)


def test_an_event_of_a_database_names_it_by_its_kind() -> None:
    (found,) = parsed(rds("DB cluster restarted", "availability"))
    assert dict(found.facts)["Database"] == "cluster shop"
    assert dict(found.facts)["Event"] == "RDS-EVENT-0001"
    (empty,) = parsed(rds("", "availability"))
    assert empty.title == "shop: event without a message"


def test_an_anomaly_of_costs_says_how_much_why_and_leads_to_it() -> None:
    (found,) = parsed(
        event(
            "aws.ce",
            "Anomaly Detected",
            {
                "anomalyId": "a-1",
                "anomalyDetailsLink": "https://console.example/a-1",
                "anomalyStartDate": "2026-11-24T00:00:00Z",
                "anomalyEndDate": "2026-11-25T00:00:00Z",
                "monitorName": "services",
                "accountName": "production",
                "impact": {
                    "totalImpact": 31.82,
                    "totalActualSpend": 1301.8,
                    "totalExpectedSpend": 1269.98,
                },
                "rootCauses": [{"service": "Amazon RDS", "region": "eu-west-1"}],
            },
        )
    )
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


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("Wed, 25 Nov 2026 03:40:00 GMT", "2026-11-25T03:40:00+00:00"),
        ("2026-11-25T03:40:00Z", "2026-11-25T03:40:00+00:00"),
        ("soon", "2026-11-27T09:14:33+00:00"),
        (3, "2026-11-27T09:14:33+00:00"),
    ],
)
def test_aws_health_says_when_in_either_form(written: object, at: str) -> None:
    detail = {
        "eventArn": "arn:aws:health:eu-west-1::event/EC2/ISSUE/1",
        "service": "EC2",
        "eventTypeCategory": "issue",
        "lastUpdatedTime": written,
    }
    (found,) = parsed(event("aws.health", "AWS Health Event", detail))
    assert found.signal is Signal.OPEN
    assert found.occurred_at.isoformat() == at


@pytest.mark.parametrize(("length", "shown"), [(250, 250), (251, 250), (900, 250)])
def test_a_fact_has_at_most_250_characters(length: int, shown: int) -> None:
    (found,) = backup(state="FAILED", backupVaultName="v" * length)
    assert len(dict(found.facts)["Vault"]) == shown
    assert dict(found.facts)["Vault"].endswith("v" if length == shown else "…")


def invoked(condition: str, **more: Any) -> dict[str, Any]:
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:import:$LATEST"
    context = {"functionArn": arn, "condition": condition, "approximateInvokeCount": 3}
    return {"version": "1.0", "requestContext": context, **more}


@pytest.mark.parametrize(
    ("condition", "title"),
    [
        ("RetriesExhausted", "Function import has failed"),
        ("EventAgeExceeded", "Function import has failed"),
        ("Success", "Function import has succeeded"),
        ("TimedOut", "Function import has failed"),
    ],
)
def test_a_function_s_outcome_is_by_its_condition_in_either_way(condition: str, title: str) -> None:
    by_queue = invoked(condition, responsePayload={"errorMessage": "no row", "errorType": "Odd"})
    by_bus = event("lambda", f"Lambda Function Invocation Result - {condition}", by_queue)
    for body in (by_queue, by_bus):
        (found,) = parsed(body)
        assert (found.title, found.text) == (title, "no row")
        assert dict(found.facts)["Error"] == "Odd"
        assert dict(found.facts)["Attempts"] == "3"


SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:jiki-AbCdEf"


def of_secret(name: str, **detail: Any) -> list[Notice]:
    detail = {"eventName": name, "additionalEventData": {"SecretId": SECRET}, **detail}
    return parsed(event("aws.secretsmanager", "AWS Service Event via CloudTrail", detail))


@pytest.mark.parametrize(
    ("name", "severity", "signals"),
    [
        ("RotationFailed", "critical", [Signal.OPEN]),
        ("RotationAbandoned", "warning", [Signal.NOTE]),
        ("TestRotationFailed", "warning", [Signal.NOTE]),
        ("RotationSucceeded", "info", [Signal.RESOLVED, Signal.CHANGE]),
        ("RotationStarted", "info", [Signal.CHANGE]),
        ("EndSecretVersionDelete", "info", [Signal.CHANGE]),
    ],
)
def test_how_bad_an_event_of_a_secret_is_and_whether_it_lasts(
    name: str, severity: str, signals: list[Signal]
) -> None:
    found = of_secret(name)
    assert [one.signal for one in found] == signals
    assert {one.severity.value for one in found} == {severity}
    assert dict(found[0].facts)["Secret"] == "jiki"


def test_a_rotation_that_failed_says_why_and_in_which_step() -> None:
    (found,) = of_secret("RotationFailed", errorMessage="Error during setSecret step")
    assert (found.key, found.text) == ("rotation:jiki", "Error during setSecret step")
    assert dict(found.facts)["Step"] == "setSecret"
    (coded,) = of_secret("RotationFailed", errorCode="AccessDenied")
    assert coded.text == "AccessDenied"


def test_a_pipeline_says_what_its_action_said_or_how_it_ended() -> None:
    said = {"external-execution-summary": "The build is red."}
    kind, of = "CodePipeline Pipeline Execution State Change", {"pipeline": "shop"}
    texts = [
        parsed(event("aws.codepipeline", kind, {**of, "state": "FAILED", **more}))[0].text
        for more in ({"execution-result": said}, {})
    ]
    assert texts == ["The build is red.", "The execution of shop ended as FAILED."]


@pytest.mark.parametrize(
    ("state", "signals"),
    [
        ("FAILURE", [Signal.OPEN, Signal.CHANGE]),
        ("SUCCESS", [Signal.RESOLVED, Signal.CHANGE]),
        ("START", [Signal.CHANGE]),
    ],
)
def test_a_deployment_by_codedeploy_lasts_from_its_failure_to_a_success(
    state: str, signals: list[Signal]
) -> None:
    detail = {"application": "shop", "deploymentGroup": "web", "state": state}
    kind = "CodeDeploy Deployment State-change Notification"
    found = parsed(event("aws.codedeploy", kind, detail))
    assert [one.signal for one in found] == signals
    assert {one.key for one in found} == {"codedeploy:123456789012:eu-west-1:shop/web"}


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
