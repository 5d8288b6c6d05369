"""Who wants to know what: the event read into a Request."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from probe_deployment.suites import SUITES

DEPLOYMENT_SUITES = {
    "SERVICE_DEPLOYMENT_COMPLETED": "deployment",
    "SERVICE_DEPLOYMENT_FAILED": "failed_deployment",
}


class BadEvent(Exception):
    """The event is of no known shape; the message names the field and what was expected."""


class Trigger(StrEnum):
    """Who asks. The first two get no answer, only the report."""

    DEPLOYMENT = "deployment"
    SCHEDULE = "schedule"
    PIPELINE = "pipeline"
    PERSON = "person"
    HOOK = "hook"


class Request(NamedTuple):
    """What is to be probed, and for whom."""

    trigger: Trigger
    suite: str
    service: str | None = None
    """The one service that was deployed; None for all."""
    deployment_id: str | None = None
    failure_reason: str = ""
    """Why ECS gave a deployment up."""
    target_revision: str | None = None
    """ARN of the service revision that a lifecycle hook asks about."""
    expected_image_tag: str | None = None
    expected_schema_version: str | None = None
    started_at: datetime | None = None
    """From when the grace period counts; None for no grace: one attempt, one verdict."""
    report: bool = True
    """Whether people are told; a person and a pipeline see the answer."""
    hook_details: Mapping[str, Any] = MappingProxyType({})


def parse(event: Any, services: tuple[str, ...]) -> Request | None:
    """The request in an event; None where it is about nothing of ours.

    Raises BadEvent.
    """
    if not isinstance(event, dict):
        raise BadEvent("the event must be an object")
    if "lifecycleStage" in event:
        return _from_hook(event, services)
    if "detail-type" in event:
        return _from_deployment(event, services)
    return _from_caller(event, services)


def _from_deployment(event: Mapping[str, Any], services: tuple[str, ...]) -> Request | None:
    try:
        detail = event["detail"]
        service = event["resources"][0].rsplit("/", 1)[-1]
        suite = DEPLOYMENT_SUITES.get(detail["eventName"])
        if suite is None or service not in services:
            return None
        return Request(
            trigger=Trigger.DEPLOYMENT,
            suite=suite,
            service=service,
            deployment_id=detail["deploymentId"],
            failure_reason=detail.get("reason", ""),
            started_at=_instant(detail.get("updatedAt") or event["time"], "detail.updatedAt"),
        )
    except (LookupError, TypeError, AttributeError) as error:
        raise BadEvent(
            "expected an ECS Deployment State Change with resources, detail.eventName and"
            f" detail.deploymentId ({type(error).__name__}: {error})"
        ) from None


def _from_hook(event: Mapping[str, Any], services: tuple[str, ...]) -> Request:
    arn, revision = event.get("serviceArn"), event.get("targetServiceRevisionArn")
    if not isinstance(arn, str) or not isinstance(revision, str):
        raise BadEvent("a lifecycle hook must bring serviceArn and targetServiceRevisionArn")
    service = arn.rsplit("/", 1)[-1]
    if service not in services:
        raise BadEvent(f"serviceArn must be of {' or '.join(services)}, not {service}")
    details = event.get("hookDetails") or {}
    if not isinstance(details, dict):
        raise BadEvent("hookDetails must be an object")
    started = details.get("startedAt")
    return Request(
        trigger=Trigger.HOOK,
        suite="lifecycle",
        service=service,
        target_revision=revision,
        expected_image_tag=_text(details, "expectedImageTag"),
        started_at=None if started is None else _instant(started, "hookDetails.startedAt"),
        hook_details=details,
    )


def _from_caller(event: Mapping[str, Any], services: tuple[str, ...]) -> Request:
    known = {"trigger", "suite", "service", "expectedImageTag", "expectedSchemaVersion"}
    unknown = set(event) - known - {"startedAt", "report"}
    if unknown:
        raise BadEvent(f"unknown field {', '.join(sorted(unknown))}")
    trigger = _choice(event, "trigger", ("person", "pipeline", "schedule"), "person")
    started = event.get("startedAt")
    report = event.get("report", trigger == Trigger.SCHEDULE)
    if not isinstance(report, bool):
        raise BadEvent("report must be true or false")
    return Request(
        trigger=Trigger(trigger),
        suite=_choice(event, "suite", tuple(SUITES), "deployment"),
        service=None if "service" not in event else _choice(event, "service", services),
        expected_image_tag=_text(event, "expectedImageTag"),
        expected_schema_version=_text(event, "expectedSchemaVersion"),
        started_at=None if started is None else _instant(started, "startedAt"),
        report=report,
    )


def _choice(
    event: Mapping[str, Any], name: str, choices: tuple[str, ...], default: str | None = None
) -> str:
    value = event.get(name, default)
    if not isinstance(value, str) or value not in choices:
        raise BadEvent(f"{name} must be one of {', '.join(choices)}")
    return value


def _text(event: Mapping[str, Any], name: str) -> str | None:
    value = event.get(name)
    if value is not None and (not isinstance(value, str) or not value):
        raise BadEvent(f"{name} must be a non-empty string")
    return value


def _instant(value: Any, name: str) -> datetime:
    try:
        instant = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadEvent(f"{name} must be a time such as 2026-01-31T09:00:00Z") from None
    if instant.tzinfo is None:
        raise BadEvent(f"{name} must carry a time zone, such as 2026-01-31T09:00:00Z")
    return instant
