"""Whether the deployment has ended, with as many tasks as are asked for."""

from collections.abc import Iterable, Mapping

from ops_common.ecs import Service
from probe_deployment import stopped
from probe_deployment.cause import Cause
from probe_deployment.context import Context
from probe_deployment.finding import Finding, Trouble, first_cause

EXPECTED = "rollout COMPLETED, as many tasks as desired run or start"


def check(context: Context) -> Finding:
    """Every probed service: rollout COMPLETED, nothing of an older one, no task missing."""
    services = [context.service(name) for name in context.probed]
    troubles = {
        service: trouble
        for service in services
        if (trouble := judge(service, may_be_empty=service.name not in context.settings.names.web))
    }
    if troubles:
        return failed(context, troubles, EXPECTED)
    return Finding.passed(counts(services), EXPECTED)


def failed(context: Context, troubles: Mapping[Service, Trouble], expected: str) -> Finding:
    """The troubles of services, with what stopped their tasks; its cause is the first one's."""
    cluster = context.settings.cluster
    observed, fixes = list[str](), False
    for service, trouble in troubles.items():
        found = context.tasks(service.name, "STOPPED")
        reasons = stopped.reasons(found, service.primary.id)
        fixes |= stopped.older_version_fixes(found, service.primary.id)
        observed.append("; ".join([f"{service.name} {trouble.words}", *reasons]))
    names = [service.name for service in troubles]
    return Finding.failed(
        "; ".join(observed),
        expected,
        "if it doesn't settle, read the events: aws ecs describe-services"
        f" --cluster {cluster} --services {' '.join(names)}"
        " --query 'services[].events[:5].message'",
        cause=first_cause(troubles),
        subjects=names,
        older_version_fixes=fixes,
    )


def counts(services: Iterable[Service]) -> str:
    """Running of desired tasks, for each service."""
    return ", ".join(f"{service.name} {service.running}/{service.desired}" for service in services)


def judge(service: Service, *, may_be_empty: bool) -> Trouble | None:
    """What is not settled, or None."""
    primary = service.primary
    if primary.rollout_state == "FAILED":
        why = primary.rollout_reason or "no reason given"
        return Trouble(Cause.GAVE_UP, f"rollout FAILED: {why}")
    if primary.rollout_state != "COMPLETED":
        failed = f", {primary.failed} tasks failed to start" if primary.failed else ""
        new = f"{primary.running}/{primary.desired} new{failed}"
        return Trouble(Cause.IN_PROGRESS, f"rollout {primary.rollout_state}, {new}")
    if len(service.deployments) > 1:
        return Trouble(Cause.DRAINS, "still drains tasks of an older deployment")
    # Those that a scale-in stops may run for long: they drain, or are protected for their jobs.
    if service.running + service.pending < service.desired:
        words = f"runs {service.running} of {service.desired} tasks"
        return Trouble(Cause.OTHER_COUNT, words)
    if service.desired == 0 and not may_be_empty:
        return Trouble(Cause.NO_TASK, "is scaled to no task at all")
    return None
