"""Whether the deployment that is to be probed is the service's newest still."""

from typing import Any

from ops_common.ecs import Rollout, Service, ServiceNotFound
from probe_deployment.context import Context
from probe_deployment.memory import ProbeMemory
from probe_deployment.request import Trigger

ASKED_FOR = (Trigger.PIPELINE, Trigger.PERSON)
"""Who reads the answer."""


class Superseded(Exception):
    """Another deployment has replaced the one to be probed; it will get a verdict of its own."""

    def __init__(self, reason: str, deployment_id: str, current: str, *, gave_up: bool) -> None:
        super().__init__(reason)
        self.deployment_id = deployment_id
        self.current = current
        """The service's newest deployment."""
        self.gave_up = gave_up
        """Whether ECS gave up the one to be probed."""

    def as_json(self) -> dict[str, Any]:
        """The answer to who asked."""
        return {
            "status": "superseded",
            "deploymentId": self.deployment_id,
            "currentDeploymentId": self.current,
            "gaveUp": self.gave_up,
            "reason": str(self),
        }


def refuse_superseded(context: Context, memory: ProbeMemory) -> None:
    """Answer who asks for a deployment by its id, a pipeline among them, that it did not win.

    Raises Superseded.
    """
    request = context.request
    if request.suite not in ("deployment", "stuck"):
        return
    if not (request.service and request.deployment_id):
        return
    asked = request.deployment_id
    try:
        service = context.service(request.service)
    except ServiceNotFound:  # deleted meanwhile: the checks say so
        return
    if service.rollout is Rollout.UNKNOWN:
        return
    current = service.primary.id
    if current != asked:
        gave_up = _gave_up(service, asked)
        if not gave_up and request.trigger in ASKED_FOR:
            failed = memory.failed_deployment(service.name, context.now)
            gave_up = failed is not None and failed[0] == asked
        why = ": ECS gave it up" if gave_up else ""
        raise Superseded(f"{current} has replaced {asked}{why}", asked, current, gave_up=gave_up)
    if request.suite == "stuck" and service.rollout is not Rollout.IN_PROGRESS:
        reason = f"{current} has ended: {service.primary.rollout_state}"
        raise Superseded(reason, asked, current, gave_up=_gave_up(service, asked))


def _gave_up(service: Service, deployment_id: str) -> bool:
    """ECS keeps the deployment that it gave up beside the one that it goes back to, for a time."""
    return any(
        each.id == deployment_id and each.rollout_state == "FAILED"
        for each in (*service.deployments, *service.replaced)
    )
