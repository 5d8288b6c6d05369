"""A rollback that an operator asks for (docs/on-call.md): their judgement, the same way back."""

from typing import TYPE_CHECKING, Any

from ops_common.ecs import Service
from probe_deployment import rollback
from probe_deployment.request import BadEvent
from probe_deployment.rollback import Decision, Stays

if TYPE_CHECKING:
    from probe_deployment.probe import Ports
    from probe_deployment.settings import Settings

FIELD = "rollBack"
"""What the rule OperatorRollbackRule of the template sends: the name of a service."""


def is_asked(event: Any) -> bool:
    """Whether the event asks for a rollback, and for no probe."""
    return isinstance(event, dict) and FIELD in event


def decide(service: Service, last_passed: str | None, *, on: bool) -> Decision:
    """Whether there is a way back, and it is allowed."""
    if not on:
        return Decision.stay(Stays.NOT_ALLOWED, "this stack does not roll back (ProbeRollback)")
    if not service.deployments:
        return Decision.stay(Stays.DEPLOYED_ELSEWHERE, "ECS does not deploy this service itself")
    return rollback.way_back(service, last_passed)


def roll_back(event: dict[str, Any], ports: "Ports", settings: "Settings") -> dict[str, str]:
    """Do it; what was done, in words. Raises BadEvent, EventNotPublished or ClientError."""
    name = event[FIELD]
    if name not in settings.services:
        raise BadEvent(f"{FIELD} must be one of {', '.join(settings.services)}", FIELD)
    service = ports.ecs.describe((name,))[0]
    decision = decide(service, ports.memory.last_passed(name), on=settings.rollback)
    _, said = rollback.apply(
        decision,
        service,
        ports.ecs,
        ports.memory,
        ports.publish,
        ports.now(),
        why="an operator asked for it",
    )
    return {"status": "rollback", "reason": said}
