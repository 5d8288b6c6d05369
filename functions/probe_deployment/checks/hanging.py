"""A deployment that is under way for long, and gets nowhere."""

from ops_common.ecs import Service
from probe_deployment import stopped
from probe_deployment.context import Context
from probe_deployment.finding import Finding

EXPECTED = "all of the new tasks run by now"
EVENTS = 3


def check(context: Context) -> Finding:
    """All of the deployment's tasks run; older ones that still finish their jobs are no trouble."""
    name = context.probed[0]
    service = context.service(name)
    trouble = judge(service)
    if trouble is None:
        return Finding.passed(f"{name}: all new tasks run", EXPECTED)
    found = context.tasks(name, "STOPPED")
    why = [*stopped.reasons(found, service.primary.id), *context.service_events(name)[:EVENTS]]
    return Finding.failed(
        "; ".join([trouble, *why]),
        EXPECTED,
        "a circuit breaker would have ended it (deployment_circuit_breaker); read the stopped"
        f" tasks' logs, then deploy a version that starts: aws ecs describe-services --cluster"
        f" {context.settings.cluster} --services {name}",
        subjects=(name,),
        older_version_fixes=stopped.older_version_fixes(found, service.primary.id),
    )


def judge(service: Service) -> str | None:
    """What hangs, or None where only older tasks are left to stop."""
    primary = service.primary
    if primary.running >= primary.desired:
        return None
    if service.shifts_traffic and not (primary.running or service.pending or primary.failed):
        return None  # it waits before its first task, at a hook of its own or for a person
    failed = f", {primary.failed} failed to start" if primary.failed else ""
    return f"{service.name} hangs: {primary.running} of {primary.desired} new tasks run{failed}"
