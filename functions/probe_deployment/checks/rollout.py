"""Whether the deployment has ended, with as many tasks as are wanted."""

from ops_common.ecs import Service
from probe_deployment.context import Context
from probe_deployment.finding import Finding

WANTED = "rollout COMPLETED, running = desired"


def check(context: Context) -> Finding:
    """Every probed service: rollout COMPLETED, nothing of an older one, running = desired."""
    services = [context.service(name) for name in context.probed]
    troubles = [
        f"{service.name} {trouble}"
        for service in services
        if (trouble := judge(service, may_be_empty=service.name != context.settings.web_service))
    ]
    if troubles:
        names = " ".join(service.name for service in services)
        remedy = (
            "if it doesn't settle, read the events: aws ecs describe-services"
            f" --cluster {context.settings.cluster} --services {names}"
            " --query 'services[].events[:5].message'"
        )
        return Finding.failed("; ".join(troubles), WANTED, remedy)
    saw = ", ".join(f"{service.name} {service.running}/{service.desired}" for service in services)
    return Finding.passed(saw, WANTED)


def judge(service: Service, *, may_be_empty: bool) -> str:
    """What is not settled, or nothing."""
    primary = service.primary
    if primary.rollout_state == "FAILED":
        return f"rollout FAILED: {primary.rollout_reason or 'no reason given'}"
    if primary.rollout_state != "COMPLETED":
        failed = f", {primary.failed} tasks failed to start" if primary.failed else ""
        return f"rollout {primary.rollout_state}, {primary.running}/{primary.desired} new{failed}"
    if len(service.deployments) > 1:
        return "still drains tasks of an older deployment"
    if service.running != service.desired:
        return f"runs {service.running} of {service.desired} tasks"
    if service.desired == 0 and not may_be_empty:
        return "is scaled to no task at all"
    return ""
