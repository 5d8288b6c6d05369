"""AWS Health: issues of AWS itself, planned changes, and words to the account.

Source: AWS Health User Guide, "Reference: AWS Health events Amazon EventBridge schema". An event
is sent to a backup Region too (another id, the same communicationId) and may have several pages.
"""

from collections.abc import Mapping
from copy import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from ops_common.datetimes import parse_utc
from ops_common.ops_events import Severity
from send_alerts.reading.arrival import Arrival
from send_alerts.reading.figures import CLOCK
from send_alerts.reading.links import partition
from send_alerts.reading.notice import Notice, Signal
from send_alerts.reading.services.common import detail_of, incident, name_in, notice, once

DASHBOARDS = {"aws": "https://health.aws.amazon.com/health/home"}
"""By partition; those of the others are not documented."""
LISTED = 5
REPORTS = {"ABUSE": "abuse from this account", "RISK": "a risk to this account"}
"""What AWS wants an answer to, by the `service` that it gives for it."""


def from_event(arrival: Arrival) -> list[Notice]:
    """An `AWS Health Event`."""
    detail = detail_of(arrival)
    category = str(detail.get("eventTypeCategory") or "")
    closed = detail.get("statusCode") == "closed"
    service = str(detail.get("service") or "AWS")
    region = str(detail.get("eventRegion") or "")
    where = f"{service} in {region}" if region else service
    titles = {
        "issue": f"AWS issue: {where}",
        "investigation": f"AWS is investigating {where}",
        "scheduledChange": f"Planned by AWS: {where}",
    }
    start, end = _time(detail.get("startTime")), _time(detail.get("endTime"))
    kind = str(detail.get("eventTypeCode") or "").replace("_", " ").lower()
    title = titles.get(category, f"Note from AWS: {where}")
    if report := REPORTS.get(service):
        title = f"AWS reports {report}: {kind.removeprefix('aws ').partition(' ')[2]}"
    found = notice(
        arrival,
        title,
        _severity(detail, category, closed=closed),
        _description(detail),
        facts=(
            ("Service", service),
            ("Kind", kind),
            ("Status", detail.get("statusCode")),
            ("From", start and start.strftime(CLOCK)),
            ("Until", end and end.strftime(CLOCK)),
            ("Resources", _resources(detail)),
        ),
        url=DASHBOARDS.get(partition(str(arrival.body.get("region") or "")), ""),
    )
    event_arn = str(detail.get("eventArn") or arrival.id)
    if category in ("issue", "investigation"):
        updated = _time(detail.get("lastUpdatedTime"))
        key = f"health:{event_arn}"
        if closed:
            # What is over may be reported on for a while: its end was before the last such word.
            over = updated or end or arrival.at
            return [incident(replace(found, occurred_at=over), key, Signal.RESOLVED)]
        return [incident(replace(found, occurred_at=updated or arrival.at), key, Signal.OPEN)]
    return [once(found, str(detail.get("communicationId") or event_arn))]


def _severity(detail: Mapping[str, Any], category: str, *, closed: bool) -> Severity:
    if closed:
        return Severity.INFO
    if category in ("issue", "investigation"):
        ours = detail.get("eventScopeCode") == "ACCOUNT_SPECIFIC" or detail.get("affectedEntities")
        return Severity.CRITICAL if ours and category == "issue" else Severity.WARNING
    if detail.get("service") in REPORTS:
        return Severity.CRITICAL
    required = detail.get("actionability") == "ACTION_REQUIRED"
    return Severity.WARNING if required or category == "scheduledChange" else Severity.INFO


def _description(detail: Mapping[str, Any]) -> str:
    described = detail.get("eventDescription") or []
    english = [one for one in described if str(one.get("language", "")).startswith("en")]
    return "\n\n".join(
        str(one.get("latestDescription") or "") for one in (english or described)[:1]
    ).replace("\\n", "\n")


def _resources(detail: Mapping[str, Any]) -> str:
    names = [name_in(one.get("entityValue")) for one in detail.get("affectedEntities") or ()]
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ", ".join(name for name in names[:LISTED] if name) + more


def _time(value: Any) -> datetime | None:
    """`Wed, 25 Nov 2026 03:40:00 GMT`, or ISO 8601."""
    if not isinstance(value, str):
        return None
    for read in (parsedate_to_datetime, parse_utc):
        try:
            return read(value).astimezone(UTC)
        except ValueError:
            continue
    return None
