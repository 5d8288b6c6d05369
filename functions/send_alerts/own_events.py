"""Our own events (docs/events.md), as ops_common.ops_events publishes them."""

from collections.abc import Mapping
from typing import Any

from ops_common.ops_events import Severity, State
from send_alerts import links
from send_alerts.notice import Link, Notice, Signal, instant

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


def from_own(event: Mapping[str, Any]) -> list[Notice]:
    """What one event of ours says. Raises LookupError, TypeError or ValueError on less."""
    detail, kind = event["detail"], event["detail-type"]
    signal = SIGNALS[State(detail["state"])]
    at = instant(detail["occurredAt"])
    facts = detail.get("facts", {})
    incident = detail["incident"]

    def notice(key: str, signal: Signal) -> Notice:
        return Notice(
            key=key,
            signal=signal,
            occurred_at=at,
            name=incident,
            title=detail["title"],
            severity=Severity(detail["severity"]),
            text=detail["text"],
            facts=tuple((name, str(value)) for name, value in facts.items()),
            links=_links(event["region"], facts, signal, at),
        )

    if signal is not Signal.NOTE:
        return [notice(incident, signal)]
    notices = [notice(f"note:{event['id']}", Signal.NOTE)]
    if kind in ENDS_INCIDENT:
        notices.append(notice(incident, Signal.RESOLVED))
    if kind in CHANGES:
        notices.append(notice(incident, Signal.CHANGE))
    return notices


def _links(region: str, facts: Mapping[str, Any], signal: Signal, at: Any) -> tuple[Link, ...]:
    service = facts.get("service")
    if not isinstance(service, str) or signal is Signal.CHANGE:
        return ()
    return (links.logs(region, f"/ecs/{service}", at),)
