"""What may be wrong at a tick, and how long it must last before people are notified. Pure.

What is the whole queue's trouble is one service's to say: the first one's. The words are in
`notification`.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from ops_common.answers.queue import Measurement
from ops_common.ops_events import Severity
from scale_workers.policy.model import NoMeasurement, Reverted, ServiceState
from scale_workers.policy.outcome import Decision, HeldBy

LIMIT_OPENS_SECONDS = 120
LIMIT_CLOSES_SECONDS = 600
KILLED_CLOSES_SECONDS = 600
FOREIGN_OPENS_SECONDS = 600
FOREIGN_CLOSES_SECONDS = 24 * 3600
NO_DISPATCHER_OPENS_SECONDS = 120
DEAD_OPENS_SECONDS = 600
"""A task takes up to its grace period (300 s) to boot, and a supervisor prunes dead processes
every five minutes: what lasts longer does not end by itself."""
OFTEN = 3
"""How many times in a day somebody else must have changed the count: once may be a person."""


class Kind(StrEnum):
    """The event that people are sent."""

    AT_LIMIT = "ScalerAtLimit"
    BLIND = "ScalerBlind"
    DEAD = "WorkersDead"
    MISSING = "WorkersMissing"
    KILLED = "WorkersKilled"
    NO_DISPATCHER = "NoDispatcher"
    REVERTED = "PasswordReverted"
    COUNT_CHANGED = "CountChanged"
    FOREIGN = "ForeignWorkers"


OF_THE_QUEUE = frozenset({Kind.BLIND, Kind.KILLED, Kind.NO_DISPATCHER, Kind.REVERTED, Kind.FOREIGN})


class Tick(NamedTuple):
    """What a tick of one service found and decided."""

    measurement: Measurement | NoMeasurement
    service: ServiceState
    decision: Decision
    speaks_for_all: bool

    @property
    def queue(self) -> Measurement | None:
        """What was measured, if anything was."""
        return self.measurement if isinstance(self.measurement, Measurement) else None

    @property
    def reverted(self) -> Reverted | None:
        """Where the secret's password has been put back behind the database's."""
        return None if isinstance(self.measurement, Measurement) else self.measurement.reverted

    @property
    def killed_on(self) -> list[str]:
        """The hosts of workers in whose place others were started."""
        dead = self.queue.dead_workers if self.queue else ()
        return sorted(worker.hostname for worker in dead if worker.replaced)

    @property
    def undispatched_jobs(self) -> int:
        """That wait for a dispatcher, while none has a heartbeat."""
        if self.queue is None:
            return 0
        due = self.queue.due_jobs_whose_dispatcher_is_missing
        return due + self.queue.blocked_jobs_whose_dispatcher_is_missing

    @property
    def silent(self) -> bool:
        """Whether tasks run, and no worker in them has a heartbeat."""
        alive = {worker.hostname for worker in self.queue.workers} if self.queue else set[str]()
        if self.service.share is not None:
            alive &= self.service.share.hosts
        return self.service.running > 0 and not alive

    @property
    def stuck_jobs(self) -> int:
        """That workers without a current heartbeat hold."""
        dead = self.queue.dead_workers if self.queue and self.speaks_for_all else ()
        return sum(worker.in_flight for worker in dead)


class Trouble(NamedTuple):
    """One that a tick could see."""

    kind: Kind
    seen: bool | None
    """None where this tick can't know."""
    severity: Severity
    opens_after_seconds: float = 0.0
    closes_after_seconds: float = 0.0
    facts: Mapping[str, str] = MappingProxyType({})


def troubles(tick: Tick, *, blind_after_seconds: float) -> list[Trouble]:
    """Of one service; with those of the whole queue where it speaks for all."""
    found = (
        *_of_the_service(tick),
        *_of_the_queue(tick, blind_after_seconds),
    )
    return [one for one in found if tick.speaks_for_all or one.kind not in OF_THE_QUEUE]


def _of_the_service(tick: Tick) -> tuple[Trouble, ...]:
    decision, measured = tick.decision, tick.queue is not None
    return (
        Trouble(
            Kind.AT_LIMIT,
            decision.at_limit if measured else None,
            Severity.WARNING,
            LIMIT_OPENS_SECONDS,
            LIMIT_CLOSES_SECONDS,
            # A person may hold the workers at it, from the message.
            {"required": str(decision.required)},
        ),
        Trouble(
            Kind.DEAD,
            tick.silent or tick.stuck_jobs > 0 if measured else None,
            Severity.CRITICAL,
            DEAD_OPENS_SECONDS,
        ),
        Trouble(
            Kind.MISSING,
            decision.held_by is HeldBy.MISSING if measured else None,
            Severity.CRITICAL,
        ),
        Trouble(
            Kind.COUNT_CHANGED,
            len(decision.memory.service.changed_by_others) >= OFTEN,
            Severity.WARNING,
        ),
    )


def _of_the_queue(tick: Tick, blind_after_seconds: float) -> tuple[Trouble, ...]:
    asleep = isinstance(tick.measurement, NoMeasurement) and tick.measurement.paused
    queue = tick.queue
    return (
        Trouble(
            Kind.BLIND,
            queue is None and not asleep,
            Severity.WARNING,
            blind_after_seconds,
            facts={"kept": str(tick.decision.desired)},
        ),
        Trouble(
            Kind.KILLED,
            bool(tick.killed_on) if queue else None,
            Severity.WARNING,
            closes_after_seconds=KILLED_CLOSES_SECONDS,
        ),
        Trouble(
            Kind.NO_DISPATCHER,
            tick.undispatched_jobs > 0 and bool(queue.workers) if queue else None,
            Severity.CRITICAL,
            NO_DISPATCHER_OPENS_SECONDS,
        ),
        Trouble(
            Kind.REVERTED,
            tick.reverted is not None,
            Severity.CRITICAL,
            facts=_reverted(tick.reverted) if tick.reverted else {},
        ),
        Trouble(
            Kind.FOREIGN,
            bool(tick.service.foreign) if queue else None,
            Severity.INFO,
            FOREIGN_OPENS_SECONDS,
            FOREIGN_CLOSES_SECONDS,
        ),
    )


def _reverted(found: Reverted) -> dict[str, str]:
    return {
        "accepted_version": found.version,
        "labels": " ".join(found.labels),
        "cause": found.cause,
        "since": found.since.isoformat(),
        "command": found.command,
    }
