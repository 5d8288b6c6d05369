"""Why the tasks of a failed deployment stopped."""

from probe_deployment import tasks
from probe_deployment.context import Context
from probe_deployment.finding import Finding
from probe_deployment.tasks import Task

MAX_REASONS = 5


def check(context: Context) -> Finding:
    """Always a failure: the deployment was given up, and these are the reasons."""
    name = context.probed[0]
    stopped = tasks.of_service(context.client("ecs"), context.settings.cluster, name, "STOPPED")
    return judge(
        context.request.failure_reason,
        [task for task in stopped if task.deployment_id == context.request.deployment_id],
        context.settings.log_group(name),
    )


def judge(reason: str, stopped: list[Task], log_group: str) -> Finding:
    """The deployment's own reason, then those of its tasks, without repeats."""
    reasons = dict.fromkeys(
        "; ".join(part for part in (task.stopped_reason, *task.exits) if part) for task in stopped
    )
    listed = [each for each in reasons if each][:MAX_REASONS]
    saw = " | ".join([reason or "the deployment failed", *listed])
    return Finding.failed(
        saw, "a deployment that completes", f"read the log: aws logs tail {log_group} --since 1h"
    )
