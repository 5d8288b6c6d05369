"""What to do about our own events: the section of docs/runbook.md, and its first command."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from send_alerts.reading.stack_info import StackInfo


class Advice(NamedTuple):
    """Where to read, and what to type first, in names of the event and of the stack."""

    section: str
    command: str = ""


SECRET = "make secret ENVIRONMENT={name}"  # noqa: S105  # no password
PROBE = "make probe ENVIRONMENT={name}"
WHY = "make why ENVIRONMENT={name}"
DOCTOR = "make doctor ENVIRONMENT={name}"
WORKER_LOG = "aws logs tail {log_group} --since 30m"
SERVICE = (
    "aws ecs describe-services --cluster {cluster} --services {service}"
    " --query 'services[0].[desiredCount,runningCount,events[:5].message]'"
)
ADVICE = {
    "RotationFailed": Advice("a-rotation-has-failed-rotationfailed", SECRET),
    "PasswordLost": Advice("the-password-is-lost-passwordlost", SECRET),
    "PasswordEdited": Advice("the-password-was-edited-passwordedited", SECRET),
    "PasswordReverted": Advice("the-password-is-not-the-valid-one-passwordreverted", SECRET),
    "ScalerAtLimit": Advice("scaleratlimit", WHY),
    "ScalerBlind": Advice("scalerblind", DOCTOR),
    "WorkersDead": Advice("workersdead", WORKER_LOG),
    "WorkersMissing": Advice("workersmissing", SERVICE),
    "WorkersKilled": Advice("workerskilled", WORKER_LOG),
    "NoDispatcher": Advice("nodispatcher", WORKER_LOG),
    "CountChanged": Advice("countchanged", WHY),
    "ForeignWorkers": Advice("foreignworkers"),
    "DeploymentProbed": Advice("a-deployment-failed-its-probe-deploymentprobed", PROBE),
    "DeploymentUndecided": Advice("a-probe-could-not-decide-deploymentundecided", DOCTOR),
    "DeploymentRollbackProbed": Advice(
        "ecs-rolled-back-and-the-version-before-passes-deploymentrollbackprobed", SERVICE
    ),
    "DeploymentRolledBack": Advice("the-service-was-rolled-back-deploymentrolledback", PROBE),
}
"""By kind; of a section without a command of its own, where to read alone."""


def first_command(
    advice: Advice, facts: Mapping[str, Any], environment: str, stack_info: StackInfo
) -> tuple[tuple[str, str], ...]:
    """The fact that names it; nothing where the event lacks one of the names."""
    service = facts.get("service")
    names = {
        "name": environment or "production",
        "cluster": stack_info.cluster,
        "service": service if isinstance(service, str) else "",
        "log_group": stack_info.log_group(service) if isinstance(service, str) else "",
    }
    if not advice.command or any(f"{{{key}}}" in advice.command for key in names if not names[key]):
        return ()
    return (("Check first", advice.command.format_map(names)),)
