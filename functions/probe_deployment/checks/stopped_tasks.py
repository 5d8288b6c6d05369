"""Why the tasks of a failed deployment stopped."""

from ops_common.tasks import of_service
from probe_deployment import stopped
from probe_deployment.context import Context
from probe_deployment.finding import Finding


def check(context: Context) -> Finding:
    """Always a failure: the deployment was given up, and these are the reasons."""
    name, request = context.probed[0], context.request
    found = of_service(context.client("ecs"), context.settings.cluster, name, "STOPPED")
    reasons = stopped.reasons(found, request.deployment_id)
    return Finding.failed(
        " | ".join([request.failure_reason or "the deployment failed", *reasons]),
        "a deployment that completes",
        f"read the log: aws logs tail {context.settings.log_group(name)} --since 1h",
    )
