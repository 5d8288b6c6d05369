"""The event that a verdict becomes."""

from typing import NamedTuple

from ops_common.ops_events import OpsEvent, PublishEvent, Severity, State
from probe_deployment import words
from probe_deployment.memory import ProbeMemory
from probe_deployment.request import Trigger
from probe_deployment.verdict import Outcome, Verdict

OF_A_DEPLOYMENT = ("deployment", "failed_deployment", "green", "lifecycle", "stuck")
TEXT_LENGTH = 8000


def report(verdict: Verdict, memory: ProbeMemory, publish: PublishEvent) -> bool:
    """Notify people once; returns whether that was now.

    Raises EventNotPublished or ClientError, and then a repetition notifies of it.
    """
    subject, value = f"report#{_subject(verdict)}{_of(verdict)}", _news(verdict)
    if not memory.claim(subject, value, verdict.decided_at):
        return False
    try:
        publish(event(verdict))
    except Exception:
        # Whatever it was: the repetition must be free to notify of it.
        memory.release(subject)
        raise
    return True


def event(verdict: Verdict) -> OpsEvent:
    """The event of a verdict. Only DeploymentProbed ends an incident of its key."""
    said = _notification(verdict)
    facts = {"suite": verdict.request.suite, "trigger": verdict.request.trigger.value}
    if verdict.request.service:
        facts["service"] = verdict.request.service
    if verdict.request.deployment_id:
        facts["deployment"] = verdict.request.deployment_id
    if verdict.request.stage:
        facts["stage"] = verdict.request.stage
    return OpsEvent(
        kind=said.kind,
        state=said.state,
        severity=said.severity,
        incident=f"probe:{_subject(verdict)}",
        title=words.title(verdict),
        text=words.text(verdict)[:TEXT_LENGTH],
        occurred_at=verdict.decided_at,
        facts=facts,
    )


class _Notification(NamedTuple):
    """What a verdict is published as."""

    kind: str
    state: State
    severity: Severity


def _notification(verdict: Verdict) -> _Notification:
    outcome, suite = verdict.outcome, verdict.request.suite
    state, severity = State.NOTICE, Severity.INFO
    if suite == "readiness":  # a list of things to do, not an incident
        severity = Severity.INFO if outcome.passed else Severity.WARNING
    elif outcome is Outcome.FAIL:
        state, severity = State.OPEN, Severity.CRITICAL
    elif outcome is Outcome.UNKNOWN:
        return _Notification(
            kind="DeploymentUndecided", state=State.NOTICE, severity=Severity.WARNING
        )
    elif verdict.request.rolled_back:
        return _Notification(
            kind="DeploymentRollbackProbed", state=State.NOTICE, severity=Severity.WARNING
        )
    elif outcome is Outcome.PASS_SO_FAR:
        state = State.CHANGE
    elif suite == "canary":
        state = State.RESOLVED
    return _Notification(kind="DeploymentProbed", state=state, severity=severity)


def _subject(verdict: Verdict) -> str:
    if verdict.request.suite in OF_A_DEPLOYMENT:
        return verdict.request.service or "all"
    return verdict.request.suite


def _of(verdict: Verdict) -> str:
    """Each deployment is remembered by itself: its event may come again after its successor's."""
    deployment = verdict.request.deployment_id or verdict.request.target_revision
    return f"#{deployment}" if deployment else ""


def _news(verdict: Verdict) -> str:
    """What must differ from the last report of the subject for this one to be sent."""
    request, outcome = verdict.request, verdict.outcome.value
    if request.trigger in (Trigger.PERSON, Trigger.PIPELINE):  # who asks for a report gets it
        return f"{verdict.decided_at.isoformat()}:{outcome}"
    if request.suite in OF_A_DEPLOYMENT:
        return outcome
    names = ",".join(each.check for each in (*verdict.failed, *verdict.unknown))
    if request.suite == "canary":
        return f"{outcome}:{names}"
    return f"{verdict.decided_at:%G-W%V}:{outcome}:{names}"
