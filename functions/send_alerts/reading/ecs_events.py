"""ECS events: deployments, actions of the service scheduler, and tasks that stopped by themselves.

All of one service's are one story, whose parts are its deployment, its tasks and their starts.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ops_common.datetimes import parse_utc
from ops_common.ops_events import Severity
from send_alerts.reading.arrival import Arrival
from send_alerts.reading.notice import Notice, Part, Signal
from send_alerts.reading.service_story import RUNBOOK, guide, key_of, places
from send_alerts.reading.stack_info import StackInfo
from send_alerts.reading.stopped_tasks import Failure, failure

STARTED = "SERVICE_DEPLOYMENT_"
STEADY = "SERVICE_STEADY_STATE"
ROLLING_BACK = "rolling back to"
"""In the reason of the deployment's event; `deploymentId` is the old deployment's then."""
FAILING = ("ERROR", "WARN")
ACTIONS = {
    "SERVICE_TASK_PLACEMENT_FAILURE": "can't place a task",
    "SERVICE_TASK_CONFIGURATION_FAILURE": "can't start a task as it is configured",
    "SERVICE_TASK_START_IMPAIRED": "can't start its tasks consistently",
    "SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED": "has a task that violates its placement",
    "SERVICE_DISCOVERY_INSTANCE_UNHEALTHY": "has an unhealthy task in service discovery",
    "VPC_LATTICE_TARGET_UNHEALTHY": "has an unhealthy target in VPC Lattice",
    "SERVICE_DISCOVERY_OPERATION_THROTTLED": "is throttled by service discovery",
    "ECS_OPERATION_THROTTLED": "is throttled by ECS",
    "SERVICE_TASK_THROTTLED": "is throttled in starting tasks",
}
"""Amazon ECS Developer Guide, "Amazon ECS service action events"."""


def from_deployment(arrival: Arrival) -> list[Notice]:
    """An `ECS Deployment State Change`: each is remembered, a failure opens the service's story.

    Raises LookupError, TypeError or ValueError on less.
    """
    event, stack_info, detail = arrival.body, arrival.stack_info, arrival.body["detail"]
    cluster, service = _service(event, stack_info)
    words = detail["eventName"].removeprefix(STARTED).replace("_", " ").lower()
    reason = detail.get("reason") or ""
    deployment = detail.get("deploymentId") or ""
    at = parse_utc(detail.get("updatedAt") or detail.get("createdAt") or event["time"])
    rolls_back = words == "in progress" and ROLLING_BACK in reason
    title = f"Deployment of {service} {'failed' if rolls_back else words}"
    facts = (
        ("Service", service),
        ("Cluster", cluster),
        *((("Deployment", deployment),) if deployment else ()),
        *stack_info.runbook_fact(RUNBOOK),
    )

    def notice(signal: Signal, severity: Severity) -> Notice:
        return Notice(
            key=key_of(event, cluster, service),
            signal=signal,
            occurred_at=at,
            name=f"service:{service}",
            title=title,
            severity=severity,
            text=reason,
            facts=facts,
            links=places(event, cluster, service, at, stack_info),
            part=Part.DEPLOYMENT,
            ref=deployment,
            guide=guide(cluster, service),
        )

    notices = []
    if words == "failed":
        notices.append(notice(Signal.OPEN, Severity.CRITICAL))
    if rolls_back:
        notices.append(notice(Signal.ROLLING_BACK, Severity.CRITICAL))
    if words == "completed":
        notices.append(notice(Signal.RESOLVED, Severity.INFO))
    # Last: by then the story knows whether a completed one is the old version come back.
    return [*notices, notice(Signal.CHANGE, Severity.INFO)]


def from_action(arrival: Arrival) -> list[Notice]:
    """An `ECS Service Action`: what keeps tasks from running, and the service being steady again.

    Raises as `from_deployment` does.
    """
    event, stack_info, detail = arrival.body, arrival.stack_info, arrival.body["detail"]
    name = detail["eventName"]
    if name.startswith(STARTED):
        return from_deployment(arrival)
    steady = name == STEADY
    if not steady and detail.get("eventType") not in FAILING:
        return []
    cluster, service = _service(event, stack_info)
    at = parse_utc(detail.get("createdAt") or event["time"])
    action = ACTIONS.get(name, name.replace("_", " ").lower())
    resources = [
        str(arn)
        for field in ("capacityProviderArns", "taskArns", "targetGroupArns")
        for arn in detail.get(field) or ()
    ]
    severe = detail.get("eventType") == "ERROR"
    return [
        Notice(
            key=key_of(event, cluster, service),
            signal=Signal.RESOLVED if steady else Signal.OPEN,
            occurred_at=at,
            name=f"service:{service}",
            title=f"{service} {'is steady' if steady else action}",
            severity=Severity.CRITICAL if severe else Severity.WARNING,
            text=str(detail.get("reason") or name),
            facts=(
                ("Service", service),
                ("Cluster", cluster),
                ("Event", name),
                *((("Concerns", ", ".join(resources)),) if resources else ()),
                *stack_info.runbook_fact(RUNBOOK),
            ),
            links=places(event, cluster, service, at, stack_info),
            part=Part.STARTS,
            ref="" if steady else name,
            guide=guide(cluster, service),
        )
    ]


def _service(event: Mapping[str, Any], stack_info: StackInfo) -> tuple[str, str]:
    """Names of the cluster and the service; the ARN of an old service names no cluster."""
    *named, service = event["resources"][0].partition(":service/")[2].split("/")
    known = str(event["detail"].get("clusterArn") or stack_info.cluster)
    return (named[0] if named else known.rsplit("/", 1)[-1]), service


def from_task(arrival: Arrival) -> list[Notice]:
    """An `ECS Task State Change`: a failed task opens its service's story, which quiet ends.

    A task stopped on purpose, by a person, a scale-in or AWS, is nothing to notify of. Raises as
    `from_deployment` does.
    """
    event, stack_info, detail = arrival.body, arrival.stack_info, arrival.body["detail"]
    if detail["lastStatus"] != "STOPPED":
        return []
    failed = failure(detail)
    if failed is None:
        return []
    group, task = str(detail.get("group") or ""), detail["taskArn"].rsplit("/", 1)[-1]
    cluster = detail["clusterArn"].rsplit("/", 1)[-1]
    kind, _, name = group.partition(":")
    at = parse_utc(detail.get("stoppedAt") or detail.get("updatedAt") or event["time"])
    facts = (
        ("Cluster", cluster),
        ("Task", task),
        ("Stop code", str(detail.get("stopCode") or "none")),
        *((("Image", failed.image),) if failed.image else ()),
    )
    if kind != "service":
        family = str(detail.get("taskDefinitionArn") or "").rsplit("/", 1)[-1].split(":")[0]
        return [_of_no_service(name or group or family, detail["taskArn"], failed, facts, at)]
    return [
        Notice(
            key=key_of(event, cluster, name),
            signal=Signal.OPEN,
            occurred_at=at,
            name=f"service:{name}",
            title=f"A task of {name} failed",
            severity=Severity.WARNING,
            text=failed.text,
            facts=(("Service", name), *facts, *stack_info.runbook_fact(RUNBOOK)),
            links=places(event, cluster, name, at, stack_info),
            part=Part.TASKS,
            ref=task,
            label=failed.label,
            guide=guide(cluster, name),
        )
    ]


def _of_no_service(
    family: str, arn: str, failed: Failure, facts: tuple[tuple[str, str], ...], at: datetime
) -> Notice:
    """A task that somebody ran by itself, a migration say: nothing repeats it or ends it."""
    return Notice(
        key=f"note:{arn}",
        signal=Signal.NOTE,
        occurred_at=at,
        name=f"task:{family}",
        title=f"The task {family} failed",
        severity=Severity.WARNING,
        text=failed.text,
        facts=(("Task family", family), *facts),
    )
