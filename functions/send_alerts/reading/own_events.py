"""Our own events (docs/events.md), as ops_common.ops_events publishes them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ops_common.ops_events import Severity, State
from send_alerts.reading import links
from send_alerts.reading.notice import Link, Notice, Signal, instant
from send_alerts.reading.stack_info import StackInfo

SIGNALS = {
    State.OPEN: Signal.OPEN,
    State.RESOLVED: Signal.RESOLVED,
    State.NOTICE: Signal.NOTE,
    State.CHANGE: Signal.CHANGE,
}
# Good news that also ends the incident of the same key, should one be open.
ENDS_INCIDENT = ("PasswordRotated", "DeploymentProbed")
# Told, and remembered as what changed.
CHANGES = ("PasswordRotated", "PasswordEdited", "DeploymentRolledBack")
# What to do about each, as docs/runbook.md heads it.
RUNBOOK = {
    "RotationFailed": "a-rotation-has-failed-rotationfailed",
    "PasswordLost": "the-password-is-lost-passwordlost",
    "ScalerAtLimit": "scaleratlimit",
    "ScalerBlind": "scalerblind",
    "WorkersDead": "workersdead",
    "DeploymentProbed": "a-deployment-failed-its-probe-deploymentprobed",
    "DeploymentRolledBack": "the-service-was-rolled-back-deploymentrolledback",
}


def from_own(event: Mapping[str, Any], stack_info: StackInfo) -> list[Notice]:
    """What one event of ours says. Raises LookupError, TypeError or ValueError on less."""
    detail, kind = event["detail"], event["detail-type"]
    signal = SIGNALS[State(detail["state"])]
    at = instant(detail["occurredAt"])
    facts = detail.get("facts", {})
    incident, severity = detail["incident"], Severity(detail["severity"])
    places = _logs(event["region"], facts, at, stack_info)
    if kind in RUNBOOK and severity is not Severity.INFO:
        places += stack_info.runbook(RUNBOOK[kind])

    def notice(key: str, signal: Signal) -> Notice:
        return Notice(
            key=key,
            signal=signal,
            occurred_at=at,
            name=incident,
            title=detail["title"],
            severity=severity,
            text=detail["text"],
            facts=tuple((name, str(value)) for name, value in facts.items()),
            links=() if signal is Signal.CHANGE else places,
        )

    if signal is not Signal.NOTE:
        return [notice(incident, signal)]
    notices = [notice(f"note:{event['id']}", Signal.NOTE)]
    if kind in ENDS_INCIDENT:
        notices.append(notice(incident, Signal.RESOLVED))
    if kind in CHANGES:
        notices.append(notice(incident, Signal.CHANGE))
    return notices


def _logs(
    region: str, facts: Mapping[str, Any], at: datetime, stack_info: StackInfo
) -> tuple[Link, ...]:
    service = facts.get("service")
    if not isinstance(service, str):
        return ()
    return (links.logs(region, stack_info.log_group(service), at),)
