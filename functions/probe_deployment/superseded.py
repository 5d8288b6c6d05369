"""Whether the deployment that is to be probed is the service's newest still."""

from ops_common.ecs import Rollout, Service
from probe_deployment.context import Context


class Superseded(Exception):
    """Another deployment has replaced the one to be probed; it will get a verdict of its own."""


def refuse_superseded(context: Context) -> None:
    """Answer who asks for a deployment by its id, a pipeline among them, that it did not win.

    Raises Superseded.
    """
    request = context.request
    if request.suite not in ("deployment", "stuck"):
        return
    if not (request.service and request.deployment_id):
        return
    service = context.service(request.service)
    if service.rollout is Rollout.UNKNOWN:
        return
    if service.primary.id != request.deployment_id:
        raise Superseded(_why(service, request.deployment_id))
    if request.suite == "stuck" and service.primary.rollout_state != "IN_PROGRESS":
        raise Superseded(f"{service.primary.id} has ended: {service.primary.rollout_state}")


def _why(service: Service, deployment_id: str) -> str:
    """ECS keeps the deployment that it gave up beside the one that it goes back to, for a time."""
    failed = any(
        each.id == deployment_id and each.rollout_state == "FAILED" for each in service.deployments
    )
    gave_up = ": ECS gave it up and rolls back" if failed else ""
    return f"{service.primary.id} has replaced {deployment_id}{gave_up}"
