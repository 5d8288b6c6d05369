"""What is returned to whoever asked."""

from typing import Any

from probe_deployment.triggers import Trigger
from probe_deployment.verdict import Outcome, Verdict

CALL_BACK_SECONDS = 15
HOOK_STATUS = {
    Outcome.PASS: "SUCCEEDED",
    Outcome.FAIL: "FAILED",
    Outcome.PENDING: "IN_PROGRESS",
}


def answer(verdict: Verdict) -> dict[str, Any]:
    """The verdict; for a lifecycle hook what ECS wants (Amazon ECS Developer Guide, "Lambda hooks
    for Amazon ECS service deployments"): the status, when to ask again, and the details to bring.
    """
    request = verdict.request
    if request.trigger is not Trigger.HOOK:
        return verdict.as_json()
    status: dict[str, Any] = {"hookStatus": HOOK_STATUS[verdict.outcome]}
    if verdict.outcome is Outcome.PENDING:
        started = request.started_at or verdict.decided_at
        status["callBackDelay"] = CALL_BACK_SECONDS
        status["hookDetails"] = {**request.hook_details, "startedAt": started.isoformat()}
    return status
