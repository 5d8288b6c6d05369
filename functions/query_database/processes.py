"""Which of Solid Queue's processes can be working, by their rows alone. Pure.

A process writes its heartbeat each 60 s, and its supervisor removes its row only after five minutes
without one. Until then the row of a killed one seems alive. Two signs come earlier: its supervisor
has started another of its kind in its place, later than its first, or a heartbeat is overdue.
(Seen on Solid Queue 1.5.0; the others show with the next heartbeat.)
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

PROCESS_ALIVE_SECONDS = 300
"""Solid Queue's `process_alive_threshold`: a supervisor removes the row of what is older."""
HEARTBEAT_SECONDS = 60.0
"""Solid Queue's `process_heartbeat_interval`, by default; a longer one shows by newer claims."""
LATE_SECONDS = 10.0
"""How late a heartbeat may be on a busy machine."""
BOOT_SECONDS = 5.0
"""Within this a supervisor's processes register at its start; a later one replaces another."""

POOL_SIZES = ("pool_size", "thread_pool_size")
"""What a worker's metadata calls the number of jobs that it runs at once; the latter up to 1.5."""

CERTAIN_WAIT_SECONDS = 60.0
"""A worker with a free thread takes a job within its polling interval, which is far less."""


@dataclass(frozen=True)
class Process:
    """One row of solid_queue_processes."""

    id: int
    kind: str
    hostname: str
    metadata: str
    supervisor_id: int | None
    age_seconds: float
    heartbeat_age_seconds: float
    in_flight: int = 0
    """Claims that it holds."""
    claim_age_seconds: float | None = None
    """Of the newest of them."""

    @classmethod
    def from_row(
        cls, row: dict[str, Any], in_flight: int, claim_age_seconds: float | None = None
    ) -> Self:
        """Read one of the statement's `processes`."""
        return cls(
            row["id"],
            row["kind"],
            row["hostname"] or "",
            row["metadata"] or "",
            row["supervisor_id"],
            float(row["age_seconds"]),
            float(row["heartbeat_age_seconds"]),
            in_flight,
            claim_age_seconds,
        )


def replaced(processes: Sequence[Process]) -> set[int]:
    """Ids of those in whose place their supervisor has started another.

    One that holds claims is none: a supervisor fails those of the dead before it starts another.
    """
    first: dict[int | None, float] = {}
    for one in processes:
        first[one.supervisor_id] = max(one.age_seconds, first.get(one.supervisor_id, 0.0))
    found: set[int] = set()
    for successor in sorted(processes, key=lambda process: -process.age_seconds):
        started_after = first[successor.supervisor_id] - successor.age_seconds
        if successor.supervisor_id is None or started_after <= BOOT_SECONDS:
            continue
        candidates = [
            other
            for other in processes
            if other.id not in found
            and not other.in_flight
            and (other.supervisor_id, other.kind, other.metadata)
            == (successor.supervisor_id, successor.kind, successor.metadata)
            and other.age_seconds > successor.age_seconds
            # It has written no heartbeat since the other began.
            and other.heartbeat_age_seconds >= successor.age_seconds
        ]
        if candidates:
            found.add(max(candidates, key=lambda one: one.heartbeat_age_seconds).id)
    return found


def working(processes: Sequence[Process], replaced_ids: Iterable[int]) -> set[int]:
    """Ids of those with a current heartbeat in whose place there is no other.

    Whoever claims a job lives: so long after its heartbeat, so long is the app's interval at least.
    """
    overdue = HEARTBEAT_SECONDS + LATE_SECONDS
    shown = max(
        (
            one.heartbeat_age_seconds - one.claim_age_seconds
            for one in processes
            if one.claim_age_seconds is not None
        ),
        default=0.0,
    )
    if shown > overdue:
        overdue = shown + LATE_SECONDS
    return {one.id for one in processes if one.heartbeat_age_seconds <= overdue} - set(replaced_ids)


def maintains_limits(process: Process) -> bool:
    """Whether a dispatcher lets blocked jobs through whose limit has lapsed: not where it was given
    `concurrency_maintenance: false`, and so wrote its batch size and no interval for that.
    """
    values = _metadata(process.metadata)
    return "batch_size" not in values or "concurrency_maintenance_interval" in values


def recurring_keys(process: Process) -> tuple[str, ...]:
    """The recurring tasks that it fires: a scheduler's, a dispatcher's before Solid Queue 0.9."""
    return tuple(map(str, _metadata(process.metadata).get("recurring_schedule") or ()))


def recurring_by_rows(processes: Sequence[Process]) -> dict[str, Any]:
    """As the statement counts them, where no table has them: Solid Queue before 0.5."""
    keys = sorted({key for one in processes for key in recurring_keys(one)})
    return {"tasks": len(keys), "keys": keys[:3], "soon": 0}


def threads_and_queues(metadata: str) -> tuple[int, str | None]:
    """Threads (0 where unknown) and queues of a worker (None), as it wrote them itself.

    Solid Queue 1.6 renamed the size, for a pool may be of fibers: each runs one job, as a thread.
    """
    values = _metadata(metadata)
    queues = values.get("queues")
    sizes = [values[name] for name in POOL_SIZES if isinstance(values.get(name), int)]
    return next(iter(sizes), 0), None if queues is None else str(queues)


def _metadata(text: str) -> dict[str, Any]:
    try:
        values = json.loads(text or "{}")
    except ValueError:
        return {}
    return values if isinstance(values, dict) else {}


def queue_list(
    text: str | None,
    age_seconds: float,
    oldest_waits: Mapping[str, float],
    taken_from: Collection[str],
    names: Collection[str],
) -> tuple[str, ...]:
    """A worker's list as Solid Queue reads it: one given as a single text `"a,b"` is one odd name,
    and `"a,mail*"` one odd prefix.

    The row of a list `[a, b]` is the same. They differ by a queue of such a name, among the `names`
    of those with jobs; by a blank, for a list is joined without; or by old jobs in a queue of the
    list of which none has been taken. What was taken decides before all these. `oldest_waits` has
    the queues that aren't paused (none where nobody could know that nothing was taken),
    `taken_from` those of which jobs run or were finished of late. An empty list is all queues.
    """
    if text is None:
        return ()
    odd = text.strip()
    queues, joined = _parts(odd, ()), _parts(odd, names)

    def taken(by: tuple[str, ...]) -> bool:
        return any(_covers(by, name) for name in taken_from)

    if joined != queues and (taken(joined) or not taken(queues)):
        return joined
    if len(queues) < 2 or taken(queues):
        return queues
    waits = (wait for name, wait in oldest_waits.items() if _covers(queues, name))
    ignored = min(max(waits, default=0.0), age_seconds) > CERTAIN_WAIT_SECONDS
    return (odd,) if ignored or odd != ",".join(queues) else queues


def _parts(text: str, names: Collection[str]) -> tuple[str, ...]:
    """What stands between commas; as one where together it is one of the `names`."""
    left, found = text.split(","), list[str]()
    while left:
        together = (",".join(left[:end]).strip() for end in range(len(left), 1, -1))
        found.append(next((one for one in together if one in names), left[0].strip()))
        left = left[found[-1].count(",") + 1 :]
    return tuple(filter(None, found)) or ("*",)


def _covers(queues: Iterable[str], name: str) -> bool:
    """Whether a list has the queue: by its name, or by a prefix (or nothing) before a star."""
    return any(
        name == each or (each.endswith("*") and name.startswith(each.replace("*", "")))
        for each in queues
    )
