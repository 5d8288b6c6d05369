"""Readiness of the services' size: one task, or one zone, is no service when it is gone."""

from collections.abc import Sequence

from ops_common.ecs import Service
from ops_common.tasks import Task
from probe_deployment.cause import Cause
from probe_deployment.context import Context
from probe_deployment.finding import Finding, Trouble, first_cause

AT_LEAST = 2
EXPECTED = f"at least {AT_LEAST} tasks of each service, in several zones"


def check(context: Context) -> Finding:
    """Each web and worker service has two tasks at least, in two zones."""
    names = (*context.settings.names.web, *context.settings.names.worker)
    troubles = {
        name: trouble
        for name in names
        if (trouble := judge(context.service(name), context.tasks(name, "RUNNING")))
    }
    if not troubles:
        return Finding.passed(f"{len(names)} services", EXPECTED)
    workers = [name for name in troubles if name in context.settings.names.worker]
    remedies = [
        f"aws ecs update-service --cluster {context.settings.cluster} --service {name}"
        f" --desired-count {AT_LEAST} (and the minimum of its auto-scaling)"
        for name in troubles
        if name not in workers
    ]
    if workers:
        remedies.append(context.deploy_command(f"MinTasks={AT_LEAST}"))
    observed = "; ".join(f"{name}: {trouble.words}" for name, trouble in troubles.items())
    return Finding.failed(
        observed, EXPECTED, "; ".join(remedies), cause=first_cause(troubles), subjects=troubles
    )


def judge(service: Service, running: Sequence[Task]) -> Trouble | None:
    """What is too few, or None."""
    if service.desired < AT_LEAST:
        return Trouble(Cause.TOO_FEW_TASKS, f"{service.desired} asked for")
    zones = {task.availability_zone for task in running} - {""}
    return Trouble(Cause.ONE_ZONE, f"all in {zones.pop()}") if len(zones) == 1 else None
