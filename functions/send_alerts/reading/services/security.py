"""Findings of GuardDuty and of Security Hub in its two forms, and certificates that expire.

Sources: GuardDuty User Guide, "Severity levels of GuardDuty findings" (low below 4, medium below 7,
high below 9, critical above); AWS Security Finding Format; OCSF 1.6, Finding classes; AWS
Certificate Manager User Guide, "Amazon EventBridge support for ACM".
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from ops_common.ops_events import Severity
from send_alerts.reading.arrival import Arrival
from send_alerts.reading.links import console
from send_alerts.reading.notice import Notice
from send_alerts.reading.services.common import detail_of, name_in, notice, once

LABELS = {
    "critical": Severity.CRITICAL,
    "fatal": Severity.CRITICAL,
    "high": Severity.WARNING,
    "medium": Severity.WARNING,
}
NORMALIZED = ((90, "critical"), (70, "high"), (40, "medium"), (1, "low"))
MOST_FINDINGS = 10
OVER = ("RESOLVED", "SUPPRESSED", "ARCHIVED")
EXPIRING = "Approaching Expiration"
BAD_FOR_CERTIFICATES = re.compile(r"expired|action required|revoked")
LAST_DAYS = 7
STAGES = (LAST_DAYS, 14, 45)
"""Days before its end at which a certificate is brought up again."""


def from_guardduty(arrival: Arrival) -> list[Notice]:
    """A `GuardDuty Finding`; one that only counts on is not notified of again."""
    detail = detail_of(arrival)
    level = float(detail.get("severity") or 0)
    severity = (
        Severity.CRITICAL if level >= 7 else Severity.WARNING if level >= 4 else Severity.INFO
    )
    service, region = detail.get("service") or {}, detail.get("region") or arrival.body["region"]
    if service.get("archived") is True:
        # A suppression rule of the team's has put it away.
        return []
    found = notice(
        arrival,
        str(detail.get("title") or detail.get("type") or "GuardDuty finding").rstrip("."),
        severity,
        str(detail.get("description") or ""),
        facts=(
            ("Finding", detail.get("type")),
            ("Severity", f"{level:g} of 10"),
            ("Resource", _resource(detail.get("resource") or {})),
            ("Times", service.get("count")),
        ),
        url=f"{console(region)}/guardduty/home?region={region}"
        f"#/findings?search=id%3D{detail.get('id')}",
    )
    return [once(found, f"{detail.get('arn') or arrival.id}:{severity}")]


def from_securityhub(arrival: Arrival) -> list[Notice]:
    """`Security Hub Findings - Imported` (ASFF) and `Findings Imported V2` (OCSF)."""
    findings = detail_of(arrival)["findings"]
    notices = [_finding(arrival, finding) for finding in findings[:MOST_FINDINGS]]
    return [found for found in notices if found is not None]


def _finding(arrival: Arrival, finding: Mapping[str, Any]) -> Notice | None:
    about = finding.get("finding_info") or {}
    compliance = finding.get("Compliance") or finding.get("compliance") or {}
    workflow = finding.get("Workflow") or {}
    states = (workflow.get("Status"), finding.get("RecordState"), finding.get("status"))
    passed = str(compliance.get("Status") or compliance.get("status") or "").upper()
    if any(str(state or "").upper() in OVER for state in states) or passed in ("PASSED", "PASS"):
        return None
    severity = finding.get("Severity") or {}
    label = finding.get("severity") or severity.get("Label") or _label(severity.get("Normalized"))
    resources = finding.get("Resources") or finding.get("resources") or []
    names = [name_in(one.get("Id") or one.get("uid") or one.get("name")) for one in resources]
    control = compliance.get("SecurityControlId") or compliance.get("control")
    account = finding.get("AwsAccountId")
    product = (finding.get("metadata") or {}).get("product") or {}
    remedy = ((finding.get("Remediation") or {}).get("Recommendation") or {}).get("Url") or ""
    found = notice(
        arrival,
        str(finding.get("Title") or about.get("title") or "Security finding"),
        LABELS.get(str(label).lower(), Severity.INFO),
        str(finding.get("Description") or about.get("desc") or ""),
        facts=(
            ("Severity", str(label).lower()),
            ("Resource", ", ".join(name for name in names if name)),
            ("Control", control),
            ("Member account", account if account != arrival.body.get("account") else ""),
            ("Found by", finding.get("ProductName") or product.get("name")),
        ),
        url=str(remedy),
    )
    return once(found, str(finding.get("Id") or about.get("uid") or arrival.id))


def _label(normalized: Any) -> str:
    """Of a finding that has the older number alone (AWS Security Finding Format, "Severity")."""
    if not isinstance(normalized, int):
        return ""
    return next((label for least, label in NORMALIZED if normalized >= least), "informational")


def from_certificate(arrival: Arrival) -> list[Notice]:
    """Certificate events: one that nears its end comes daily and is brought up by stages."""
    detail = detail_of(arrival)
    name = str(detail.get("CommonName") or "certificate")
    arn = str(next(iter(arrival.body.get("resources") or ()), name))
    facts = (("Certificate", name_in(arn)), ("Domain", name))
    kind = str(arrival.body["detail-type"])
    if EXPIRING not in kind or "DaysToExpiry" not in detail:
        action = " ".join(
            word.lower()
            for word in (kind.removeprefix("ACM Certificate "), detail.get("Action"))
            if isinstance(word, str)
        )
        outcome = str(detail.get("Outcome") or "").lower()
        bad = BAD_FOR_CERTIFICATES.search(action) or outcome == "failure"
        severity = Severity.CRITICAL if bad else Severity.INFO
        why = str(detail.get("RenewalStatusReason") or "").replace("_", " ").lower()
        title = f"The certificate of {name}: {action} {outcome}".strip()
        return [notice(arrival, title, severity, why, facts=facts)]
    days = int(detail["DaysToExpiry"])
    ends = (arrival.at + timedelta(days=days)).date()
    used = detail.get("InUse") is not False
    found = notice(
        arrival,
        f"The certificate of {name} expires in {days} {'day' if days == 1 else 'days'}",
        Severity.CRITICAL if days <= LAST_DAYS and used else Severity.WARNING,
        "ACM renews certificates that are in use and whose validation records are in the DNS;"
        f" this one ends on {ends:%d %B %Y} unless it is renewed or replaced."
        f"{'' if used else ' Nothing uses it: it may be one to delete.'}",
        facts=facts,
    )
    stage = next((stage for stage in STAGES if days <= stage), STAGES[-1])
    return [once(found, f"certificate:{arn}:{ends:%Y-%m}:{stage}")]


def _resource(resource: Mapping[str, Any]) -> str:
    kind = str(resource.get("resourceType") or "")
    for details in resource.values():
        if isinstance(details, Mapping):
            for field in ("instanceId", "userName", "name", "functionName", "arn"):
                if details.get(field):
                    return f"{kind} {details[field]}".strip()
    return kind
