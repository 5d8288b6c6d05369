"""The event read into a Request."""

from collections.abc import Mapping
from typing import Any

from probe_deployment.hook import is_hook, is_of_other_cluster, parse_hook
from probe_deployment.request import (
    BadEvent,
    Request,
    Trigger,
    parse_time,
    text_field,
    time_field,
)
from probe_deployment.suites import SUITES

DEPLOYMENT_SUITES = {
    "SERVICE_DEPLOYMENT_IN_PROGRESS": "stuck",
    "SERVICE_DEPLOYMENT_COMPLETED": "deployment",
    "SERVICE_DEPLOYMENT_FAILED": "failed_deployment",
}
FIELDS = {
    "trigger",
    "suite",
    "service",
    "deploymentId",
    "expectedImageTag",
    "expectedSchemaVersion",
    "startedAt",
    "report",
    "soak_check",
}


def parse(event: Any, services: tuple[str, ...], cluster: str = "") -> Request | None:
    """The request in an event; None where it is about nothing of ours, or of another cluster's.

    Raises BadEvent.
    """
    if not isinstance(event, dict):
        raise BadEvent("the event must be an object")
    if is_hook(event):
        return parse_hook(event, services, cluster)
    if "detail-type" in event:
        return _from_deployment(event, services, cluster)
    return _from_caller(event, services)


def _from_deployment(
    event: Mapping[str, Any], services: tuple[str, ...], cluster: str
) -> Request | None:
    try:
        detail, arn = event["detail"], event["resources"][0]
        service = arn.rsplit("/", 1)[-1]
        suite = DEPLOYMENT_SUITES.get(detail["eventName"])
        if suite is None or service not in services or is_of_other_cluster(arn, cluster):
            return None
        return Request(
            trigger=Trigger.DEPLOYMENT,
            suite=suite,
            service=service,
            deployment_id=detail["deploymentId"],
            failure_reason=detail.get("reason", ""),
            started_at=parse_time(detail.get("updatedAt") or event["time"], "detail.updatedAt"),
        )
    except (LookupError, TypeError, AttributeError) as error:
        raise BadEvent(
            "expected an ECS Deployment State Change with resources, detail.eventName and"
            f" detail.deploymentId ({type(error).__name__}: {error})",
            "detail",
        ) from None


def _from_caller(event: Mapping[str, Any], services: tuple[str, ...]) -> Request:
    unknown = set(event) - FIELDS
    if unknown:
        raise BadEvent(f"unknown field {', '.join(sorted(unknown))}", *sorted(unknown))
    trigger = _choice(event, "trigger", ("person", "pipeline", "schedule", "soak"), "person")
    report = event.get("report", trigger in (Trigger.SCHEDULE, Trigger.SOAK))
    if not isinstance(report, bool):
        raise BadEvent("report must be true or false", "report")
    soak_check = event.get("soak_check", 0)
    if not isinstance(soak_check, int) or isinstance(soak_check, bool) or soak_check < 0:
        raise BadEvent("soak_check must be the number of a later check", "soak_check")
    if event.get("deploymentId") is not None and event.get("service") is None:
        raise BadEvent("deploymentId is one of a service: name it in the field service", "service")
    return Request(
        trigger=Trigger(trigger),
        suite=_choice(event, "suite", tuple(SUITES), "deployment"),
        service=None if "service" not in event else _choice(event, "service", services),
        deployment_id=text_field(event, "deploymentId"),
        expected_image_tag=text_field(event, "expectedImageTag"),
        expected_schema_version=text_field(event, "expectedSchemaVersion"),
        started_at=time_field(event, "startedAt"),
        soak_check=soak_check,
        report=report,
    )


def _choice(
    event: Mapping[str, Any], name: str, choices: tuple[str, ...], default: str | None = None
) -> str:
    value = event.get(name, default)
    if not isinstance(value, str) or value not in choices:
        raise BadEvent(f"{name} must be one of {', '.join(choices)}", name)
    return value
