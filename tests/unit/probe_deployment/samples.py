"""Values that the tests of probe_deployment start from."""

from copy import replace
from datetime import UTC, datetime
from typing import Any

from ops_common.ecs import Deployment, Service
from probe_deployment.finding import Finding, Result
from probe_deployment.request import Request, Trigger
from probe_deployment.verdict import Outcome, Verdict

NOW = datetime(2026, 1, 15, 10, 35, tzinfo=UTC)
WEB, WORKER = "jiki-api-web", "jiki-api-solid-queue"
DEFINITION = "arn:aws:ecs:eu-west-1:123456789012:task-definition/jiki-api-web:"

DEPLOYMENT = Deployment(
    id="ecs-svc/2",
    primary=True,
    rollout_state="COMPLETED",
    rollout_reason="",
    created_at=datetime(2026, 1, 15, 10, 25, tzinfo=UTC),
    task_definition=DEFINITION + "42",
    desired=2,
    running=2,
    failed=0,
)
SERVICE = Service(
    name=WEB,
    arn="",
    desired=2,
    running=2,
    pending=0,
    task_definition=DEFINITION + "42",
    deployments=(DEPLOYMENT,),
)
REQUEST = Request(Trigger.DEPLOYMENT, "deployment", service=WEB, deployment_id="ecs-svc/2")


def service(*older: Deployment, desired: int = 2, running: int = 2, **primary: Any) -> Service:
    deployments = (replace(DEPLOYMENT, **primary), *older)
    return replace(SERVICE, desired=desired, running=running, deployments=deployments)


def passed(name: str) -> Result:
    return Result(name, Finding.passed("200 after 0.10 s", "200"), 0.1)


def failed(
    name: str, observed: str = "503", remedy: str = "do this", *, fixes: bool = False
) -> Result:
    finding = Finding.failed(observed, "200", remedy, older_version_fixes=fixes)
    return Result(name, finding, 0.1)


def unknown(name: str) -> Result:
    return Result(name, Finding.unknown("AWS refused", "an answer", "allow it"), 0.1)


def verdict(*results: Result, request: Request = REQUEST, **changes: Any) -> Verdict:
    statuses = {each.finding.status.value for each in results}
    outcome = Outcome.FAIL if "fail" in statuses else Outcome.PASS
    if "unknown" in statuses and outcome is Outcome.PASS:
        outcome = Outcome.UNKNOWN
    values: dict[str, Any] = {
        "request": request,
        "services": (request.service,) if request.service else (WEB, WORKER),
        "outcome": outcome,
        "results": results,
        "decided_at": NOW,
        **changes,
    }
    return Verdict(**values)
