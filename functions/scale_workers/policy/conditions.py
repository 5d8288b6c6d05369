"""Troubles that last: when each began, and whether people have been told. Pure.

Each is told once when it has lasted, and once when it is over; a short one is not told at all.
"""

from collections.abc import Mapping
from copy import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple, Self

from ops_common.answers.queue import Measurement
from ops_common.ops_events import OpsEvent, Severity, State
from scale_workers.policy.model import NoMeasurement, ServiceState
from scale_workers.policy.outcome import Decision, HeldBy
from scale_workers.policy.parsing import parse_datetime

LIMIT_OPENS_SECONDS = 120
LIMIT_CLOSES_SECONDS = 600
KILLED_CLOSES_SECONDS = 600
FOREIGN_OPENS_SECONDS = 600
FOREIGN_CLOSES_SECONDS = 24 * 3600
NO_DISPATCHER_OPENS_SECONDS = 120
DEAD_OPENS_SECONDS = 600
"""A task takes up to its grace period (300 s) to boot, and a supervisor prunes dead processes
every five minutes: what lasts longer mends itself no more."""


class Condition(NamedTuple):
    """One trouble, while it lasts."""

    since: datetime
    last_seen: datetime
    told: bool = False


class Conditions(NamedTuple):
    """The troubles of now, by kind of event."""

    by_kind: Mapping[str, Condition] = MappingProxyType({})

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            kind: [condition.since.isoformat(), condition.last_seen.isoformat(), condition.told]
            for kind, condition in self.by_kind.items()
        }

    @classmethod
    def from_json(cls, values: Any) -> Self:
        """Read what `as_json` gave; anything else is no trouble (at worst one is told twice)."""
        try:
            return cls(
                {
                    str(kind): Condition(parse_datetime(since), parse_datetime(last), bool(told))
                    for kind, (since, last, told) in values.items()
                }
            )
        except (TypeError, ValueError, AttributeError):
            return cls()


class _Trouble(NamedTuple):
    """How one trouble is seen and told."""

    kind: str
    seen: bool | None
    """None where this tick can't tell."""
    severity: Severity
    title: str
    text: str
    opens_after_seconds: float = 0.0
    closes_after_seconds: float = 0.0


def follow(
    conditions: Conditions,
    measurement: Measurement | NoMeasurement,
    service: ServiceState,
    decision: Decision,
    *,
    service_name: str,
    blind_after_seconds: float,
    now: datetime,
) -> tuple[Conditions, list[OpsEvent]]:
    """The troubles after this tick, and the events to be published."""
    after = dict(conditions.by_kind)
    events: list[OpsEvent] = []
    for trouble in _troubles(measurement, service, decision, blind_after_seconds):
        condition, state = _next(after.get(trouble.kind), trouble, now)
        after.pop(trouble.kind, None)
        if condition:
            after[trouble.kind] = condition
        if state:
            events.append(_event(trouble, state, service_name, now))
    return Conditions(after), events


def _troubles(
    measurement: Measurement | NoMeasurement,
    service: ServiceState,
    decision: Decision,
    blind_after_seconds: float,
) -> tuple[_Trouble, ...]:
    blind = isinstance(measurement, NoMeasurement)
    return (
        _Trouble(
            "ScalerAtLimit",
            None if blind else decision.at_limit,
            Severity.WARNING,
            f"Workers held at {decision.desired} tasks, {decision.required} are required",
            decision.reason,
            LIMIT_OPENS_SECONDS,
            LIMIT_CLOSES_SECONDS,
        ),
        _Trouble(
            "ScalerBlind",
            blind and not measurement.paused if isinstance(measurement, NoMeasurement) else False,
            Severity.WARNING,
            "The queue can't be measured",
            decision.reason,
            blind_after_seconds,
        ),
        _dead(measurement, service),
        _Trouble(
            "WorkersMissing",
            None if blind else decision.held_by is HeldBy.MISSING,
            Severity.CRITICAL,
            "Worker tasks don't come up",
            decision.reason,
        ),
        _killed(measurement),
        _no_dispatcher(measurement),
        _reverted(measurement),
        _Trouble(
            "ForeignWorkers",
            None if blind else bool(service.foreign),
            Severity.INFO,
            f"{len(service.foreign)} workers belong to no service",
            f"They are left aside: {', '.join(service.foreign[:5])}. Another host, the Puma plugin"
            " or a laptop may run Solid Queue on this database; or their service is missing in"
            " WorkerServices.",
            FOREIGN_OPENS_SECONDS,
            FOREIGN_CLOSES_SECONDS,
        ),
    )


def _killed(measurement: Measurement | NoMeasurement) -> _Trouble:
    gone = () if isinstance(measurement, NoMeasurement) else measurement.dead_workers
    hosts = sorted(worker.hostname for worker in gone if worker.replaced)
    return _Trouble(
        "WorkersKilled",
        None if isinstance(measurement, NoMeasurement) else bool(hosts),
        Severity.WARNING,
        f"{len(hosts)} workers were killed and replaced",
        f"Their supervisors have started others in their place, on {', '.join(hosts[:5])}."
        " Most often the kernel kills for want of memory.",
        closes_after_seconds=KILLED_CLOSES_SECONDS,
    )


def _reverted(measurement: Measurement | NoMeasurement) -> _Trouble:
    text = measurement.reverted if isinstance(measurement, NoMeasurement) else ""
    return _Trouble(
        "PasswordReverted",
        bool(text),
        Severity.CRITICAL,
        "The database refuses the secret's current password and accepts another version's",
        text,
    )


def _no_dispatcher(measurement: Measurement | NoMeasurement) -> _Trouble:
    seen: bool | None = None
    jobs = 0
    if isinstance(measurement, Measurement):
        jobs = measurement.due_jobs_whose_dispatcher_is_missing
        jobs += measurement.blocked_jobs_whose_dispatcher_is_missing
        seen = jobs > 0 and bool(measurement.workers)
    return _Trouble(
        "NoDispatcher",
        seen,
        Severity.CRITICAL,
        "Due jobs are not dispatched",
        f"Workers run, but no dispatcher has a heartbeat: {jobs} jobs wait for one.",
        NO_DISPATCHER_OPENS_SECONDS,
    )


def _dead(measurement: Measurement | NoMeasurement, service: ServiceState) -> _Trouble:
    seen: bool | None = None
    text = ""
    if isinstance(measurement, Measurement):
        stuck = sum(worker.in_flight for worker in measurement.dead_workers)
        silent = service.running > 0 and not measurement.workers
        seen = silent or stuck > 0
        text = (
            f"{service.running} tasks run, but no worker in them has a heartbeat."
            if silent
            else f"{stuck} jobs are held by workers without a current heartbeat."
        )
    return _Trouble(
        "WorkersDead", seen, Severity.CRITICAL, "Workers are dead", text, DEAD_OPENS_SECONDS
    )


def _next(
    condition: Condition | None, trouble: _Trouble, now: datetime
) -> tuple[Condition | None, State | None]:
    if trouble.seen is None or (condition is None and not trouble.seen):
        return condition, None
    if trouble.seen:
        condition = replace(condition, last_seen=now) if condition else Condition(now, now)
        lasted = (now - condition.since).total_seconds()
        if not condition.told and lasted >= trouble.opens_after_seconds:
            return replace(condition, told=True), State.OPEN
        return condition, None
    assert condition is not None  # noqa: S101  # else nothing was seen, and the first line returned
    if not condition.told:
        return None, None
    if (now - condition.last_seen).total_seconds() < trouble.closes_after_seconds:
        return condition, None
    return None, State.RESOLVED


def _event(trouble: _Trouble, state: State, service_name: str, now: datetime) -> OpsEvent:
    over = state is State.RESOLVED
    return OpsEvent(
        kind=trouble.kind,
        state=state,
        severity=trouble.severity,
        incident=f"scaler:{trouble.kind}:{service_name}",
        title=f"Over: {trouble.title[0].lower()}{trouble.title[1:]}" if over else trouble.title,
        text="" if over else trouble.text,
        occurred_at=now,
        facts={"service": service_name},
    )
