"""What is returned to whoever asked."""

from typing import Any

from probe_deployment.hook import (
    CALL_BACK_SECONDS,
    FIRST_DEPLOYMENT_CALL_BACK_SECONDS,
    HookStatus,
)
from probe_deployment.request import Trigger
from probe_deployment.verdict import Outcome, Verdict


def answer(verdict: Verdict, on_unknown: HookStatus) -> dict[str, Any]:
    """The verdict; for a lifecycle hook what ECS wants: the status, when to ask again, and the
    details to bring then.

    `on_unknown` is the status for a verdict that doesn't know.
    """
    request = verdict.request
    if request.trigger is not Trigger.HOOK:
        return verdict.as_json()
    status = hook_status(verdict, on_unknown)
    if status is not HookStatus.IN_PROGRESS:
        return {"hookStatus": status.value}
    started = request.started_at or verdict.decided_at
    waits = verdict.outcome is Outcome.PENDING
    return {
        "hookStatus": status.value,
        "callBackDelay": CALL_BACK_SECONDS if waits else FIRST_DEPLOYMENT_CALL_BACK_SECONDS,
        "hookDetails": {**request.hook_details, "startedAt": started.isoformat()},
    }


def hook_status(verdict: Verdict, on_unknown: HookStatus) -> HookStatus:
    """What a verdict means to ECS.

    FAILED, a roll back, only where an older version would not have what failed. Of a service's
    first deployment there is none, so ECS is held until its hook's own timeout.
    """
    if verdict.outcome is Outcome.PENDING:
        return HookStatus.IN_PROGRESS
    if verdict.outcome is Outcome.UNKNOWN:
        return on_unknown
    if verdict.outcome is Outcome.FAIL and verdict.fixed_by_older_version:
        return HookStatus.IN_PROGRESS if verdict.request.first_deployment else HookStatus.FAILED
    return HookStatus.SUCCEEDED
