"""What may be wrong at a tick, as people are notified of it: the words, and how long it must last.

Pure. What is the whole queue's trouble is one service's to say: the first one's.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from ops_common.answers.queue import Measurement
from ops_common.ops_events import Severity
from scale_workers.policy.model import NoMeasurement, ServiceState
from scale_workers.policy.outcome import Decision, HeldBy

LIMIT_OPENS_SECONDS = 120
LIMIT_CLOSES_SECONDS = 600
KILLED_CLOSES_SECONDS = 600
FOREIGN_OPENS_SECONDS = 600
FOREIGN_CLOSES_SECONDS = 24 * 3600
NO_DISPATCHER_OPENS_SECONDS = 120
DEAD_OPENS_SECONDS = 600
"""A task takes up to its grace period (300 s) to boot, and a supervisor prunes dead processes
every five minutes: what lasts longer mends itself no more."""


class Trouble(NamedTuple):
    """How one trouble is seen, and what people are notified of."""

    kind: str
    seen: bool | None
    """None where this tick can't tell."""
    severity: Severity
    title: str
    text: str
    opens_after_seconds: float = 0.0
    closes_after_seconds: float = 0.0
    facts: Mapping[str, str] = MappingProxyType({})


OFTEN = 3
"""How many times in a day somebody else must have changed the count: once may be a person."""
OF_THE_QUEUE = frozenset(
    {"ScalerBlind", "WorkersKilled", "NoDispatcher", "PasswordReverted", "ForeignWorkers"}
)


def troubles(
    measurement: Measurement | NoMeasurement,
    service: ServiceState,
    decision: Decision,
    *,
    blind_after_seconds: float,
    speaks_for_all: bool,
) -> list[Trouble]:
    """Of one service; with those of the whole queue where it speaks for all."""
    found = _troubles(measurement, service, decision, blind_after_seconds, speaks_for_all)
    return [one for one in found if speaks_for_all or one.kind not in OF_THE_QUEUE]


def _troubles(
    measurement: Measurement | NoMeasurement,
    service: ServiceState,
    decision: Decision,
    blind_after_seconds: float,
    speaks_for_all: bool,
) -> tuple[Trouble, ...]:
    blind = isinstance(measurement, NoMeasurement)
    return (
        Trouble(
            "ScalerAtLimit",
            None if blind else decision.at_limit,
            Severity.WARNING,
            f"Workers held at {decision.desired} tasks, {decision.required} are required",
            decision.reason,
            LIMIT_OPENS_SECONDS,
            LIMIT_CLOSES_SECONDS,
            # A person may hold the workers at it, from the message.
            {"required": str(decision.required)},
        ),
        Trouble(
            "ScalerBlind",
            blind and not measurement.paused if isinstance(measurement, NoMeasurement) else False,
            Severity.WARNING,
            "The queue can't be measured",
            decision.reason,
            blind_after_seconds,
            facts={"kept": str(decision.desired)},
        ),
        _dead(measurement, service, speaks_for_all=speaks_for_all),
        Trouble(
            "WorkersMissing",
            None if blind else decision.held_by is HeldBy.MISSING,
            Severity.CRITICAL,
            "Worker tasks don't come up",
            decision.reason,
        ),
        _killed(measurement),
        _no_dispatcher(measurement),
        _reverted(measurement),
        _count_changed(decision),
        Trouble(
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


def _killed(measurement: Measurement | NoMeasurement) -> Trouble:
    gone = () if isinstance(measurement, NoMeasurement) else measurement.dead_workers
    hosts = sorted(worker.hostname for worker in gone if worker.replaced)
    return Trouble(
        "WorkersKilled",
        None if isinstance(measurement, NoMeasurement) else bool(hosts),
        Severity.WARNING,
        f"{len(hosts)} workers were killed and replaced",
        f"Their supervisors have started others in their place, on {', '.join(hosts[:5])}."
        " Most often the kernel kills for want of memory.",
        closes_after_seconds=KILLED_CLOSES_SECONDS,
    )


REVERTED_BY = {
    "saved": "a text with another password was saved",
    "moved": "AWSCURRENT was moved, at the latest",
}


def _reverted(measurement: Measurement | NoMeasurement) -> Trouble:
    found = measurement.reverted if isinstance(measurement, NoMeasurement) else None
    text, facts = "", {}
    if found:
        labels = " ".join(found.labels)
        how = f"on {found.since:%Y-%m-%d at %H:%M} UTC {REVERTED_BY[found.cause]}"
        text = (
            f"Version {found.version} ({labels}) is accepted: {how}. New tasks can't log in."
            f" A rotation sets both right: {found.command}"
        )
        facts = {
            "accepted_version": found.version,
            "labels": labels,
            "cause": found.cause,
            "since": found.since.isoformat(),
            "command": found.command,
        }
    return Trouble(
        "PasswordReverted",
        found is not None,
        Severity.CRITICAL,
        "The database refuses the secret's current password and accepts another version's",
        text,
        facts=facts,
    )


def _no_dispatcher(measurement: Measurement | NoMeasurement) -> Trouble:
    seen: bool | None = None
    jobs = 0
    if isinstance(measurement, Measurement):
        jobs = measurement.due_jobs_whose_dispatcher_is_missing
        jobs += measurement.blocked_jobs_whose_dispatcher_is_missing
        seen = jobs > 0 and bool(measurement.workers)
    return Trouble(
        "NoDispatcher",
        seen,
        Severity.CRITICAL,
        "Due jobs are not dispatched",
        f"Workers run, but no dispatcher has a heartbeat: {jobs} jobs wait for one.",
        NO_DISPATCHER_OPENS_SECONDS,
    )


def _count_changed(decision: Decision) -> Trouble:
    times = decision.memory.service.changed_by_others
    return Trouble(
        "CountChanged",
        len(times) >= OFTEN,
        Severity.WARNING,
        "Somebody else changes the number of worker tasks",
        f"{len(times)} times in a day, last at {times[-1]:%Y-%m-%d %H:%M} UTC: two scalers fight."
        " Terraform needs lifecycle { ignore_changes = [desired_count] } on the service; any other"
        " scaling policy of it must go."
        if times
        else "",
    )


def _dead(
    measurement: Measurement | NoMeasurement, service: ServiceState, *, speaks_for_all: bool
) -> Trouble:
    seen: bool | None = None
    text = ""
    if isinstance(measurement, Measurement):
        dead = measurement.dead_workers if speaks_for_all else ()
        stuck = sum(worker.in_flight for worker in dead)
        alive = {worker.hostname for worker in measurement.workers}
        if service.share is not None:
            alive &= service.share.hosts
        silent = service.running > 0 and not alive
        seen = silent or stuck > 0
        text = (
            f"{service.running} tasks run, but no worker in them has a heartbeat."
            if silent
            else f"{stuck} jobs are held by workers without a current heartbeat."
        )
    return Trouble(
        "WorkersDead", seen, Severity.CRITICAL, "Workers are dead", text, DEAD_OPENS_SECONDS
    )
