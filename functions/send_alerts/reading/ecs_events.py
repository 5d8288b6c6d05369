"""ECS events: rollouts, and tasks that stopped by themselves."""

from collections.abc import Mapping
from typing import Any

from ops_common.ops_events import Severity
from send_alerts.reading import links
from send_alerts.reading.notice import Notice, Signal, instant
from send_alerts.reading.stack_info import StackInfo

# Amazon ECS Developer Guide, "Stopped tasks error codes": these two mean that the task failed;
# the others that somebody or the scheduler stopped it.
FAILURES = ("EssentialContainerExited", "TaskFailedToStart")
QUIET_SECONDS = 1800


def from_deployment(event: Mapping[str, Any], stack_info: StackInfo) -> list[Notice]:
    """An `ECS Deployment State Change`: each is remembered, a failure opens an incident.

    Raises LookupError, TypeError or ValueError on less.
    """
    detail = event["detail"]
    cluster, name = event["resources"][0].split("/")[-2:]
    words = detail["eventName"].removeprefix("SERVICE_DEPLOYMENT_").replace("_", " ").lower()
    deployment, reason = detail["deploymentId"], detail.get("reason", "")
    at = instant(detail.get("updatedAt") or event["time"])
    facts = (("Service", name), ("Cluster", cluster), ("Deployment", deployment))

    def notice(key: str, signal: Signal, severity: Severity) -> Notice:
        return Notice(
            key=key,
            signal=signal,
            occurred_at=at,
            name=key,
            title=f"Deployment of {name} {words}",
            severity=severity,
            text=reason,
            facts=facts,
            links=(
                links.service(event["region"], cluster, name),
                links.logs(event["region"], stack_info.log_group(name), at),
            ),
        )

    notices = [notice(f"deployment:{name}", Signal.CHANGE, Severity.INFO)]
    if words == "failed":
        notices.append(notice(f"deployment:{name}", Signal.OPEN, Severity.CRITICAL))
    if words == "completed":
        notices.append(notice(f"deployment:{name}", Signal.RESOLVED, Severity.INFO))
    return notices


def from_task(event: Mapping[str, Any], stack_info: StackInfo) -> list[Notice]:
    """An `ECS Task State Change`: a failed task opens an incident that ends when it stays quiet.

    A task stopped on purpose is nothing to tell. Raises as `from_deployment` does.
    """
    detail = event["detail"]
    if detail["lastStatus"] != "STOPPED" or detail.get("stopCode") not in FAILURES:
        return []
    group, task = detail["group"].removeprefix("service:"), detail["taskArn"].rsplit("/", 1)[-1]
    at = instant(detail.get("stoppedAt") or detail.get("updatedAt") or event["time"])
    exits = [
        f"{container['name']} exited with {container['exitCode']}"
        for container in detail.get("containers", [])
        if container.get("exitCode")
    ]
    reasons = [
        f"{container['name']}: {container['reason']}"
        for container in detail.get("containers", [])
        if container.get("reason")
    ]
    return [
        Notice(
            key=f"task:{group}",
            signal=Signal.OPEN,
            occurred_at=at,
            name=f"task:{group}",
            title=f"A task of {group} failed",
            severity=Severity.WARNING,
            text="; ".join([detail.get("stoppedReason", ""), *exits, *reasons]).strip("; "),
            facts=(("Service", group), ("Task", task), ("Stop code", detail["stopCode"])),
            links=(
                links.service(event["region"], detail["clusterArn"].rsplit("/", 1)[-1], group),
                links.logs(event["region"], stack_info.log_group(group), at),
            ),
            quiet_seconds=QUIET_SECONDS,
        )
    ]
