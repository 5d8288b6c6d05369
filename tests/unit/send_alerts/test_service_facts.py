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
