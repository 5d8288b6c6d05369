"""One probe: attempts at a suite until a verdict stands, then the consequences."""

from collections.abc import Callable
from copy import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from ops_common.ecs import EcsServices
from ops_common.ops_events import PublishEvent
from ops_common.query_database import QueryDatabase
from probe_deployment import rollback
from probe_deployment.checks import CHECKS
from probe_deployment.context import Clients, Context
from probe_deployment.finding import Finding
from probe_deployment.memory import ProbeMemory
from probe_deployment.report import report
from probe_deployment.runner import run_checks
from probe_deployment.settings import Settings
from probe_deployment.suites import SUITES
from probe_deployment.triggers import Request, Trigger
from probe_deployment.verdict import Outcome, Verdict, outcome

# Nobody waits for these two and asks again, so the function waits itself.
WAITS = (Trigger.DEPLOYMENT, Trigger.SCHEDULE)
DEADLINE_SECONDS = 20.0
RETRY_SECONDS = 15.0
# So that a single lost packet is no incident.
CANARY_GRACE_SECONDS = 45
# For what is done after the last attempt.
MARGIN_SECONDS = 10.0


class Ports(NamedTuple):
    """The outside world, and time."""

    client: Clients
    query_database: QueryDatabase
    memory: ProbeMemory
    ecs: EcsServices
    publish: PublishEvent
    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    remaining_seconds: Callable[[], float]


class Superseded(Exception):
    """Another deployment has replaced the one to be probed; it will get a verdict of its own."""


def probe(request: Request, ports: Ports, settings: Settings) -> Verdict:
    """Reach a verdict, remember it, report it, roll back where that is wanted.

    Raises Superseded, and EventNotPublished or ClientError where the consequences failed.
    """
    began = ports.now()
    grace_until = _grace_until(request, settings, began)
    attempts = 0
    while True:
        attempts += 1
        context = Context(request, settings, ports.now(), ports.client, ports.query_database)
        _refuse_superseded(context)
        results = run_checks(
            {name: _bound(name, context) for name in SUITES[request.suite]},
            DEADLINE_SECONDS,
        )
        now = ports.now()
        result = outcome(results, now, grace_until)
        if result is not Outcome.PENDING or request.trigger not in WAITS:
            break
        needed = RETRY_SECONDS + DEADLINE_SECONDS + MARGIN_SECONDS
        if ports.remaining_seconds() < needed:
            result = Outcome.FAIL
            break
        ports.sleep(RETRY_SECONDS)
    verdict = Verdict(
        request=request,
        services=context.probed,
        outcome=result,
        results=results,
        decided_at=now,
        attempts=attempts,
        seconds=(now - began).total_seconds(),
    )
    return _conclude(verdict, context, ports)


def _conclude(verdict: Verdict, context: Context, ports: Ports) -> Verdict:
    if verdict.outcome is Outcome.PENDING:
        return verdict
    request = verdict.request
    if verdict.outcome is Outcome.PASS and request.suite == "deployment":
        for name in context.probed:
            ports.memory.remember_passed(
                name, context.service(name).primary.task_definition, verdict.decided_at
            )
    if verdict.outcome is Outcome.PASS and verdict.load_was_borne:
        ports.memory.remember_load_test(verdict.decided_at)
    if verdict.outcome is Outcome.FAIL and request.service and request.deployment_id:
        verdict = replace(verdict, rollback=_roll_back(verdict, request.service, ports, context))
    # A hook's pass is not the deployment's end; its failure is, for ECS rolls back.
    quiet = request.trigger is Trigger.HOOK and verdict.outcome is Outcome.PASS
    if request.report and not quiet:
        report(verdict, ports.memory, ports.publish)
    return verdict


def _roll_back(verdict: Verdict, name: str, ports: Ports, context: Context) -> str:
    # Looked up anew: a deployment may have started while the checks ran.
    service = ports.ecs.describe((name,))[0]
    last_passed = ports.memory.last_passed(name)
    decision = rollback.decide(verdict, service, last_passed, on=context.settings.rollback)
    return rollback.apply(
        decision, service, ports.ecs, ports.memory, ports.publish, verdict.decided_at
    )


def _bound(name: str, context: Context) -> Callable[[], Finding]:
    if name in context.settings.accepted_checks and context.request.suite == "readiness":
        return lambda: Finding.skipped("accepted (parameter AcceptedChecks)")
    return lambda: CHECKS[name](context)


def _refuse_superseded(context: Context) -> None:
    request = context.request
    if request.suite != "deployment" or not (request.service and request.deployment_id):
        return
    primary = context.service(request.service).primary
    if primary.id != request.deployment_id:
        raise Superseded(f"{primary.id} has replaced {request.deployment_id}")


def _grace_until(request: Request, settings: Settings, began: datetime) -> datetime | None:
    if request.trigger is Trigger.HOOK:
        return (request.started_at or began) + timedelta(seconds=settings.grace_seconds)
    if request.suite == "canary" and request.trigger is Trigger.SCHEDULE:
        return began + timedelta(seconds=CANARY_GRACE_SECONDS)
    if request.suite != "deployment" or request.started_at is None:
        return None
    return request.started_at + timedelta(seconds=settings.grace_seconds)
