"""Troubles that last: when each began, and whether people have been told. Pure.

Each is told once when it has lasted, and once when it is over; a short one is not told at all.
"""

from collections.abc import Mapping
from copy import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple, Self

from ops_common.ops_events import OpsEvent, Severity, State
from scale_workers.measurement import Measurement, NoMeasurement
from scale_workers.model import Decision, ServiceState
from scale_workers.stored import moment

LIMIT_OPENS_SECONDS = 120
LIMIT_CLOSES_SECONDS = 600
DEAD_OPENS_SECONDS = 600
"""A task takes up to its grace period (300 s) to boot, and a supervisor prunes dead processes
every five minutes: what lasts longer mends itself no more."""


class Episode(NamedTuple):
    """One trouble, while it lasts."""

    since: datetime
    last_seen: datetime
    told: bool = False


class Episodes(NamedTuple):
    """The troubles of now, by kind of event."""

    by_kind: Mapping[str, Episode] = MappingProxyType({})

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            kind: [episode.since.isoformat(), episode.last_seen.isoformat(), episode.told]
            for kind, episode in self.by_kind.items()
        }

    @classmethod
    def from_json(cls, values: Any) -> Self:
        """Read what `as_json` gave; anything else is no trouble (at worst one is told twice)."""
        try:
            return cls(
                {
                    str(kind): Episode(moment(since), moment(last), bool(told))
                    for kind, (since, last, told) in values.items()
                }
            )
        except (TypeError, ValueError, AttributeError):
            return cls()


class _Watch(NamedTuple):
    """How one trouble is seen and told."""

    kind: str
    seen: bool | None
    """None where this tick can't tell."""
    severity: Severity
    title: str
    text: str
    opens_after_seconds: float
    closes_after_seconds: float = 0.0


def follow(
    episodes: Episodes,
    measurement: Measurement | NoMeasurement,
    service: ServiceState,
    decision: Decision,
    *,
    service_name: str,
    blind_after_seconds: float,
    now: datetime,
) -> tuple[Episodes, list[OpsEvent]]:
    """The troubles after this tick, and the events to be published."""
    after = dict(episodes.by_kind)
    events: list[OpsEvent] = []
    for watch in _watches(measurement, service, decision, blind_after_seconds):
        episode, state = _next(after.get(watch.kind), watch, now)
        after.pop(watch.kind, None)
        if episode:
            after[watch.kind] = episode
        if state:
            events.append(_event(watch, state, service_name, now))
    return Episodes(after), events


def _watches(
    measurement: Measurement | NoMeasurement,
    service: ServiceState,
    decision: Decision,
    blind_after_seconds: float,
) -> tuple[_Watch, ...]:
    blind = isinstance(measurement, NoMeasurement)
    return (
        _Watch(
            "ScalerAtLimit",
            None if blind else bool(decision.limits),
            Severity.WARNING,
            f"Workers held at {decision.desired} tasks, {decision.wanted} are worth having",
            decision.reason,
            LIMIT_OPENS_SECONDS,
            LIMIT_CLOSES_SECONDS,
        ),
        _Watch(
            "ScalerBlind",
            blind and not measurement.paused if isinstance(measurement, NoMeasurement) else False,
            Severity.WARNING,
            "The queue can't be measured",
            decision.reason,
            blind_after_seconds,
        ),
        _dead(measurement, service),
    )


def _dead(measurement: Measurement | NoMeasurement, service: ServiceState) -> _Watch:
    seen: bool | None = None
    text = ""
    if isinstance(measurement, Measurement):
        stuck = sum(worker.in_flight for worker in measurement.dead_workers)
        silent = service.running > 0 and not measurement.workers
        seen = silent or stuck > 0
        text = (
            f"{service.running} tasks run, but no worker in them has a heartbeat."
            if silent
            else f"{stuck} jobs are held by workers that have had no heartbeat for five minutes."
        )
    return _Watch(
        "WorkersDead", seen, Severity.CRITICAL, "Workers are dead", text, DEAD_OPENS_SECONDS
    )


def _next(
    episode: Episode | None, watch: _Watch, now: datetime
) -> tuple[Episode | None, State | None]:
    if watch.seen is None or (episode is None and not watch.seen):
        return episode, None
    if watch.seen:
        episode = replace(episode, last_seen=now) if episode else Episode(now, now)
        lasted = (now - episode.since).total_seconds()
        if not episode.told and lasted >= watch.opens_after_seconds:
            return replace(episode, told=True), State.OPEN
        return episode, None
    assert episode is not None  # noqa: S101  # else nothing was seen, and the first line returned
    if not episode.told:
        return None, None
    if (now - episode.last_seen).total_seconds() < watch.closes_after_seconds:
        return episode, None
    return None, State.RESOLVED


def _event(watch: _Watch, state: State, service_name: str, now: datetime) -> OpsEvent:
    over = state is State.RESOLVED
    return OpsEvent(
        kind=watch.kind,
        state=state,
        severity=watch.severity,
        incident=f"scaler:{watch.kind}:{service_name}",
        title=f"Over: {watch.title[0].lower()}{watch.title[1:]}" if over else watch.title,
        text="" if over else watch.text,
        occurred_at=now,
        facts={"service": service_name},
    )
