"""Whether to deploy the last task definition that passed, and doing so once."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from botocore.exceptions import ClientError

from ops_common.ecs import EcsServices, Rollout, Service
from ops_common.ops_events import OpsEvent, PublishEvent, Severity, State
from probe_deployment.finding import Result, Status
from probe_deployment.memory import ProbeMemory
from probe_deployment.request import Trigger
from probe_deployment.verdict import Outcome, RolledBack, Verdict

REFUSED = ("ClientException", "InvalidParameterException", "AccessDeniedException")


class Stays(StrEnum):
    """Why a service is left at the version that it runs."""

    DEPLOYED_ELSEWHERE = "deployed_elsewhere"
    LOGIN_REFUSED = "login_refused"
    LOGIN_UNKNOWN = "login_unknown"
    MIGRATING = "migrating"
    NONE_PASSED = "none_passed"
    NOT_ALLOWED = "not_allowed"
    OLDER_HAS_IT = "older_has_it"
    REPLACED = "replaced"
    RUNS_IT = "runs_it"
    SCALED_TO_ZERO = "scaled_to_zero"


@dataclass(frozen=True)
class Decision:
    """The task definition to go back to, or None; and why, in words and by its kind."""

    task_definition: str | None
    reason: str
    stays: Stays | None = None
    """None also where nothing asks for a rollback."""

    @classmethod
    def stay(cls, stays: Stays, words: str) -> Self:
        """No rollback."""
        return cls(None, f"no: {words}", stays)


def decide(verdict: Verdict, service: Service, last_passed: str | None, *, on: bool) -> Decision:
    """Whether to roll back the deployment that was probed, and none but that."""
    failed = {each.check for each in verdict.failed}
    of_event = verdict.request.trigger in (Trigger.DEPLOYMENT, Trigger.SOAK)
    if verdict.outcome is not Outcome.FAIL or not of_event or not on:
        return Decision(None, "")
    if service.rollout is Rollout.UNKNOWN:
        return Decision.stay(Stays.DEPLOYED_ELSEWHERE, service.deployed_elsewhere)
    if service.primary.id != verdict.request.deployment_id:
        replaced = f"{service.primary.id} has replaced the probed deployment"
        return Decision.stay(Stays.REPLACED, replaced)
    back = way_back(service, last_passed)
    if back.stays:
        return back
    if service.desired == 0:
        return Decision.stay(Stays.SCALED_TO_ZERO, "no task of it is asked for, of any version")
    if forbids := verdict.left_as_it_is:
        return _left(forbids)
    if not verdict.fixed_by_older_version:
        names = ", ".join(sorted(failed))
        return Decision.stay(Stays.OLDER_HAS_IT, f"an older version would not fix {names}")
    return back


def _left(forbids: Result) -> Decision:
    if forbids.check == "migrations":
        runs = "a migration is running, which a rollback might cut short"
        return Decision.stay(Stays.MIGRATING, runs)
    if forbids.finding.status is Status.UNKNOWN:
        not_checked = "whether the database lets the app in could not be checked"
        return Decision.stay(Stays.LOGIN_UNKNOWN, not_checked)
    refused = "the database refuses the app, which would hit any version"
    return Decision.stay(Stays.LOGIN_REFUSED, refused)


def way_back(service: Service, last_passed: str | None) -> Decision:
    """To what passed last, if that is another version than the one that runs."""
    if last_passed is None:
        none = "no deployment of this service has passed a probe yet"
        return Decision.stay(Stays.NONE_PASSED, none)
    if last_passed == service.primary.task_definition:
        runs_it = "it runs the last task definition that passed already"
        return Decision.stay(Stays.RUNS_IT, runs_it)
    return Decision(last_passed, f"to {last_passed.rsplit('/', 1)[-1]}, the last that passed")


def apply(
    decision: Decision,
    service: Service,
    ecs: EcsServices,
    memory: ProbeMemory,
    publish: PublishEvent,
    now: datetime,
    why: str = "its deployment failed the probe",
) -> tuple[RolledBack | None, str]:
    """Do what was decided, once for a deployment; returns what was done, and that in words.

    People are notified first: once ECS has begun, a repetition finds the deployment replaced.
    Raises EventNotPublished or ClientError where AWS is at fault, and then a repetition does it.
    """
    if decision.task_definition is None:
        return (RolledBack.STAYS if decision.stays else None), decision.reason
    subject = f"rollback#{service.primary.id}"
    if not memory.claim(subject, decision.task_definition, now):
        return RolledBack.BEGUN_BEFORE, "was done already"
    try:
        publish(_event(service, decision.task_definition, now, why))
        deployment = ecs.deploy(service.name, decision.task_definition)
    except Exception as error:
        code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
        if code in REFUSED:  # a deregistered task definition, a missing permission
            return RolledBack.REFUSED, f"{decision.reason}: ECS refused it ({code})"
        memory.release(subject)
        raise
    return RolledBack.BEGUN, f"{decision.reason}, as {deployment}"


def _event(service: Service, task_definition: str, now: datetime, why: str) -> OpsEvent:
    old, new = (
        arn.rsplit("/", 1)[-1] for arn in (service.primary.task_definition, task_definition)
    )
    return OpsEvent(
        kind="DeploymentRolledBack",
        state=State.NOTICE,
        severity=Severity.CRITICAL,
        incident=f"rollback:{service.name}",
        title=f"A rollback of {service.name} begins",
        text=f"{service.name} is to go from {old} back to {new}: {why}. A"
        " migration it ran stays. Fix the cause before the next deployment.",
        occurred_at=now,
        facts={"service": service.name, "deployment": service.primary.id, "from": old, "to": new},
    )
