"""Between deployments: whether the services run, whatever is under way at the moment."""

from datetime import datetime, timedelta

from ops_common.ecs import Service
from probe_deployment.cause import Cause
from probe_deployment.checks import hanging, rollout
from probe_deployment.context import Context
from probe_deployment.finding import Finding, Trouble

EXPECTED = "no rollout failed or stuck, tasks running or starting"
# A worker's rollout waits for the jobs of tasks that are protected.
STUCK = timedelta(hours=1)


def check(context: Context) -> Finding:
    """Neither a deployment nor a scaling under way is a failure; one that is stuck is."""
    services = [context.service(name) for name in context.probed]
    troubles = {
        service: trouble
        for service in services
        if (
            trouble := judge(
                service,
                context.now,
                may_be_empty=service.name not in context.settings.names.web,
            )
        )
    }
    if troubles:
        return rollout.failed(context, troubles, EXPECTED)
    return Finding.passed(rollout.counts(services), EXPECTED)


def judge(service: Service, now: datetime, *, may_be_empty: bool) -> Trouble | None:
    """What will not settle by itself, or None."""
    if service.rolling_out:
        if service.shifts_traffic and hanging.judge(service) is None:
            return None  # it bakes, or waits at a step
        age = now - service.primary.created_at
        words = f"is in a rollout for {age.total_seconds() / 60:.0f} minutes"
        return None if age < STUCK else Trouble(Cause.HANGS, words)
    return rollout.judge(service, may_be_empty=may_be_empty)
