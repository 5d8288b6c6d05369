"""One tick: look, decide, remember, apply, tell."""

from collections.abc import Collection
from copy import replace
from datetime import datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError

from ops_common.answers.queue import Measurement
from ops_common.ecs import Service
from ops_common.observability import logger
from ops_common.ops_events import OpsEvent, Severity, State
from scale_workers.apply import Applied, scale_in, scale_out
from scale_workers.memory import Remembered
from scale_workers.policy.conditions import follow
from scale_workers.policy.decision import decide
from scale_workers.policy.model import NoMeasurement, Policy, ServiceState
from scale_workers.policy.outcome import Decision
from scale_workers.policy.shares import foreign_workers, share_of
from scale_workers.ports import Ports
from scale_workers.report import Tick
from scale_workers.settings import Settings
from scale_workers.tasks import hosts_of, occupation


def run(ports: Ports, settings: Settings, now: datetime) -> Tick:
    """Run one tick. Raises Overtaken where another run has done its work meanwhile.

    Raises what ECS raises: without the service's state there is nothing to decide, and the next
    tick is a minute away. A missing measurement is no error here; it is told when it lasts.
    """
    worker, *others = ports.services.describe(_names(settings))
    remembered = ports.memories.load()
    measurement = _measure(ports, worker, remembered, settings, now)
    policy = _held(_policy(settings.policy, measurement), ports)
    service, strange, aside = _state(
        ports, worker, others, settings, policy, measurement, remembered
    )
    memory = remembered.memory
    memory = replace(memory, service=replace(memory.service, foreign=strange))
    decision = decide(measurement, service, policy, memory, now)
    conditions, events = follow(
        remembered.conditions,
        measurement,
        service,
        decision,
        service_name=settings.worker_service,
        blind_after_seconds=settings.blind_after_seconds,
        now=now,
    )
    reason = f"{decision.reason} (dry run)" if settings.dry_run else decision.reason
    after = Remembered(decision.memory, conditions, _wake_at(measurement, remembered), reason)
    kept = ports.memories.save(after, now)
    applied = Applied(service.desired)
    if settings.dry_run:
        # It holds nothing at a limit; the world's own troubles are told all the same.
        events = [event for event in events if event.kind != "ScalerAtLimit"]
    else:
        applied = _apply(ports, settings, service, measurement, decision, aside, may_scale_in=kept)
    if applied.desired != service.desired:
        events.append(_scaled(settings, service, applied, decision, now))
    try:
        for event in events:
            ports.publish(event)
    except Exception:
        # So that the next tick tells it.
        ports.memories.save(replace(after, conditions=remembered.conditions), now)
        raise
    return Tick(now, measurement, service, policy, decision, applied, settings.dry_run)


def _names(settings: Settings) -> tuple[str, ...]:
    """The scaled service first; all others take connections of the database."""
    services = settings.services
    return tuple(dict.fromkeys((settings.worker_service, *services.worker, *services.web)))


def _measure(
    ports: Ports, worker: Service, remembered: Remembered, settings: Settings, now: datetime
) -> Measurement | NoMeasurement:
    """Measure, unless that alone would wake the database or keep it awake.

    While there is a worker task the cluster is awake anyway, because Solid Queue polls. Without
    one, it is left alone until somebody connects to it or a scheduled job comes due.
    """
    asleep = worker.desired == worker.running == worker.pending == 0
    if asleep and settings.policy.min_tasks == 0:
        soon = timedelta(seconds=settings.policy.look_ahead_seconds)
        due = remembered.wake_at is not None and now >= remembered.wake_at - soon
        if not due and not ports.activity.connected(now):
            return NoMeasurement("no worker task, and nobody uses the database", paused=True)
    return ports.look()


def _wake_at(measurement: Measurement | NoMeasurement, remembered: Remembered) -> datetime | None:
    if isinstance(measurement, NoMeasurement):
        return remembered.wake_at
    if measurement.next_scheduled_seconds is None:
        return None
    return measurement.taken_at + timedelta(seconds=measurement.next_scheduled_seconds)


def _policy(policy: Policy, measurement: Measurement | NoMeasurement) -> Policy:
    """The policy, with what the database itself says filled in."""
    if isinstance(measurement, NoMeasurement):
        return policy
    budget = replace(policy.connections, max_connections=measurement.max_connections)
    # Recurring tasks are fired by the scheduler inside a worker task: with none they never run.
    minimum = max(policy.min_tasks, 1) if measurement.recurring_tasks else policy.min_tasks
    return replace(policy, min_tasks=minimum, connections=budget)


def _held(policy: Policy, ports: Ports) -> Policy:
    """The policy with a person's hold, if there is one."""
    try:
        hold = ports.hold()
    except (ClientError, BotoCoreError, ValueError) as error:
        logger.warning("hold could not be read", reason=str(error))
        return policy
    if hold is None:
        return policy
    return replace(
        policy,
        min_tasks=hold.tasks,
        max_tasks=hold.tasks,
        held_until=hold.until,
        bounds_because=hold.by,
    )


def _state(
    ports: Ports,
    worker: Service,
    others: list[Service],
    settings: Settings,
    policy: Policy,
    measurement: Measurement | NoMeasurement,
    remembered: Remembered,
) -> tuple[ServiceState, tuple[str, ...], frozenset[str]]:
    """The service's state, workers of no task, and hostnames of those that aren't its own."""
    busy, share = None, None
    strange: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    neighbours: set[str] = set()
    if isinstance(measurement, Measurement) and (worker.desired or worker.running or ports.others):
        tasks = ports.tasks.list()
        hosts = {settings.worker_service: hosts_of(tasks, measurement)}
        hosts |= {name: hosts_of(one.list(), measurement) for name, one in ports.others.items()}
        share = share_of(
            settings.worker_service, hosts, _given(settings, hosts, remembered), measurement
        )
        strange = foreign_workers(hosts, measurement)
        neighbours = {host for name in ports.others for host in hosts[name]}
        # One that came up between the list of tasks and the look is strange at one look only.
        foreign = tuple(name for name in strange if name in remembered.memory.service.foreign)
        busy = occupation(tasks, measurement, neighbours | set(foreign)).busy_tasks
    web = [one for one in others if one.name in settings.services.web]
    state = ServiceState(
        desired=worker.desired,
        running=worker.running,
        pending=worker.pending,
        rolling_out=worker.rolling_out,
        busy=busy,
        web_tasks=sum(max(service.desired, service.running) for service in web),
        allowance=_allowance(policy, web, [one for one in others if one not in web]),
        missing_because=worker.last_event,
        foreign=foreign,
        share=share,
    )
    return state, strange, frozenset(neighbours | set(foreign))


def _given(
    settings: Settings, services: Collection[str], remembered: Remembered
) -> dict[str, tuple[tuple[str, ...], ...]]:
    """By service, its lists as its policy or the memory has them, while no worker tells."""
    given: dict[str, tuple[tuple[str, ...], ...]] = {}
    for name in services:
        queues = settings.policies.get(name, settings.policy).queues
        given[name] = (queues,) if queues else ()
    if not given[settings.worker_service]:
        lists = remembered.memory.service.lists
        given[settings.worker_service] = tuple(tuple(names.split(",")) for names, _ in lists)
    return given


def _allowance(policy: Policy, web: list[Service], workers: list[Service]) -> int | None:
    """What the other worker services leave of the connections; None where there is no other."""
    if not workers:
        return None
    allowed = policy.connections.worker_tasks(sum(max(one.desired, one.running) for one in web))
    if allowed is None:
        return None
    return max(0, allowed - sum(max(one.desired, one.running) for one in workers))


def _apply(
    ports: Ports,
    settings: Settings,
    service: ServiceState,
    measurement: Measurement | NoMeasurement,
    decision: Decision,
    aside: Collection[str],
    *,
    may_scale_in: bool,
) -> Applied:
    def set_desired(count: int) -> None:
        ports.services.set_desired(settings.worker_service, count)

    if decision.desired > service.desired:
        return scale_out(decision.desired, set_desired)
    if decision.desired == service.desired or isinstance(measurement, NoMeasurement):
        return Applied(service.desired)
    if not may_scale_in:
        # Two runs that both took tasks away would take twice as many.
        return Applied(service.desired, "the memory could not be kept")
    return scale_in(
        service.desired,
        decision.desired,
        measurement,
        look_again=ports.look,
        tasks=ports.tasks,
        protection=ports.protection,
        set_desired=set_desired,
        aside=aside,
    )


def _scaled(
    settings: Settings, service: ServiceState, applied: Applied, decision: Decision, now: datetime
) -> OpsEvent:
    return OpsEvent(
        kind="WorkersScaled",
        state=State.CHANGE,
        severity=Severity.INFO,
        incident=f"scaler:WorkersScaled:{settings.worker_service}",
        title=f"Workers {service.desired} → {applied.desired}",
        text=decision.reason,
        occurred_at=now,
        facts={"service": settings.worker_service, "from": service.desired, "to": applied.desired},
    )
