"""Whether the deployment has ended, with as many tasks as are wanted."""

from collections.abc import Iterable, Mapping

from ops_common.ecs import Service
from probe_deployment import stopped
from probe_deployment.context import Context
from probe_deployment.finding import Finding

EXPECTED = "rollout COMPLETED, running = desired"


def check(context: Context) -> Finding:
    """Every probed service: rollout COMPLETED, nothing of an older one, running = desired."""
    services = [context.service(name) for name in context.probed]
    troubles = {
        service: trouble
        for service in services
        if (trouble := judge(service, may_be_empty=service.name not in context.settings.names.web))
    }
    if troubles:
        return failed(context, troubles, EXPECTED)
    return Finding.passed(counts(services), EXPECTED)


def failed(context: Context, troubles: Mapping[Service, str], expected: str) -> Finding:
    """The troubles of services, with what stopped their tasks."""
    cluster = context.settings.cluster
    observed, fixes = list[str](), False
    for service, trouble in troubles.items():
        found = context.tasks(service.name, "STOPPED")
        reasons = stopped.reasons(found, service.primary.id)
        fixes |= stopped.older_version_fixes(found, service.primary.id)
        observed.append("; ".join([f"{service.name} {trouble}", *reasons]))
    return Finding.failed(
        "; ".join(observed),
        expected,
        "if it doesn't settle, read the events: aws ecs describe-services"
        f" --cluster {cluster} --services {' '.join(service.name for service in troubles)}"
        " --query 'services[].events[:5].message'",
        older_version_fixes=fixes,
    )


def counts(services: Iterable[Service]) -> str:
    """Running of desired tasks, for each service."""
    return ", ".join(f"{service.name} {service.running}/{service.desired}" for service in services)


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
