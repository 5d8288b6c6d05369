"""What Solid Queue is doing now: one statement, one round trip, bounded cost.

Only SELECTs, so only AccessShare locks: it waits for nothing but the AccessExclusive lock of a
migration, and for that no longer than the connection's lock timeout.
"""

from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any

from ops_common.answers.queue import Completed, Measurement, QueueFlow, Worker
from ops_common.query_database import BadRequest
from query_database.fields import Connection, Fields
from query_database.processes import (
    Process,
    maintains_limits,
    queue_list,
    recurring_by_rows,
    recurring_keys,
    replaced,
    threads_and_queues,
    working,
)
from query_database.queue_depths import depths, seconds
from query_database.queue_statement import statement
from query_database.queue_tables import first_answer

DEFAULT_BOUND = 500
MAX_BOUND = 100_000


def measure_queue(connection: Connection, fields: Fields) -> Measurement:
    """Depth, waits, throughput and workers.

    `bound`: rows counted per queue before "at least" is said (default 500).
    `look_ahead_seconds`: how far scheduled and recurring jobs are counted (default 75).
    Raises QueueTablesMissing where the database has no tables of Solid Queue.
    """
    bound = fields.integer("bound", DEFAULT_BOUND)
    if bound > MAX_BOUND:
        raise BadRequest(f"bound must be at most {MAX_BOUND}", field="bound")
    look_ahead_seconds = fields.integer("look_ahead_seconds", 75)
    asked = [
        statement(bound=bound, look_ahead_seconds=look_ahead_seconds, with_recurring=there_are)
        for there_are in (True, False)
    ]
    row = first_answer(connection, asked)
    return _measurement(row, bound)


def _measurement(row: dict[str, Any], bound: int) -> Measurement:
    paused = set(row["paused"] or ())
    queues = depths(row, paused, bound)
    claims = row["claims"] or []
    held = _sum_by(claims, "process_id", "in_flight")
    newest = _newest(claims)
    processes = [
        Process.from_row(one, held.get(one["id"], 0), newest.get(one["id"]))
        for one in row["processes"] or []
    ]
    gone = replaced(processes)
    alive = working(processes, gone)
    dispatchers = [one for one in processes if one.kind == "Dispatcher" and one.id in alive]
    recurring = row["recurring"] or recurring_by_rows(processes)
    due, soon = row["due"] or {}, row["soon_due"] or {}
    long_running = _sum_by(claims, "process_id", "long_running")
    flows = _flows([one for one in claims if one["process_id"] in alive], row, paused)
    # Where finished jobs aren't kept, short ones may be taken all the time and nothing shows it.
    kept = row["finished"]["preserved"]
    waits = {one.name: one.oldest_wait_seconds for one in queues if kept and not one.paused}
    taken_from = {one.name for one in flows if one.in_flight or one.completed}
    names = {one.name for one in queues} | {one.name for one in flows}
    read = partial(queue_list, oldest_waits=waits, taken_from=taken_from, names=names)
    workers = {
        is_alive: tuple(
            _worker(one, long_running.get(one.id, 0), read, is_gone=one.id in gone)
            for one in processes
            if one.kind == "Worker" and (one.id in alive) is is_alive
        )
        for is_alive in (True, False)
    }
    known = {one.id for one in processes}
    return Measurement(
        taken_at=row["taken_at"],
        queues=queues,
        oldest_wait_seconds=max(
            (one.oldest_wait_seconds for one in queues if not one.paused), default=0.0
        ),
        in_flight=sum(held.values()),
        flows=flows,
        long_running=sum(long_running.values()),
        median_wait_seconds=seconds(row["median_wait_seconds"]),
        due_scheduled=sum(jobs for name, jobs in due.items() if name not in paused),
        oldest_due_seconds=seconds(row["oldest_due_seconds"]),
        soon_due_scheduled=sum(jobs for name, jobs in soon.items() if name not in paused),
        recurring_soon=recurring["soon"],
        completed=_completed(row["finished"], bound),
        arrived_total=row["started_total"] + sum(one.jobs for one in queues),
        enqueued_total=row["enqueued_total"],
        started_total=row["started_total"],
        failed=row["failed"],
        blocked=row["blocked"],
        workers=workers[True],
        dead_workers=workers[False],
        dead_processes=len(processes) - len(alive),
        dispatchers=len(dispatchers),
        scheduler_hosts=tuple(
            sorted(
                {
                    one.hostname
                    for one in processes
                    if one.id in alive and (one.kind == "Scheduler" or recurring_keys(one))
                }
            )
        ),
        due_jobs_whose_dispatcher_is_missing=0 if dispatchers else sum(due.values()),
        blocked_jobs_whose_dispatcher_is_missing=0
        if any(row["recurring"] is None or maintains_limits(one) for one in dispatchers)
        else row["lapsed"],
        orphaned_claims=sum(jobs for holder, jobs in held.items() if holder not in known),
        next_scheduled_seconds=row["next_scheduled_seconds"]
        and float(row["next_scheduled_seconds"]),
        recurring_tasks=recurring["tasks"],
        recurring_keys=tuple(recurring["keys"] or ()),
        max_connections=row["max_connections"],
    )


def _flows(
    claims: list[dict[str, Any]], row: dict[str, Any], paused: set[str]
) -> tuple[QueueFlow, ...]:
    due, soon = row["due"] or {}, row["soon_due"] or {}
    completed = row["completed_by_queue"] or {}
    in_flight = _sum_by(claims, "queue_name", "in_flight")
    long_running = _sum_by(claims, "queue_name", "long_running")
    return tuple(
        QueueFlow(
            name,
            in_flight.get(name, 0),
            long_running.get(name, 0),
            0 if name in paused else due.get(name, 0),
            0 if name in paused else soon.get(name, 0),
            completed.get(name, 0),
        )
        for name in sorted({*in_flight, *due, *soon, *completed} - {None})
    )


def _sum_by(claims: list[dict[str, Any]], key: str, value: str) -> dict[Any, int]:
    sums: dict[Any, int] = defaultdict(int)
    for claim in claims:
        sums[claim[key]] += claim[value]
    return sums


def _newest(claims: list[dict[str, Any]]) -> dict[int, float]:
    """By process, the age of its newest claim."""
    ages: dict[int, float] = {}
    for claim in claims:
        age = float(claim["newest_seconds"])
        ages[claim["process_id"]] = min(age, ages.get(claim["process_id"], age))
    return ages


def _completed(finished: dict[str, Any], bound: int) -> tuple[Completed, ...] | None:
    """Windows of 60 and 300 s; where the bound was met earlier, the time that it covers."""
    if not finished["preserved"]:
        return None
    if finished["jobs"] < bound:
        return Completed(60.0, finished["last_minute"]), Completed(300.0, finished["jobs"])
    covered = Completed(seconds(finished["span"]), bound)
    if finished["last_minute"] < bound:
        return Completed(60.0, finished["last_minute"]), covered
    return (covered,)


def _worker(
    process: Process,
    long_running: int,
    read_list: Callable[[str | None, float], tuple[str, ...]],
    *,
    is_gone: bool,
) -> Worker:
    threads, written = threads_and_queues(process.metadata)
    return Worker(
        process.hostname,
        threads,
        read_list(written, process.age_seconds),
        process.in_flight,
        max(0.0, process.heartbeat_age_seconds),
        long_running,
        is_gone,
    )
