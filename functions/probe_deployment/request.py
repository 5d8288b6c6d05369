"""Who wants to know what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class BadEvent(Exception):
    """The event is of no known shape; the message names the field and what was expected."""

    def __init__(self, message: str, *fields: str) -> None:
        super().__init__(message)
        self.fields = fields


class Trigger(StrEnum):
    """Who asks. The first three get no answer, only the report."""

    DEPLOYMENT = "deployment"
    SOAK = "soak"
    """A later check of a deployment that passed."""
    SCHEDULE = "schedule"
    PIPELINE = "pipeline"
    PERSON = "person"
    HOOK = "hook"


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be probed, and for whom."""

    trigger: Trigger
    suite: str
    service: str | None = None
    """The one service that was deployed; None for all."""
    deployment_id: str | None = None
    failure_reason: str = ""
    """Why ECS gave a deployment up."""
    rolled_back: bool = False
    """Whether ECS was rolling back, and this deployment is what it went back to."""
    stage: str = ""
    """Of a lifecycle hook."""
    runs_checks: bool = True
    """Whether there is something to check, at a lifecycle hook's stage."""
    target_revision: str | None = None
    """ARN of the service revision that a lifecycle hook asks about."""
    first_deployment: bool = False
    """Whether a lifecycle hook's service has nothing to go back to."""
    expected_image_tag: str | None = None
    expected_schema_version: str | None = None
    started_at: datetime | None = None
    """From when the grace period counts; None for no grace: one attempt, one verdict."""
    soak_check: int = 0
    """Which of the soak's checks this is; 0 is before the first."""
    report: bool = True
    """Whether people are notified; a person and a pipeline see the answer."""
    hook_details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ended_at(self) -> datetime | None:
        """When the deployment ended, where ECS has said so."""
        by_event = self.trigger in (Trigger.DEPLOYMENT, Trigger.SOAK)
        return self.started_at if by_event and self.suite == "deployment" else None


def text_field(fields: Mapping[str, Any], name: str) -> str | None:
    """A field that is a non-empty text or absent. Raises BadEvent."""
    value = fields.get(name)
    if value is not None and (not isinstance(value, str) or not value):
        raise BadEvent(f"{name} must be a non-empty string", name)
    return value


def time_field(fields: Mapping[str, Any], name: str) -> datetime | None:
    """A field that is an aware time in ISO 8601 or absent. Raises BadEvent."""
    value = fields.get(name)
    return None if value is None else parse_time(value, name)


def parse_time(value: Any, name: str) -> datetime:
    """An aware time in ISO 8601. Raises BadEvent that calls it by this name."""
    try:
        time = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadEvent(f"{name} must be a time such as 2026-01-31T09:00:00Z", name) from None
    if time.tzinfo is None:
        raise BadEvent(f"{name} must carry a time zone, such as 2026-01-31T09:00:00Z", name)
    return time
