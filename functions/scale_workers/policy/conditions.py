"""Troubles that last: when each began, and whether people have been notified. Pure.

They are once when it has lasted, and once when it is over; of a short one not at all.
"""

from collections.abc import Mapping
from copy import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple, Self

from ops_common.answers.queue import Measurement
from ops_common.ops_events import OpsEvent, State
from scale_workers.policy.model import NoMeasurement, ServiceState
from scale_workers.policy.notification import ended, words
from scale_workers.policy.outcome import Decision
from scale_workers.policy.stored_values import parse_datetime
from scale_workers.policy.troubles import Tick, Trouble, troubles


class Condition(NamedTuple):
    """One trouble, while it lasts."""

    since: datetime
    last_seen: datetime
    notified: bool = False


class Conditions(NamedTuple):
    """The troubles of now, by kind of event."""

    by_kind: Mapping[str, Condition] = MappingProxyType({})

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            kind: [condition.since.isoformat(), condition.last_seen.isoformat(), condition.notified]
            for kind, condition in self.by_kind.items()
        }

    @classmethod
    def from_json(cls, values: Any) -> Self:
        """Read what `as_json` gave; anything else is no trouble (at worst it is sent twice)."""
        try:
            return cls(
                {
                    str(kind): Condition(
                        parse_datetime(since), parse_datetime(last), bool(notified)
                    )
                    for kind, (since, last, notified) in values.items()
                }
            )
        except (TypeError, ValueError, AttributeError):
            return cls()


def follow(
    conditions: Conditions,
    measurement: Measurement | NoMeasurement,
    service: ServiceState,
    decision: Decision,
    *,
    service_name: str,
    blind_after_seconds: float,
    now: datetime,
    speaks_for_all: bool = True,
) -> tuple[Conditions, list[OpsEvent]]:
    """The troubles after this tick, and the events to be published."""
    tick = Tick(measurement, service, decision, speaks_for_all)
    after = dict(conditions.by_kind)
    events: list[OpsEvent] = []
    for trouble in troubles(tick, blind_after_seconds=blind_after_seconds):
        condition, state = _next(after.get(trouble.kind), trouble, now)
        after.pop(trouble.kind, None)
        if condition:
            after[trouble.kind] = condition
        if state:
            events.append(_event(trouble, tick, state, service_name, now))
    return Conditions(after), events


def _next(
    condition: Condition | None, trouble: Trouble, now: datetime
) -> tuple[Condition | None, State | None]:
    if trouble.seen is None or (condition is None and not trouble.seen):
        return condition, None
    if trouble.seen:
        condition = replace(condition, last_seen=now) if condition else Condition(now, now)
        lasted = (now - condition.since).total_seconds()
        if not condition.notified and lasted >= trouble.opens_after_seconds:
            return replace(condition, notified=True), State.OPEN
        return condition, None
    assert condition is not None  # noqa: S101  # else nothing was seen, and the first line returned
    if not condition.notified:
        return None, None
    if (now - condition.last_seen).total_seconds() < trouble.closes_after_seconds:
        return condition, None
    return None, State.RESOLVED


def _event(
    trouble: Trouble, tick: Tick, state: State, service_name: str, now: datetime
) -> OpsEvent:
    title, text = (ended if state is State.RESOLVED else words)(trouble.kind, tick)
    return OpsEvent(
        kind=trouble.kind,
        state=state,
        severity=trouble.severity,
        incident=f"scaler:{trouble.kind}:{service_name}",
        title=title,
        text=text,
        occurred_at=now,
        facts={"service": service_name, **trouble.facts},
    )
