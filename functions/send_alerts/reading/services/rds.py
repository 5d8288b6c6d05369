"""Amazon RDS and Aurora, by EventBridge and by event subscriptions.

Source: Amazon Aurora User Guide, "Amazon RDS event categories and event messages". The present
form, and the older one of subscriptions without a source's ARN.
"""

import re
from collections.abc import Collection, Mapping
from copy import replace
from datetime import datetime
from typing import Any

from ops_common.ops_events import Severity
from send_alerts.reading.arrival import Arrival, time_or
from send_alerts.reading.links import partition
from send_alerts.reading.notice import Notice, Signal
from send_alerts.reading.services.common import detail_of, incident, link, name_in, notice
from send_alerts.reading.services.rds_categories import BY_EVENT

BY_CATEGORY = {
    "failure": Severity.CRITICAL,
    "low storage": Severity.CRITICAL,
    "availability": Severity.WARNING,
    "deletion": Severity.WARNING,
    "failover": Severity.WARNING,
    "global failover": Severity.WARNING,
    "recovery": Severity.WARNING,
    "security": Severity.WARNING,
}
_EVENT_ID = re.compile(r"RDS-EVENT-\d+")
_BAD = re.compile(
    r"\b(fail(ed|ure|s)?|unable|cannot|can't|couldn't|could not|out of|incompatible|is full"
    r"|storage.full|exhausted|errors?|terminated|approaching|danger(ously)?|unhealthy|unreachable|unavailable|exceed\w*"
    r"|(is|are|running) (\w+ )?low|insufficient|corrupt\w*|lost|stopped|will be shut down)\b",
    re.IGNORECASE,
)
_GOOD = re.compile(r"\b(successfully|completed?|finished|has recovered)\b", re.IGNORECASE)
_STORAGE = re.compile(r"\b(storage|disk)\b.*\b(low|full|exhausted)\b", re.IGNORECASE)
_RESTART = re.compile(r"\b(restarted|restarting|shut ?down)\b", re.IGNORECASE)
# Of a failure: what concerns the database's surroundings, and what RDS tries again by itself.
_BESIDE = re.compile(
    r"enhanced monitoring|s3 bucket|iam role|statspack|custom engine version"
    r"|read replica|autoscaling|snapshot|authorization|throttled|will retry"
    r"|can't be upgraded|couldn't (upgrade|modify|convert)",
    re.IGNORECASE,
)
_NO_ACTION = re.compile(r"\bno actions? (is|are) (necessary|required|needed)\b", re.IGNORECASE)
# A failover's steps may be done before it is: its old primary shut down, its new one promoted.
_FAILED_OVER = re.compile(
    r"\b(failover|activation)\b.*\b(completed?|finished|cancell?ed)\b|^completed failover"
    r"|\brecovered from partial failover",
    re.IGNORECASE,
)
_STARTED = re.compile(r"\b(start\w*|begin\w*|initiat\w*)\b", re.IGNORECASE)


def from_event(arrival: Arrival) -> list[Notice]:
    """`RDS DB Cluster Event`, `RDS DB Instance Event` and their like."""
    detail = detail_of(arrival)
    found = _notice(
        arrival,
        name=str(detail.get("SourceIdentifier") or name_in(detail.get("SourceArn"))),
        kind=str(detail.get("SourceType") or "").replace("_", " ").lower(),
        arn=str(detail.get("SourceArn") or ""),
        message=str(detail.get("Message") or ""),
        categories=[str(each).lower() for each in detail.get("EventCategories") or ()],
        event_id=str(detail.get("EventID") or ""),
        at=time_or(detail.get("Date"), arrival.at),
    )
    return [found]


def from_subscription(arrival: Arrival) -> list[Notice]:
    """A message of an event subscription: its keys have blanks, its time no zone, it is UTC."""
    message = arrival.body
    event_id = _EVENT_ID.search(str(message.get("Event ID") or ""))
    kind = str(message.get("Event Source") or "").replace("-", " ")
    text = str(message["Event Message"])
    found = _notice(
        arrival,
        name=_name(message),
        kind=kind,
        arn=str(message.get("Source ARN") or _arn(arrival, kind, message.get("Source ID"))),
        message=text,
        categories=_categories(text, event_id[0] if event_id else ""),
        event_id=event_id[0] if event_id else "",
        at=time_or(message.get("Event Time"), arrival.at),
    )
    return [replace(found, links=link("Database", message.get("Identifier Link")))]


def _name(message: Mapping[str, Any]) -> str:
    # Database Migration Service writes the same messages, with another key.
    return str(
        message.get("Source ID") or message.get("SourceId") or name_in(message.get("Source ARN"))
    )


def _categories(message: str, event_id: str) -> list[str]:
    """What a subscription, which names none, would say of itself by EventBridge."""
    if known := BY_EVENT.get(event_id):
        return [known]
    if "failover" in message.lower():
        return ["failover"]
    if _STORAGE.search(message):
        return ["low storage"]
    return ["availability"] if _RESTART.search(message) else []


def _arn(arrival: Arrival, kind: str, name: object) -> str:
    resource = "cluster" if "cluster" in kind else "db"
    return (
        f"arn:{partition(arrival.region)}:rds:{arrival.region}:{arrival.account}:{resource}:{name}"
    )


def _notice(
    arrival: Arrival,
    *,
    name: str,
    kind: str,
    arn: str,
    message: str,
    categories: list[str],
    event_id: str,
    at: datetime,
) -> Notice:
    first = _first(message) or "event without a message"
    found = notice(
        arrival,
        ": ".join(part for part in (name, first) if part),
        _severity(message, categories),
        message,
        facts=(
            ("Database", f"{kind} {name}".strip()),
            ("Category", ", ".join(categories)),
            ("Event", event_id),
        ),
        at=at,
    )
    if "failover" not in " ".join(categories):
        return found
    if _BAD.search(message):
        # Whatever began it: who reads of its beginning is to read that it went wrong.
        found = replace(found, severity=Severity.CRITICAL)
        return incident(found, f"failover:{arn}", Signal.OPEN)
    if _FAILED_OVER.search(message):
        return incident(found, f"failover:{arn}", Signal.RESOLVED)
    if _STARTED.search(message):
        return incident(found, f"failover:{arn}", Signal.OPEN)
    return found


def _severity(message: str, categories: Collection[str]) -> Severity:
    if _NO_ACTION.search(message):
        return Severity.INFO
    severe = "low storage" in categories or (
        "availability" in categories and bool(_STORAGE.search(message))
    )
    severe = severe or ("failure" in categories and not _BESIDE.search(message))
    # What comes after the first sentence is advice: "time varies with the amount to be recovered".
    if _GOOD.search(_first(message)) and not _BAD.search(_first(message)):
        return Severity.INFO
    if _BAD.search(message):
        return Severity.CRITICAL if severe else Severity.WARNING
    severities = [BY_CATEGORY.get(category, Severity.INFO) for category in categories]
    if not severe and Severity.CRITICAL in severities:
        severities = [Severity.WARNING]
    order = (Severity.CRITICAL, Severity.WARNING)
    return next((severity for severity in order if severity in severities), Severity.INFO)


def _first(message: str) -> str:
    return message.split(". ")[0].rstrip(".")
