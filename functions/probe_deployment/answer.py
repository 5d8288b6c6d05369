"""What is returned to whoever asked."""

from collections.abc import Mapping
from typing import Any

from probe_deployment import words
from probe_deployment.hook import (
    CALL_BACK_SECONDS,
    HELD_CALL_BACK_SECONDS,
    HookStatus,
    may_probe,
)
from probe_deployment.request import Trigger
from probe_deployment.verdict import Outcome, Verdict

SCHEMA_VERSION = 2


def answer(verdict: Verdict, on_unknown: HookStatus) -> dict[str, Any]:
    """The verdict; for a lifecycle hook what ECS wants: the status, when to ask again, and the
    details to bring then.

    `on_unknown` is the status for a verdict that doesn't know.
    """
    request = verdict.request
    if request.trigger is not Trigger.HOOK:
        return as_json(verdict)
    status = hook_status(verdict, on_unknown)
    if status is not HookStatus.IN_PROGRESS:
        return {"hookStatus": status.value}
    started = request.started_at or verdict.decided_at
    waits = verdict.outcome is Outcome.PENDING
    return {
        "hookStatus": status.value,
        "callBackDelay": CALL_BACK_SECONDS if waits else HELD_CALL_BACK_SECONDS,
        "hookDetails": {
            **request.hook_details,
            "startedAt": started.isoformat(),
            "startedStage": request.stage,
        },
    }


def as_json(verdict: Verdict) -> dict[str, Any]:
    """What pipelines rely on (docs/verdict.schema.json); fields are only ever added."""
    return {
        "schemaVersion": SCHEMA_VERSION,
        "status": verdict.outcome.value,
        "suite": verdict.request.suite,
        "trigger": verdict.request.trigger.value,
        "services": list(verdict.services),
        "deploymentId": verdict.request.deployment_id,
        "decidedAt": verdict.decided_at.isoformat(),
        # Out by the dictionary, but promised: pipelines read this name.
        "nextLookAt": verdict.next_check.isoformat() if verdict.next_check else None,
        "attempts": verdict.attempts,
        "seconds": round(verdict.seconds, 2),
        "summary": words.summary(verdict),
        "rollback": verdict.rollback or None,
        "checks": [
            {
                "name": each.check,
                "status": each.finding.status.value,
                "observed": each.finding.observed,
                "expected": each.finding.expected,
                "remedy": each.finding.remedy,
                "olderVersionFixes": each.finding.older_version_fixes,
                "cause": each.finding.cause.value if each.finding.cause else None,
                "subjects": list(each.finding.subjects),
                "seconds": round(each.seconds, 2),
            }
            for each in verdict.results
        ],
        "table": words.table(verdict),
    }


def hook_status(verdict: Verdict, on_unknown: HookStatus) -> HookStatus:
    """What a verdict means to ECS.

    FAILED, a roll back, only where an older version would not have what failed. ECS is held, until
    its hook's own timeout, where there is no older one (a service's first deployment), and while
    the database refuses every version or a migration runs.
    """
    if verdict.outcome is Outcome.PENDING:
        return HookStatus.IN_PROGRESS
    if verdict.outcome is Outcome.UNKNOWN:
        return on_unknown
    if verdict.outcome is Outcome.FAIL and verdict.fixed_by_older_version:
        holds = verdict.request.first_deployment or verdict.left_as_it_is
        return HookStatus.IN_PROGRESS if holds else HookStatus.FAILED
    return HookStatus.SUCCEEDED


def without_verdict(event: Mapping[str, Any], on_unknown: HookStatus) -> dict[str, Any]:
    """What a lifecycle hook is answered where there was no verdict, for the probe itself broke.

    That is not to know, and `on_unknown` decides as for any other; but nothing stops a roll back,
    or a stage with nothing to check.
    """
    status = on_unknown if may_probe(event) else HookStatus.SUCCEEDED
    return {"hookStatus": status.value}
