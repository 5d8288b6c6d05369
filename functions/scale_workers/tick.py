"""One tick of every worker service: observe, decide, remember, apply, notify."""

from collections.abc import Iterator
from copy import replace
from datetime import datetime, timedelta

from ops_common.answers.queue import Measurement
from ops_common.ops_events import OpsEvent, Severity, State
from scale_workers.apply import scale_in, scale_out
from scale_workers.memory import Overtaken, Remembered
from scale_workers.observe import Observed, observe
from scale_workers.policy.applied import Applied, KeptBy
from scale_workers.policy.budget import Demand, shares
from scale_workers.policy.conditions import follow
from scale_workers.policy.decision import decide
from scale_workers.policy.model import NoMeasurement
from scale_workers.policy.outcome import Decision
from scale_workers.ports import Ports
from scale_workers.report import Tick
from scale_workers.settings import Settings

NOT_IN_A_DRY_RUN = ("ScalerAtLimit", "CountChanged")
"""It holds nothing at a limit, and whoever scales meanwhile may."""


def run(ports: Ports, settings: Settings, now: datetime) -> Iterator[Tick]:
    """Each service's tick, as it is done; what goes wrong with one doesn't stop the others.

    Raises what ECS raises, after the others' ticks; and Overtaken where another run has done this
    one's work. A missing measurement is no error here; people are notified of it when it lasts.
    """
    observed = observe(ports, settings, now)
    held = {name: max(one.desired, one.running) for name, one in observed.services.items()}
    required = _required(observed, now)
    problems: list[Exception] = []
    for name in observed.services:
        try:
            tick = _tick(
                ports, settings, observed, name, _allowance(observed, required, held, name), now
            )
        except Exception as error:  # noqa: BLE001  # raised below
            problems.append(error)
            continue
        held[name] = max(held[name], tick.applied.desired)
        yield tick
    for problem in sorted(problems, key=lambda one: isinstance(one, Overtaken)):
        raise problem


def _tick(
    ports: Ports,
    settings: Settings,
    observed: Observed,
    name: str,
    allowance: int | None,
    now: datetime,
) -> Tick:
    measurement, policy = observed.measurement, observed.policies[name]
    remembered = observed.remembered[name]
    service = observed.states[name]._replace(allowance=allowance)
    memory = remembered.memory
    memory = replace(memory, service=replace(memory.service, foreign=observed.strange))
    decision = decide(measurement, service, policy, memory, now)
    first = name == next(iter(observed.services))
    conditions, events = follow(
        remembered.conditions,
        measurement,
        service,
        decision,
        service_name=name,
        blind_after_seconds=settings.blind_after_seconds,
        now=now,
        speaks_for_all=first,
    )
    reason = f"{decision.reason} (dry run)" if settings.dry_run else decision.reason
    after = Remembered(decision.memory, conditions, _wake_at(measurement, remembered), reason)
    kept = ports.workers[name].memories.save(after, now)
    applied = Applied(service.desired)
    if settings.dry_run:
        events = [event for event in events if event.kind not in NOT_IN_A_DRY_RUN]
    else:
        applied = _apply(ports, observed, name, decision, may_scale_in=kept)
    if applied.desired != service.desired:
        events.append(_scaled(name, service.desired, applied, decision, now))
    try:
        for event in events:
            ports.publish(event)
    except Exception:
        # So that the next tick notifies of it.
        ports.workers[name].memories.save(replace(after, conditions=remembered.conditions), now)
        raise
    with_metrics = settings.of(name).latency_metric
    return Tick(
        now,
        name,
        measurement,
        service,
        policy,
        decision,
        applied,
        settings.dry_run,
        first,
        with_metrics,
    )


def _required(observed: Observed, now: datetime) -> dict[str, int]:
    """What each service would have without the connections' limit."""
    required = {}
    for name, state in observed.states.items():
        policy = observed.policies[name]
        policy = replace(policy, connections=replace(policy.connections, max_connections=0))
        memory = observed.remembered[name].memory
        wanted = decide(observed.measurement, state, policy, memory, now).required
        required[name] = min(wanted, max(policy.min_tasks, policy.max_tasks))
    return required


def _allowance(
    observed: Observed, required: dict[str, int], held: dict[str, int], name: str
) -> int | None:
    """What the connections allow a service beside the others; None where it is the only one."""
    policies = observed.policies
    total = policies[name].connections.worker_tasks(observed.web_tasks)
    if len(policies) == 1 or total is None:
        return None
    demands = {
        one: Demand(policies[one].min_tasks, required[one], held[one]) for one in observed.services
    }
    return shares(total, demands)[name]


def _wake_at(measurement: Measurement | NoMeasurement, remembered: Remembered) -> datetime | None:
    if isinstance(measurement, NoMeasurement):
        return remembered.wake_at
    if measurement.next_scheduled_seconds is None:
        return None
    return measurement.taken_at + timedelta(seconds=measurement.next_scheduled_seconds)


def _apply(
    ports: Ports, observed: Observed, name: str, decision: Decision, *, may_scale_in: bool
) -> Applied:
    def set_desired(count: int) -> None:
        ports.services.set_desired(name, count)

    current, measurement = observed.services[name].desired, observed.measurement
    if decision.desired > current:
        return scale_out(decision.desired, set_desired)
    if decision.desired == current or isinstance(measurement, NoMeasurement):
        return Applied(current)
    if not may_scale_in:
        return Applied(current, KeptBy.MEMORY)
    return scale_in(
        current,
        decision.desired,
        measurement,
        measure_again=ports.measure,
        tasks=ports.workers[name].tasks,
        protection=ports.protection,
        set_desired=set_desired,
        aside=observed.aside[name],
    )


def _scaled(
    name: str, before: int, applied: Applied, decision: Decision, now: datetime
) -> OpsEvent:
    return OpsEvent(
        kind="WorkersScaled",
        state=State.CHANGE,
        severity=Severity.INFO,
        incident=f"scaler:WorkersScaled:{name}",
        title=f"Workers {before} → {applied.desired}",
        text=decision.reason,
        occurred_at=now,
        facts={"service": name, "from": before, "to": applied.desired},
    )
