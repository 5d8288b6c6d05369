"""Our own events (docs/events.md), as ops_common.ops_events publishes them."""

from collections.abc import Mapping
from copy import replace
from datetime import datetime
from typing import Any

from ops_common.datetimes import parse_utc
from ops_common.ops_events import Severity, State
from send_alerts.reading.arrival import Arrival
from send_alerts.reading.notice import NEXT_DEPLOYMENT, Guide, Link, Notice, Part, Signal
from send_alerts.reading.own_runbook import ADVICE, guide
from send_alerts.reading.service_story import service_key
from send_alerts.reading.stack_info import StackInfo

SIGNALS = {
    State.OPEN: Signal.OPEN,
    State.RESOLVED: Signal.RESOLVED,
    State.NOTICE: Signal.NOTE,
    State.CHANGE: Signal.CHANGE,
}
# Good news that also ends the incident of the same key, should one be open.
ENDS_INCIDENT = ("PasswordRotated", "DeploymentProbed")
# Notified of, and remembered as what changed.
CHANGES = ("PasswordRotated", "PasswordEdited")
ROLLBACK = "DeploymentRolledBack"
"""The probe sends the service back to its version before, by a deployment that is still to come."""
OF_A_SERVICE = ("probe:", "rollback:")


def from_own(arrival: Arrival) -> list[Notice]:
    """What one event of ours says. Raises LookupError, TypeError or ValueError on less."""
    event, stack_info = arrival.body, arrival.stack_info
    detail, kind = event["detail"], event["detail-type"]
    signal = SIGNALS[State(detail["state"])]
    at = parse_utc(detail["occurredAt"])
    facts = detail.get("facts") or {}
    incident, severity = detail["incident"], Severity(detail["severity"])
    shown = tuple((name, str(value)) for name, value in facts.items())
    places = _logs(event["region"], facts, at, stack_info)
    advice, guided = ADVICE.get(kind), Guide()
    if advice and (severity is not Severity.INFO or signal is Signal.OPEN):
        places += stack_info.runbook(advice.section)
        shown += stack_info.runbook_fact(advice.section)
        environment = str(detail.get("environment") or "")
        guided = guide(advice, severity, facts, environment, stack_info)
    story, part = _story(event, facts, incident, stack_info)

    def notice(key: str, signal: Signal, part: Part = part) -> Notice:
        return Notice(
            key=key,
            signal=signal,
            occurred_at=at,
            name=incident,
            title=detail["title"],
            severity=severity,
            text=detail["text"],
            facts=shown,
            links=() if signal is Signal.CHANGE else places,
            part=part,
            guide=guided,
        )

    if kind == ROLLBACK:
        rollback = replace(notice(story, Signal.ROLLING_BACK, Part.DEPLOYMENT), ref=NEXT_DEPLOYMENT)
        return [rollback, notice(incident, Signal.CHANGE, Part.WHOLE)]
    if signal is not Signal.NOTE:
        return [notice(story, signal)]
    notices = [notice(f"note:{event['id']}", Signal.NOTE, Part.WHOLE)]
    if kind in ENDS_INCIDENT:
        notices.append(notice(story, Signal.RESOLVED))
    if kind in CHANGES:
        notices.append(notice(incident, Signal.CHANGE, Part.WHOLE))
    return notices


def _story(
    event: Mapping[str, Any], facts: Mapping[str, Any], incident: str, stack_info: StackInfo
) -> tuple[str, Part]:
    """The incident's key; what concerns a service's deployment is part of that service's story."""
    service = facts.get("service")
    if not isinstance(service, str) or not incident.startswith(OF_A_SERVICE):
        return incident, Part.WHOLE
    account, region = str(event.get("account") or ""), event["region"]
    return service_key(account, region, stack_info.cluster, service), Part.PROBE


def _logs(
    region: str, facts: Mapping[str, Any], at: datetime, stack_info: StackInfo
) -> tuple[Link, ...]:
    service = facts.get("service")
    if not isinstance(service, str):
        return ()
    return stack_info.logs(region, service, at)
