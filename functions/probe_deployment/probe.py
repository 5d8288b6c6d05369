"""One probe: attempts at a suite until a verdict stands, then the consequences."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ops_common.ecs import EcsServices
from ops_common.one_time_schedules import OneTimeSchedules
from ops_common.ops_events import PublishEvent
from ops_common.query_database import QueryDatabase
from probe_deployment import rollback, soak
from probe_deployment.checks import CHECKS
from probe_deployment.context import Context
from probe_deployment.deployed import Clients
from probe_deployment.finding import Finding
from probe_deployment.http_get import HttpGet, get
from probe_deployment.memory import ProbeMemory
from probe_deployment.parts import why_skipped
from probe_deployment.report import report
from probe_deployment.request import Request, Trigger
from probe_deployment.runner import run_checks
from probe_deployment.settings import Settings
from probe_deployment.suites import SUITES
from probe_deployment.superseded import refuse_superseded
from probe_deployment.verdict import Outcome, Verdict, outcome

# Nobody waits for these and asks again, so the function waits itself.
WAITS = (Trigger.DEPLOYMENT, Trigger.SOAK, Trigger.SCHEDULE)
DEADLINE_SECONDS = 20.0
RETRY_SECONDS = 15.0
# So that a single lost packet is no incident.
SHORT_GRACE_SECONDS = 45
# A later check may roll back: not for a minute in which the database wakes or fails over.
SOAK_GRACE = timedelta(seconds=120)
# For what is done after the last attempt.
MARGIN_SECONDS = 10.0


@dataclass(frozen=True)
class Ports:
    """The outside world, and time."""

    client: Clients
    query_database: QueryDatabase
    memory: ProbeMemory
    ecs: EcsServices
    publish: PublishEvent
    schedules: OneTimeSchedules
    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    remaining_seconds: Callable[[], float]
    get: HttpGet = get


def probe(request: Request, ports: Ports, settings: Settings) -> Verdict:
    """Reach a verdict, remember it, report it, roll back where that is asked for.

    Raises Superseded, and EventNotPublished or ClientError where the consequences failed.
    """
    began = ports.now()
    grace_until = _grace_until(request, settings, began)
    if request.soak_check:
        _schedule(request, ports, settings, began)
    attempts = 0
    while True:
        attempts += 1
        context = Context(
            request, settings, ports.now(), ports.client, ports.query_database, ports.get
        )
        refuse_superseded(context, ports.memory)
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
            result = outcome(results, now, None)
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
    return _conclude(_soaked(verdict, ports, settings), context, ports)


def watch(request: Request, ports: Ports, settings: Settings) -> datetime:
    """Have a deployment that has begun checked when it must have ended; returns when."""
    at = soak.watch_at(request, settings.grace_seconds, ports.now())
    ports.schedules.put(soak.name(request), at, soak.payload(request))
    return at


def _soaked(verdict: Verdict, ports: Ports, settings: Settings) -> Verdict:
    """A pass is so far only, while later checks follow; a failure needs none."""
    request, now = verdict.request, verdict.decided_at
    if verdict.outcome is Outcome.PASS:
        if soak.is_over(request, settings.soak_minutes, now):
            return verdict
        following = soak.next_check(request, settings.soak_minutes, now)
        if not request.soak_check:
            _schedule(request, ports, settings, now)
        return replace(verdict, outcome=Outcome.PASS_SO_FAR, next_check=following)
    if verdict.outcome is Outcome.FAIL and soak.soaks(request):
        ports.schedules.delete(soak.name(request))
    if verdict.outcome is Outcome.UNKNOWN and not request.soak_check:
        _schedule(request, ports, settings, now)
    return verdict


def _schedule(request: Request, ports: Ports, settings: Settings, now: datetime) -> None:
    following = soak.next_check(request, settings.soak_minutes, now)
    if following is not None:
        ports.schedules.put(soak.name(request), following, soak.payload(request))


def _conclude(verdict: Verdict, context: Context, ports: Ports) -> Verdict:
    if verdict.outcome is Outcome.PENDING:
        return verdict
    request, memory, now = verdict.request, ports.memory, verdict.decided_at
    overtaken = False  # by one that has passed since: its event comes late
    if request.suite == "failed_deployment" and request.service and request.deployment_id:
        failed_at = request.started_at or now
        memory.remember_failed(request.service, request.deployment_id, failed_at)
        overtaken = memory.passed_since(request.service, failed_at)
    if verdict.outcome.passed and _rolled_back_by_ecs(context, memory):
        verdict = replace(verdict, request=replace(request, rolled_back=True))
    if verdict.outcome is Outcome.PASS and request.suite == "deployment":
        for name in context.probed:
            if context.service(name).deployments:
                primary = context.service(name).primary
                memory.remember_passed(name, primary.task_definition, now)
    if verdict.outcome is Outcome.PASS and verdict.load_was_borne:
        memory.remember_load_test(now)
    if verdict.outcome is Outcome.FAIL and request.service and request.deployment_id:
        verdict = _roll_back(verdict, request.service, ports, context)
    # A hook's pass is not the deployment's end, nor is it one that doesn't hang.
    passing = request.trigger is Trigger.HOOK or request.suite == "stuck"
    if request.report and not overtaken and not (passing and verdict.outcome.passed):
        report(verdict, memory, ports.publish)
    return verdict


def _roll_back(verdict: Verdict, name: str, ports: Ports, context: Context) -> Verdict:
    # Described anew: a deployment may have started while the checks ran.
    service, last_passed = ports.ecs.describe((name,))[0], ports.memory.last_passed(name)
    decision = rollback.decide(verdict, service, last_passed, on=context.settings.rollback)
    done, said = rollback.apply(
        decision, service, ports.ecs, ports.memory, ports.publish, verdict.decided_at
    )
    return replace(verdict, rolled_back=done, rollback=said)


def _rolled_back_by_ecs(context: Context, memory: ProbeMemory) -> bool:
    """Whether what passed is the version that ECS went back to after another's failure."""
    request = context.request
    if request.suite != "deployment" or not (request.service and request.deployment_id):
        return False
    failed = memory.failed_deployment(request.service, context.now)
    if failed is None or failed[0] == request.deployment_id:
        return False
    if memory.passed_since(request.service, failed[1]):
        return False
    running = context.service(request.service).primary.task_definition
    return running == memory.last_passed(request.service)


def _bound(name: str, context: Context) -> Callable[[], Finding]:
    if name in context.settings.accepted_checks:
        return lambda: Finding.skipped("accepted (parameter AcceptedChecks)")
    if reason := why_skipped(name, context.settings):
        return lambda: Finding.skipped(reason)
    return lambda: CHECKS[name](context)


def _grace_until(request: Request, settings: Settings, began: datetime) -> datetime | None:
    grace = timedelta(seconds=settings.grace_seconds)
    if request.trigger is Trigger.HOOK:
        return (request.started_at or began) + grace
    if request.trigger is Trigger.SCHEDULE and request.suite in ("canary", "deployment"):
        return began + timedelta(seconds=SHORT_GRACE_SECONDS)
    if request.suite != "deployment":
        return None
    if request.trigger is Trigger.SOAK:
        return began + SOAK_GRACE
    if request.started_at is None:
        return None
    until = request.started_at + grace
    # An event may come late, and Lambda repeats one for hours.
    by_event = request.trigger is Trigger.DEPLOYMENT
    return max(until, began + min(grace, SOAK_GRACE)) if by_event else until
