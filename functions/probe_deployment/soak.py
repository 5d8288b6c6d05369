"""Later checks of a deployment that passed, by one-time schedules: a pass is final after the last.

Nothing waits in between: each check schedules the next before it begins: one that dies loses none.
"""

from datetime import datetime, timedelta
from typing import Any

from probe_deployment.request import Request, Trigger

type Minutes = tuple[int, ...]
"""When it is checked again, in minutes after the first pass."""


def next_check(request: Request, minutes: Minutes, now: datetime) -> datetime | None:
    """When to check after this check; None after the last one, and where no later ones follow.

    The minutes count from the end of the deployment's grace, or from the first pass.
    """
    if not soaks(request) or request.soak_check >= len(minutes):
        return None
    before = minutes[request.soak_check - 1] if request.soak_check else 0
    return now + timedelta(minutes=minutes[request.soak_check] - before)


def soaks(request: Request) -> bool:
    """Whether later checks follow a pass of this request: of a deployment that ended by itself."""
    return (
        request.suite == "deployment"
        and request.trigger in (Trigger.DEPLOYMENT, Trigger.SOAK)
        and request.service is not None
        and request.deployment_id is not None
    )


START_UP = timedelta(minutes=10)
"""How long tasks may take to start, besides the grace: image, migrations, health checks."""


def watch_begins(request: Request) -> bool:
    """Whether a deployment has begun that is to be checked if it hangs."""
    return request.suite == "stuck" and request.trigger is Trigger.DEPLOYMENT


def watch_at(request: Request, grace_seconds: int, now: datetime) -> datetime:
    """When a deployment that is still under way hangs."""
    return (request.started_at or now) + timedelta(seconds=grace_seconds) + START_UP


def is_over(request: Request, minutes: Minutes, now: datetime) -> bool:
    """Whether a pass now is final.

    A pipeline asks again by itself, so its own clock decides; a person and a schedule ask of now.
    """
    if request.trigger is Trigger.PIPELINE and request.suite == "deployment" and minutes:
        started = request.started_at
        return started is None or now >= started + timedelta(minutes=minutes[-1])
    return not soaks(request) or request.soak_check >= len(minutes)


def since_previous(request: Request, minutes: Minutes) -> timedelta | None:
    """How long ago the check before this one was, about; None where there was none."""
    if not 0 < request.soak_check <= len(minutes):
        return None
    before = minutes[request.soak_check - 2] if request.soak_check > 1 else 0
    return timedelta(minutes=minutes[request.soak_check - 1] - before)


def name(request: Request) -> str:
    """Of the schedule: one for a deployment and suite, so that a repetition replaces it."""
    return f"{request.suite} {request.service} {request.deployment_id}"


def payload(request: Request) -> dict[str, Any]:
    """The event of the next check."""
    fields: dict[str, Any] = {
        "trigger": Trigger.SOAK.value,
        "suite": request.suite,
        "service": request.service,
        "deploymentId": request.deployment_id,
        "startedAt": request.started_at.isoformat() if request.started_at else None,
        "expectedImageTag": request.expected_image_tag,
        "expectedSchemaVersion": request.expected_schema_version,
        "soak_check": request.soak_check + 1,
    }
    return {key: value for key, value in fields.items() if value is not None}
