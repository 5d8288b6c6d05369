"""`measure_queue` on tables that a real Solid Queue wrote, beside what was counted independently.

tests/corpus/solid_queue/README.md describes the recordings, and what no reader of rows can tell.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from ops_common.answers.queue import Measurement
from query_database.fields import Fields
from query_database.queue import measure_queue
from scale_workers.policy.queues import covers
from tests.conftest import Database

RECORDINGS = sorted((Path(__file__).parents[2] / "corpus" / "solid_queue").glob("*.json"))
BOUND = 500
YOUNG_SECONDS = 60
"""A process that has beaten since may be gone, stopped or about to end without a sign."""


def load(connection: psycopg.Connection[Any], recording: dict[str, Any]) -> None:
    """Lay the rows so that their ages are right now, in the open transaction."""
    (now,) = connection.execute("SELECT now()").fetchone() or (None,)
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


def each(connection: psycopg.Connection[Any]) -> Iterator[tuple[dict[str, Any], Measurement]]:
    """Every recording with what is measured of it; nothing stays."""
    assert len(RECORDINGS) > 60
    for path in RECORDINGS:
        recording = json.loads(path.read_text())
        with connection.transaction(force_rollback=True):
            load(connection, recording)
            yield recording, measure_queue(connection, Fields({"bound": BOUND}))


def test_counts_and_waits_are_what_was_so(database: Database) -> None:
    for recording, seen in each(database.admin):
        check_counts(recording["truth"], seen)


def test_workers_are_those_that_can_work(database: Database) -> None:
    for recording, seen in each(database.admin):
        check_workers(recording["truth"], seen)


def test_threads_are_counted_for_the_queues_they_take(database: Database) -> None:
    for recording, seen in each(database.admin):
        check_threads(recording["truth"], seen)


def check_counts(truth: dict[str, Any], seen: Measurement) -> None:
    ready = truth["ready"]
    assert {one.name: one.ready for one in seen.queues} == {
        name: min(jobs, BOUND) for name, jobs in ready.items()
    }
    for one in seen.queues:
        assert one.jobs == pytest.approx(ready[one.name], rel=0.1)
        assert one.paused == (one.name in truth["paused_queues"])
        oldest = truth["oldest_ready_wait_by_queue"].get(one.name)
        if oldest is not None:
            assert one.oldest_wait_seconds == pytest.approx(oldest, abs=0.001)
    assert seen.oldest_wait_seconds == pytest.approx(
        truth["oldest_ready_wait_seconds"] or 0.0, abs=0.001
    )
    assert seen.in_flight == truth["in_flight"]
    assert seen.long_running == truth["in_flight_over_60_seconds"]
    assert seen.due_scheduled == truth["due_scheduled_outside_paused_queues"]
    assert seen.soon_due_scheduled == truth["due_within_75_seconds"]
    assert seen.failed == min(truth["failed"], BOUND)
    assert seen.blocked == min(truth["blocked"], BOUND)
    for what in ("due_jobs", "blocked_jobs"):
        field = f"{what}_whose_dispatcher_is_missing"
        assert getattr(seen, field) == truth[field]
    started = truth["started_since_the_database_was_made"]
    assert seen.started_total == pytest.approx(started, abs=5)
    arrived = truth["enqueued_to_ready_since_the_database_was_made"]
    assert seen.arrived_total == pytest.approx(arrived, abs=max(5, 0.02 * arrived))


def check_workers(truth: dict[str, Any], seen: Measurement) -> None:
    if _not_yet_told(truth):
        return
    assert len(seen.workers) == truth["workers_that_can_work"]
    assert sum(worker.threads for worker in seen.workers) == truth["threads_that_can_work"]
    assert sum(worker.in_flight for worker in seen.workers) == truth["in_flight_of_live_processes"]


def _not_yet_told(truth: dict[str, Any]) -> bool:
    """Whether a whole tree is no longer at work though its supervisor has beaten of late."""
    return any(
        process["kind"].startswith("Supervisor")
        and process["state"] != "alive"
        and process["heartbeat_age_seconds"] < YOUNG_SECONDS
        for process in truth["processes"]
    )


def check_threads(truth: dict[str, Any], seen: Measurement) -> None:
    odd = any("," in name for process in truth["processes"] for name in process.get("queues", ()))
    youngest = min((process["heartbeat_age_seconds"] for process in truth["processes"]), default=0)
    if _not_yet_told(truth) or (odd and youngest < YOUNG_SECONDS and not _told(truth)):
        return
    for queue in seen.queues:
        if not queue.paused:
            threads = sum(one.threads for one in seen.workers if covers(one.queues, queue.name))
            assert threads == truth["threads_that_can_work_by_queue"][queue.name], queue.name


def _told(truth: dict[str, Any]) -> bool:
    """Whether jobs have waited beside idle threads for long enough."""
    oldest = truth["oldest_ready_wait_seconds"] or 0.0
    return bool(oldest > YOUNG_SECONDS)
