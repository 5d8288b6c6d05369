"""One tick: look, decide, remember, apply, tell."""

from copy import replace
from datetime import datetime, timedelta

from ops_common.answers.queue import Measurement
from ops_common.ecs import Service
from ops_common.ops_events import OpsEvent, Severity, State
from scale_workers.apply import Applied, scale_in, scale_out
from scale_workers.memory import Remembered
from scale_workers.policy.conditions import follow
from scale_workers.policy.decision import decide
from scale_workers.policy.model import NoMeasurement, Policy, ServiceState
from scale_workers.policy.outcome import Decision
from scale_workers.ports import Ports
from scale_workers.report import Tick
from scale_workers.settings import Settings
from scale_workers.tasks import occupation


def run(ports: Ports, settings: Settings, now: datetime) -> Tick:
    """Run one tick. Raises Overtaken where another run has done its work meanwhile.

    Raises what ECS raises: without the service's state there is nothing to decide, and the next
    tick is a minute away. A missing measurement is no error here; it is told when it lasts.
    """
    worker, *web = ports.services.describe(_names(settings))
    remembered = ports.memories.load()
    measurement = _measure(ports, worker, remembered, settings, now)
    policy = _policy(settings.policy, measurement)
    service = _state(ports, worker, web, policy, measurement)
    decision = decide(measurement, service, policy, remembered.memory, now)
    conditions, events = follow(
        remembered.conditions,
        measurement,
        service,
        decision,
        service_name=settings.worker_service,
        blind_after_seconds=settings.blind_after_seconds,
        now=now,
    )
    after = Remembered(decision.memory, conditions, _wake_at(measurement, remembered))
    kept = ports.memories.save(after, now)
    applied = Applied(service.desired)
    if settings.dry_run:
        # It holds nothing at a limit; the world's own troubles are told all the same.
        events = [event for event in events if event.kind != "ScalerAtLimit"]
    else:
        applied = _apply(ports, settings, service, measurement, decision, may_scale_in=kept)
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
    return (settings.worker_service, *settings.services.web)


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
    budget = policy.connections
    if not budget.max_connections:
        budget = replace(budget, max_connections=measurement.max_connections)
    # Recurring tasks are fired by the scheduler inside a worker task: with none they never run.
    minimum = max(policy.min_tasks, 1) if measurement.recurring_tasks else policy.min_tasks
    return replace(policy, min_tasks=minimum, connections=budget)


def _state(
    ports: Ports,
    worker: Service,
    web: list[Service],
    policy: Policy,
    measurement: Measurement | NoMeasurement,
) -> ServiceState:
    busy = None
    if isinstance(measurement, Measurement) and worker.desired > policy.min_tasks:
        busy = occupation(ports.tasks.list(), measurement).busy_tasks
    return ServiceState(
        desired=worker.desired,
        running=worker.running,
        pending=worker.pending,
        rolling_out=worker.rolling_out,
        busy=busy,
        web_tasks=sum(max(service.desired, service.running) for service in web),
    )


def _apply(
    ports: Ports,
    settings: Settings,
    service: ServiceState,
    measurement: Measurement | NoMeasurement,
    decision: Decision,
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
