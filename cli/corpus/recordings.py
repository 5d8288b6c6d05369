"""Tables of a real Solid Queue, measured on a real PostgreSQL beside what was counted in them."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from cli.corpus.verdicts import Verdict, asked
from local.postgres import PostgresServer
from ops_common.answers.queue import Measurement
from paths import ROOT
from query_database.fields import Fields
from query_database.queue import measure_queue
from scale_workers.policy.queues import covers

BOUND = 500
YOUNG_SECONDS = 60
"""A process with a heartbeat since may be gone, stopped or about to end without a sign."""
DATABASE = "recordings"


def is_recording(path: Path) -> bool:
    """Whether a file is a snapshot with its truth."""
    try:
        content = json.loads(path.read_text())
    except ValueError:
        return False
    return isinstance(content, dict) and {"tables", "truth"} <= set(content)


def judge_files(paths: list[Path]) -> Iterator[Verdict]:
    """A verdict for each snapshot. Starts a PostgreSQL server of its own."""
    with PostgresServer.start(tls=False) as server:
        server.create_database(DATABASE, os.urandom(8).hex())
        with server.connect(DATABASE) as connection:
            connection.execute((ROOT / "local" / "solid_queue" / "schema.sql").read_text())
            for path in paths:
                yield asked(path.parent.name, path.name, partial(_troubles, connection, path))


def _troubles(connection: psycopg.Connection[Any], path: Path) -> list[str]:
    recording = json.loads(path.read_text())
    return troubles(recording["truth"], measured(connection, recording))


def measured(connection: psycopg.Connection[Any], recording: dict[str, Any]) -> Measurement:
    """What the product measures of a snapshot; its rows do not stay."""
    with connection.transaction(force_rollback=True):
        load(connection, recording)
        return measure_queue(connection, Fields({"bound": BOUND}))


def load(connection: psycopg.Connection[Any], recording: dict[str, Any]) -> None:
    """Lay the rows so that their ages are right now, in the open transaction."""
    row = connection.execute("SELECT now()").fetchone()
    now: datetime = row[0] if row else datetime.now(UTC)
    by = now.astimezone(UTC) - datetime.fromisoformat(recording["taken_at"])
    for table, rows in recording["tables"].items():
        usual = recording["defaults"].get(table, {})
        moved = [
            {
                column: _moved(value, by) if column.endswith("_at") and value else value
                for column, value in {**usual, **row}.items()
            }
            for row in rows
        ]
        connection.execute(
            sql.SQL("INSERT INTO {0} SELECT * FROM json_populate_recordset(NULL::{0}, %s)").format(
                sql.Identifier(table)
            ),
            [json.dumps(moved)],
        )
    for sequence, state in recording["sequences"].items():
        connection.execute(
            "SELECT setval(%s, %s, %s)", [sequence, state["last_value"], state["is_called"]]
        )


def _moved(value: str, by: timedelta) -> str:
    return (datetime.fromisoformat(value) + by).isoformat()


def troubles(truth: dict[str, Any], seen: Measurement) -> list[str]:
    """Where the measurement and the truth part; counts end at the bound of counting."""
    return [*_counts(truth, seen), *_workers(truth, seen), *_threads(truth, seen)]


def _differs(what: str, found: Any, wanted: Any, within: float = 0.0) -> list[str]:
    if found == wanted or (within and abs(found - wanted) <= within):
        return []
    return [f"{what} is {found}, not {wanted}"]


def _counts(truth: dict[str, Any], seen: Measurement) -> Iterator[str]:
    ready = truth["ready"]
    counted = {one.name: one.ready for one in seen.queues}
    yield from _differs("ready", counted, {name: min(n, BOUND) for name, n in ready.items()})
    for one in seen.queues:
        jobs = ready.get(one.name, 0)
        yield from _differs(f"jobs of {one.name}", one.jobs, jobs, within=0.1 * jobs)
        paused = one.name in truth["paused_queues"]
        yield from _differs(f"paused of {one.name}", one.paused, paused)
        oldest = truth["oldest_ready_wait_by_queue"].get(one.name)
        if oldest is not None:
            wait = one.oldest_wait_seconds
            yield from _differs(f"oldest wait of {one.name}", wait, oldest, within=0.001)
    oldest = truth["oldest_ready_wait_seconds"] or 0.0
    yield from _differs("oldest wait", seen.oldest_wait_seconds, oldest, within=0.001)
    started = truth["started_since_the_database_was_made"]
    yield from _differs("started", seen.started_total, started, within=5)
    arrived = truth["enqueued_to_ready_since_the_database_was_made"]
    yield from _differs("arrived", seen.arrived_total, arrived, within=max(5, 0.02 * arrived))
    for field, wanted in {
        "in_flight": truth["in_flight"],
        "long_running": truth["in_flight_over_60_seconds"],
        "due_scheduled": truth["due_scheduled_outside_paused_queues"],
        "soon_due_scheduled": truth["due_within_75_seconds"],
        "failed": min(truth["failed"], BOUND),
        "blocked": min(truth["blocked"], BOUND),
        "due_jobs_whose_dispatcher_is_missing": truth["due_jobs_whose_dispatcher_is_missing"],
        "blocked_jobs_whose_dispatcher_is_missing": truth[
            "blocked_jobs_whose_dispatcher_is_missing"
        ],
    }.items():
        yield from _differs(field, getattr(seen, field), wanted)


def _workers(truth: dict[str, Any], seen: Measurement) -> Iterator[str]:
    unknown = _unknown_yet(truth)
    workers = [worker for worker in seen.workers if worker.hostname not in unknown]
    living = [
        process
        for process in truth["processes"]
        if process["kind"] == "Worker"
        and process["state"] == "alive"
        and process["hostname"] not in unknown
    ]
    yield from _differs("workers", len(workers), len(living))
    for name in ("threads", "in_flight"):
        found = sum(getattr(worker, name) for worker in workers)
        yield from _differs(f"{name} of workers", found, sum(each[name] for each in living))


def _unknown_yet(truth: dict[str, Any]) -> set[str]:
    """Hosts whose whole tree is no longer at work though its supervisor's heartbeat is current."""
    return {
        process["hostname"]
        for process in truth["processes"]
        if process["kind"].startswith("Supervisor")
        and process["state"] != "alive"
        and process["heartbeat_age_seconds"] < YOUNG_SECONDS
    }


def _threads(truth: dict[str, Any], seen: Measurement) -> Iterator[str]:
    odd = any("," in name for process in truth["processes"] for name in process.get("queues", ()))
    youngest = min((process["heartbeat_age_seconds"] for process in truth["processes"]), default=0)
    # A list as one string is known by jobs that have waited beside idle threads for long enough.
    certain = (truth["oldest_ready_wait_seconds"] or 0.0) > YOUNG_SECONDS
    if _unknown_yet(truth) or (odd and youngest < YOUNG_SECONDS and not certain):
        return
    for queue in seen.queues:
        if not queue.paused:
            threads = sum(one.threads for one in seen.workers if covers(one.queues, queue.name))
            wanted = truth["threads_that_can_work_by_queue"].get(queue.name)
            yield from _differs(f"threads for {queue.name}", threads, wanted)
