"""The event that a verdict becomes."""

from ops_common.ops_events import OpsEvent, PublishEvent, Severity, State
from probe_deployment.memory import ProbeMemory
from probe_deployment.triggers import Trigger
from probe_deployment.verdict import Outcome, Verdict

OF_A_DEPLOYMENT = ("deployment", "failed_deployment", "lifecycle")
TEXT_LENGTH = 8000


def report(verdict: Verdict, memory: ProbeMemory, publish: PublishEvent) -> bool:
    """Tell people once; returns whether it was told now.

    Raises EventNotPublished or ClientError, and then a repetition tells it.
    """
    subject, value = f"report#{_subject(verdict)}{_of(verdict)}", _news(verdict)
    if not memory.claim(subject, value, verdict.decided_at):
        return False
    try:
        publish(event(verdict))
    except Exception:
        # Whatever it was: the repetition must be free to tell it.
        memory.release(subject)
        raise
    return True


def event(verdict: Verdict) -> OpsEvent:
    """The event `DeploymentProbed`."""
    state, severity = _state(verdict)
    failed = verdict.outcome is Outcome.FAIL
    text = verdict.failures() if failed else verdict.summary
    if verdict.rollback:
        text += f"\nRollback: {verdict.rollback}"
    facts = {"suite": verdict.request.suite, "trigger": verdict.request.trigger.value}
    if verdict.request.service:
        facts["service"] = verdict.request.service
    if verdict.request.deployment_id:
        facts["deployment"] = verdict.request.deployment_id
    return OpsEvent(
        kind="DeploymentProbed",
        state=state,
        severity=severity,
        incident=f"probe:{_subject(verdict)}",
        title=verdict.summary,
        text=text[:TEXT_LENGTH],
        occurred_at=verdict.decided_at,
        facts=facts,
    )


def _state(verdict: Verdict) -> tuple[State, Severity]:
    failed, suite = verdict.outcome is Outcome.FAIL, verdict.request.suite
    if suite == "readiness":  # a list of things to do, not an incident
        return State.NOTICE, Severity.WARNING if failed else Severity.INFO
    if failed:
        return State.OPEN, Severity.CRITICAL
    if suite == "canary":
        return State.RESOLVED, Severity.INFO
    return State.NOTICE, Severity.INFO


def _subject(verdict: Verdict) -> str:
    if verdict.request.suite in OF_A_DEPLOYMENT:
        return verdict.request.service or "all"
    return verdict.request.suite


def _of(verdict: Verdict) -> str:
    """Each deployment is remembered by itself: its event may come again after its successor's."""
    deployment = verdict.request.deployment_id or verdict.request.target_revision
    return f"#{deployment}" if deployment else ""


def _news(verdict: Verdict) -> str:
    """What must differ from the last report of the subject for this one to be told."""
    request, outcome = verdict.request, verdict.outcome.value
    if request.trigger in (Trigger.PERSON, Trigger.PIPELINE):  # who asks for a report gets it
        return f"{verdict.decided_at.isoformat()}:{outcome}"
    if request.suite in OF_A_DEPLOYMENT:
        return outcome
    names = ",".join(each.check for each in verdict.failed)
    if request.suite == "canary":
        return f"{outcome}:{names}"
    return f"{verdict.decided_at:%G-W%V}:{outcome}:{names}"
