"""What to do about our own events: the section of docs/runbook.md, and its essence.

A test holds each sentence to the section that it is from, without the section's marks.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from ops_common.ops_events import Severity
from send_alerts.reading.notice import Guide
from send_alerts.reading.stack_info import StackInfo


class Advice(NamedTuple):
    """Where to read, and what to type first, in names of the event and of the stack."""

    section: str
    impact: str
    over: str
    command: str
    if_warning: str = ""
    """The impact of a warning, where it differs."""


SECRET = "make secret ENVIRONMENT={name}"  # noqa: S105  # no password
PROBE = "make probe ENVIRONMENT={name}"
WHY = "make why ENVIRONMENT={name}"
DOCTOR = "make doctor ENVIRONMENT={name}"
INCIDENTS = "make incidents ENVIRONMENT={name}"
WORKER_LOG = "aws logs tail {log_group} --since 30m"
SERVICE = (
    "aws ecs describe-services --cluster {cluster} --services {service}"
    " --query 'services[0].[desiredCount,runningCount,events[:5].message]'"
)
ROTATED = "a rotation succeeds"
ADVICE = {
    "RotationFailed": Advice(
        "a-rotation-has-failed-rotationfailed",
        "open connections stay. After setSecret new logins may be refused until a rotation"
        " succeeds: then it can't wait.",
        ROTATED,
        SECRET,
        if_warning="nobody is hurt: nothing was changed. It can wait until morning.",
    ),
    "PasswordLost": Advice(
        "the-password-is-lost-passwordlost",
        "new tasks fail, and running ones with their next connection. It can't wait.",
        ROTATED,
        SECRET,
    ),
    "PasswordEdited": Advice(
        "the-password-was-edited-passwordedited",
        "nobody is hurt: the rotation set both right. It can wait.",
        "the database accepts the version labelled AWSCURRENT",
        SECRET,
    ),
    # A warning where the role's passwords end soon; else good news, which needs no advice.
    "PasswordRotated": Advice(
        "the-passwords-validity-ends-passwordrotated",
        "nobody is hurt until the date: then every login is refused. It can wait until then.",
        "the next rotation names no date",
        SECRET,
    ),
    "PasswordReverted": Advice(
        "the-password-is-not-the-valid-one-passwordreverted",
        "new tasks can't log in; running ones keep their connections. It can't wait.",
        "the current password is accepted, which the scaler tries each minute",
        SECRET,
    ),
    "ScalerAtLimit": Advice(
        "scaleratlimit",
        "jobs start late, because no more tasks are allowed. It can wait where late jobs can.",
        "no limit has held the count for ten minutes",
        WHY,
    ),
    "ScalerBlind": Advice(
        "scalerblind",
        "the task count stays as it is. It can wait while the count is enough.",
        "the queue is measured again",
        DOCTOR,
    ),
    "WorkersDead": Advice(
        "workersdead",
        "jobs stand still: it can't wait.",
        "workers have a heartbeat, and no job is stuck",
        WORKER_LOG,
    ),
    "WorkersMissing": Advice(
        "workersmissing",
        "jobs start late: it can't wait.",
        "as many workers as tasks have a heartbeat",
        SERVICE,
    ),
    "WorkersKilled": Advice(
        "workerskilled",
        "the killed workers' jobs have failed. It can wait if it happened once.",
        "no killed worker has been seen for ten minutes",
        WORKER_LOG,
    ),
    "NoDispatcher": Advice(
        "nodispatcher",
        "scheduled jobs don't run: it can't wait.",
        "no due job lacks a dispatcher",
        WORKER_LOG,
    ),
    "CountChanged": Advice(
        "countchanged",
        "jobs wait, or idle tasks cost. It can wait.",
        "fewer than three changes lie within the last day",
        WHY,
    ),
    "ForeignWorkers": Advice(
        "foreignworkers",
        "nobody is hurt: the scaler leaves them aside. It can wait.",
        "none has been seen for a day",
        INCIDENTS,
    ),
    "DeploymentProbed": Advice(
        "a-deployment-failed-its-probe-deploymentprobed",
        "users may meet errors of the new version. It can't wait where health_check,"
        " balancer or log_errors failed.",
        "the next deployment passes its probe, or you close it",
        PROBE,
    ),
    "DeploymentUndecided": Advice(
        "a-probe-could-not-decide-deploymentundecided",
        "nobody is known to be hurt. It can wait, if the app answers.",
        "the verdict is a pass",
        DOCTOR,
    ),
    "DeploymentRollbackProbed": Advice(
        "ecs-rolled-back-and-the-version-before-passes-deploymentrollbackprobed",
        "users have the version before, and it works. It can wait; the new version isn't live.",
        "the next deployment completes and passes its probe",
        SERVICE,
    ),
    "DeploymentRolledBack": Advice(
        "the-service-was-rolled-back-deploymentrolledback",
        "the previous good version runs, on the new version's schema. It can wait if it bears"
        " that schema.",
        "the next deployment passes its probe",
        PROBE,
    ),
}
"""By kind."""


def guide(
    advice: Advice,
    severity: Severity,
    facts: Mapping[str, Any],
    environment: str,
    stack_info: StackInfo,
) -> Guide:
    """The advice with real names; without its command where the event lacks one of the names."""
    service = facts.get("service")
    names = {
        "name": environment or "production",
        "cluster": stack_info.cluster,
        "service": service if isinstance(service, str) else "",
        "log_group": stack_info.log_group(service) if isinstance(service, str) else "",
    }
    lacking = any(f"{{{key}}}" in advice.command for key in names if not names[key])
    warned = severity is Severity.WARNING and advice.if_warning
    return Guide(
        warned or advice.impact,
        "" if lacking else advice.command.format_map(names),
        advice.over,
    )
