"""What Solid Queue is doing now: one statement, one round trip, bounded cost.

Only SELECTs, so only AccessShare locks: it waits for nothing but the AccessExclusive lock of a
migration, and for that no longer than the connection's lock timeout.
"""

import json
from typing import Any

import psycopg
from psycopg.rows import dict_row

from ops_common.query_database import BadRequest, QueueTablesMissing
from query_database.fields import Answer, Connection, Fields
from query_database.queue_statement import statement

PROCESS_ALIVE_SECONDS = 300
"""Solid Queue's `process_alive_threshold`: without a heartbeat for longer, a process is dead."""

DEFAULT_BOUND = 500
MAX_BOUND = 100_000


def measure_queue(connection: Connection, fields: Fields) -> Answer:
    """Depth, waits, throughput and workers, in the shape of `scale_workers`' Measurement.

    `bound`: rows counted per queue before "at least" is said (default 500).
    `look_ahead_seconds`: how far scheduled and recurring jobs are looked for (default 75).
    Raises QueueTablesMissing where the database has no tables of Solid Queue 1.x.
    """
    bound = fields.integer("bound", DEFAULT_BOUND)
    if bound > MAX_BOUND:
        raise BadRequest(f"bound must be at most {MAX_BOUND}")
    asked = statement(bound=bound, look_ahead_seconds=fields.integer("look_ahead_seconds", 75))
    try:
        with connection.cursor(row_factory=dict_row) as cursor:
            row = cursor.execute(asked).fetchone()
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn) as error:
        raise QueueTablesMissing(
            f"database {connection.info.dbname} has no tables of Solid Queue 1.x:"
            f" {error.diag.message_primary}"
        ) from None
    assert row is not None  # noqa: S101  # FROM clock, which has one row
    return _answer(row, bound)


def _answer(row: dict[str, Any], bound: int) -> Answer:
    claims = {claim["process_id"]: claim for claim in row["claims"] or []}
    processes = row["processes"] or []
    known = {process["id"] for process in processes}
    dead = [one for one in processes if one["heartbeat_age_seconds"] > PROCESS_ALIVE_SECONDS]
    live = [one for one in processes if one not in dead]
    return {
        "taken_at": row["taken_at"].isoformat(),
        "queues": [
            {
                "name": queue["name"],
                "ready": min(queue["ready"], bound),
                "paused": queue["paused"],
                "ready_is_at_least": queue["ready"] > bound,
            }
            for queue in row["queues"] or []
        ],
        "oldest_wait_seconds": _seconds(row["oldest_wait_seconds"]),
        "median_wait_seconds": _seconds(row["median_wait_seconds"]),
        "in_flight": sum(claim["in_flight"] for claim in claims.values()),
        "long_running": sum(claim["long_running"] for claim in claims.values()),
        "oldest_claim_seconds": max(
            (_seconds(claim["oldest_seconds"]) for claim in claims.values()), default=0.0
        ),
        "orphaned_claims": sum(
            claim["in_flight"] for process_id, claim in claims.items() if process_id not in known
        ),
        "due_scheduled": row["due_scheduled"],
        "soon_due_scheduled": row["scheduled"]["soon"],
        "next_scheduled_seconds": row["scheduled"]["next_seconds"],
        "recurring_tasks": row["recurring"]["tasks"],
        "recurring_soon": row["recurring"]["soon"],
        "completed": _completed(row["finished"], bound),
        "arrived_total": row["arrived_total"],
        "started_total": row["started_total"],
        "failed": row["failed"],
        "blocked": row["blocked"],
        "workers": _workers(live, claims),
        "dead_workers": _workers(dead, claims),
        "dead_processes": len(dead),
        "max_connections": row["max_connections"],
    }


def _seconds(value: float | None) -> float:
    # Rows are stamped by the app's clock: one ahead of the database's gives a negative age.
    return max(0.0, float(value or 0.0))


def _completed(finished: dict[str, Any], bound: int) -> list[dict[str, Any]] | None:
    """Windows of 60 and 300 s; where the bound was met earlier, the time that it covers."""
    if not finished["preserved"]:
        return None
    if finished["jobs"] < bound:
        windows = [(60.0, finished["last_minute"]), (300.0, finished["jobs"])]
    elif finished["last_minute"] < bound:
        windows = [(60.0, finished["last_minute"]), (_seconds(finished["span"]), bound)]
    else:
        windows = [(_seconds(finished["span"]), bound)]
    return [{"window_seconds": seconds, "jobs": jobs} for seconds, jobs in windows]


def _workers(
    processes: list[dict[str, Any]], claims: dict[int | None, dict[str, Any]]
) -> list[dict[str, Any]]:
    workers = []
    for process in processes:
        if process["kind"] != "Worker":
            continue
        threads, queues = _metadata(process["metadata"])
        workers.append(
            {
                "hostname": process["hostname"] or "",
                "threads": threads,
                "queues": queues,
                "in_flight": claims.get(process["id"], {"in_flight": 0})["in_flight"],
                "heartbeat_age_seconds": _seconds(process["heartbeat_age_seconds"]),
            }
        )
    return workers


def _metadata(text: str | None) -> tuple[int, list[str]]:
    """Threads (0 where unknown) and queues of a worker, as it wrote them itself."""
    try:
        metadata = json.loads(text or "{}")
        threads = int(metadata.get("thread_pool_size", 0))
        queues = [name.strip() for name in str(metadata.get("queues", "")).split(",")]
    except (ValueError, TypeError, AttributeError):
        return 0, []
    return threads, [name for name in queues if name]
