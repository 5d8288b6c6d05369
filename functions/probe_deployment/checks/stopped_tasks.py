"""Why the tasks of a failed deployment stopped."""

from probe_deployment import stopped
from probe_deployment.context import Context
from probe_deployment.finding import Finding


def check(context: Context) -> Finding:
    """Always a failure: the deployment was given up, and these are the reasons."""
    name, request = context.probed[0], context.request
    found = context.tasks(name, "STOPPED")
    reasons = stopped.reasons(found, request.deployment_id)
    return Finding.failed(
        " | ".join([request.failure_reason or "the deployment failed", *reasons]),
        "a deployment that completes",
        f"read the log: aws logs tail {context.settings.log_group(name)} --since 1h",
        older_version_fixes=stopped.older_version_fixes(found, request.deployment_id),
    )
