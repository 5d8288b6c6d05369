"""Security findings in their three forms, and certificates: how bad, what is said, what is news."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ops_common.ops_events import Severity
from send_alerts.reading.notice import Notice
from tests.unit.send_alerts.parsing import parsed
from tests.unit.send_alerts.test_service_words import event

ARN = "arn:aws:rds:eu-west-1:123456789012:cluster:jiki"
ACCOUNT = "123456789012 in eu-west-1"
FINDING = {
    "Id": "finding-1",
    "Title": "RDS clusters should be encrypted",
    "Description": "The cluster is not encrypted.",
    "ProductName": "Security Hub",
    "Severity": {"Label": "HIGH"},
    "Compliance": {"Status": "FAILED", "SecurityControlId": "RDS.27"},
    "Resources": [{"Id": ARN}, {"Id": "arn:aws:s3:::backups"}],
    "Remediation": {"Recommendation": {"Url": "https://docs.example/RDS.27"}},
    "Workflow": {"Status": "NEW"},
    "RecordState": "ACTIVE",
}
"""By AWS's own format (ASFF)."""
OPEN_FINDING = {
    "finding_info": {
        "uid": "finding-2",
        "title": "RDS clusters should be protected",
        "desc": "The cluster can be deleted by one call.",
    },
    "metadata": {"product": {"name": "Security Hub"}},
    "severity": "Medium",
    "compliance": {"status": "Fail", "control": "RDS.7"},
    "resources": [{"uid": ARN}, {"name": "backups"}],
    "status": "New",
}
"""By the open schema (OCSF)."""


def imported(*findings: dict[str, Any]) -> list[Notice]:
    return parsed(
        event("aws.securityhub", "Security Hub Findings - Imported", {"findings": list(findings)})
    )


def test_a_finding_says_what_where_by_which_control_and_how_to_fix_it() -> None:
    (found,) = imported(FINDING)
    assert (found.title, found.text) == (FINDING["Title"], FINDING["Description"])
    assert found.name == "aws.securityhub:Security Hub Findings - Imported"
    assert found.severity is Severity.WARNING
    assert dict(found.facts) == {
        "Severity": "high",
        "Resource": "jiki, backups",
        "Control": "RDS.27",
        "Found by": "Security Hub",
        "Account": ACCOUNT,
    }
    assert [link.url for link in found.links] == ["https://docs.example/RDS.27"]


def test_a_finding_of_the_open_schema_says_the_same() -> None:
    (found,) = imported(OPEN_FINDING)
    about = OPEN_FINDING["finding_info"]
    assert (found.title, found.text) == (about["title"], about["desc"])
    assert found.severity is Severity.WARNING
    assert dict(found.facts) == {
        "Severity": "medium",
        "Resource": "jiki, backups",
        "Control": "RDS.7",
        "Found by": "Security Hub",
        "Account": ACCOUNT,
    }
    assert not found.links


@pytest.mark.parametrize(
    ("label", "severity"),
    [
        ("CRITICAL", Severity.CRITICAL),
        ("HIGH", Severity.WARNING),
        ("MEDIUM", Severity.WARNING),
        ("LOW", Severity.INFO),
        ("", Severity.INFO),
    ],
)
def test_how_bad_a_finding_is(label: str, severity: Severity) -> None:
    (found,) = imported(FINDING | {"Severity": {"Label": label}})
    assert found.severity is severity


@pytest.mark.parametrize(
    "changes",
    [
        {"Workflow": {"Status": "SUPPRESSED"}},
        {"Workflow": {"Status": "RESOLVED"}},
        {"RecordState": "ARCHIVED"},
        {"Compliance": {"Status": "PASSED"}},
        {"status": "Resolved"},
        {"compliance": {"status": "Pass"}, "Compliance": None},
    ],
)
def test_what_is_put_away_or_passed_is_no_news(changes: dict[str, Any]) -> None:
    assert imported(FINDING | changes) == []


def test_a_finding_is_known_by_its_own_id_whenever_it_comes() -> None:
    keys = [found.key for found in imported(FINDING, OPEN_FINDING)]
    assert keys == ["note:finding-1", "note:finding-2"]


def test_of_many_findings_at_once_ten_are_messages() -> None:
    assert len(imported(*(FINDING | {"Id": str(number)} for number in range(12)))) == 10


@pytest.mark.parametrize(
    ("level", "severity"),
    [
        (9.5, Severity.CRITICAL),
        (7, Severity.CRITICAL),
        (6.9, Severity.WARNING),
        (4, Severity.WARNING),
        (3.9, Severity.INFO),
    ],
)
def test_how_bad_guardduty_s_number_is(level: float, severity: Severity) -> None:
    (found,) = parsed(event("aws.guardduty", "GuardDuty Finding", {"severity": level}))
    assert found.severity is severity


def test_a_finding_of_guardduty_says_what_where_how_often_and_leads_to_it() -> None:
    detail = {
        "id": "f-1",
        "arn": "arn:aws:guardduty:eu-west-1:123456789012:detector/d/finding/f-1",
        "type": "Recon:EC2/PortProbe",
        "title": "A port is probed.",
        "description": "From 198.51.100.7.",
        "severity": 5.5,
        "resource": {"resourceType": "Instance", "instanceDetails": {"instanceId": "i-1"}},
        "service": {"count": 3, "archived": False},
    }
    (found,) = parsed(event("aws.guardduty", "GuardDuty Finding", detail))
    assert (found.title, found.text) == ("A port is probed", "From 198.51.100.7.")
    assert dict(found.facts) == {
        "Finding": "Recon:EC2/PortProbe",
        "Severity": "5.5 of 10",
        "Resource": "Instance i-1",
        "Times": "3",
        "Account": ACCOUNT,
    }
    (link,) = found.links
    assert "region=eu-west-1" in link.url
    assert link.url.endswith("id%3Df-1")


def test_a_finding_of_guardduty_comes_again_only_once_it_is_worse() -> None:
    known, again, worse = (
        parsed(event("aws.guardduty", "GuardDuty Finding", {"arn": "f", "severity": level}))[0].key
        for level in (5, 6, 8)
    )
    assert known == again
    assert worse != known


CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/c8d9"


def certificate(
    kind: str = "Approaching Expiration", at: datetime | None = None, **detail: Any
) -> Notice:
    detail = {"CommonName": "shop.example", **detail}
    given = event("aws.acm", f"ACM Certificate {kind}", detail, CERTIFICATE)
    (found,) = parsed(given | ({"time": at.isoformat()} if at else {}))
    assert dict(found.facts)["Certificate"] == "c8d9"
    assert dict(found.facts)["Domain"] == "shop.example"
    return found


@pytest.mark.parametrize(
    ("days", "in_use", "severity"),
    [
        (8, True, Severity.WARNING),
        (7, True, Severity.CRITICAL),
        (7, None, Severity.CRITICAL),
        # It wakes nobody.
        (7, False, Severity.WARNING),
    ],
)
def test_the_last_week_of_a_certificate_in_use_is_critical(
    days: int, in_use: bool | None, severity: Severity
) -> None:
    found = certificate(DaysToExpiry=days, InUse=in_use)
    assert found.severity is severity
    assert f"expires in {days} days" in found.title
    assert f"{days - 3:02} December 2026" in found.text
    assert ("Nothing uses it" in found.text) is (in_use is False)


def test_a_certificate_is_news_once_a_stage_until_it_is_renewed() -> None:
    ends = datetime(2027, 1, 10, tzinfo=UTC)
    keys = [
        certificate(at=ends - timedelta(days=days), DaysToExpiry=days).key
        for days in (60, 15, 14, 8, 7, 0)
    ]
    assert len(set(keys)) == 3
    assert keys[::2] == keys[1::2]
    assert all(CERTIFICATE in key for key in keys)
    # The one that replaces it under the same name ends a year later.
    assert certificate(at=ends, DaysToExpiry=365).key not in keys


@pytest.mark.parametrize(
    ("kind", "detail", "title", "severity"),
    [
        ("Available", {"Action": "ISSUANCE"}, "available issuance", Severity.INFO),
        (
            "Available",
            {"Action": "RENEWAL", "Outcome": "SUCCESS"},
            "available renewal success",
            Severity.INFO,
        ),
        ("Renewal", {"Outcome": "FAILURE"}, "renewal failure", Severity.CRITICAL),
        ("Expired", {}, "expired", Severity.CRITICAL),
        ("Revoked", {}, "revoked", Severity.CRITICAL),
        ("Renewal Action Required", {"Action": 7}, "renewal action required", Severity.CRITICAL),
        ("Approaching Expiration", {}, "approaching expiration", Severity.INFO),
    ],
)
def test_what_else_becomes_of_a_certificate(
    kind: str, detail: dict[str, Any], title: str, severity: Severity
) -> None:
    found = certificate(kind, **detail)
    assert found.title == f"The certificate of shop.example: {title}"
    assert found.severity is severity
    assert found.key == "note:1"
    assert found.text == ""
    why = certificate(kind, **detail, RenewalStatusReason="CAA_ERROR")
    assert why.text == "caa error"


def test_a_certificate_without_an_arn_is_known_by_its_domain() -> None:
    detail = {"CommonName": "shop.example", "DaysToExpiry": 9}
    (found,) = parsed(event("aws.acm", "ACM Certificate Approaching Expiration", detail))
    assert dict(found.facts)["Certificate"] == "shop.example"
    assert "shop.example" in found.key


@pytest.mark.parametrize(
    ("resource", "shown"),
    [
        ({"resourceType": "AccessKey", "accessKeyDetails": {"userName": "ana"}}, "AccessKey ana"),
        ({"resourceType": "Lambda", "lambdaDetails": {"functionName": "f"}}, "Lambda f"),
        ({"resourceType": "S3Bucket", "s3BucketDetails": [{"name": "b"}]}, "S3Bucket"),
        ({"dbDetails": {"arn": "a"}, "resourceType": ""}, "a"),
        ({}, None),
    ],
)
def test_a_finding_of_guardduty_names_its_resource(
    resource: dict[str, Any], shown: str | None
) -> None:
    detail = {"severity": 5, "resource": resource}
    (found,) = parsed(event("aws.guardduty", "GuardDuty Finding", detail))
    assert dict(found.facts).get("Resource") == shown
    assert found.title == "GuardDuty finding"
