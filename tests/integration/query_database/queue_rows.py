"""Rows of Solid Queue's tables, as the tests of the measurement lay them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from ops_common.answers.queue import Measurement
from query_database.fields import Fields
from query_database.queue import measure_queue

type Connection = psycopg.Connection[tuple[Any, ...]]

NOW = "now() AT TIME ZONE 'UTC'"
QUEUES = ("default", "mailers", "Änderungen", "z")
WORKER = """{"polling_interval":0.1,"queues":"default,mail*","thread_pool_size":3}"""


def measure(connection: Connection, **fields: Any) -> Measurement:
    return Measurement.from_json(measure_queue(connection, Fields(fields)).as_json())


def add_jobs(
    connection: Connection,
    queue: str,
    count: int,
    *,
    priority: int = 0,
    finished: str = "NULL",
    into: str = "",
) -> None:
    """Jobs that were created a second apart, the last one now; `into` names their execution."""
    connection.execute(
        "WITH jobs AS (INSERT INTO solid_queue_jobs (queue_name, class_name, priority, finished_at,"
        f" created_at, updated_at) SELECT %s, 'Job', %s, {finished}, {NOW} - (%s - i) * interval"
        f" '1 s', {NOW} FROM generate_series(1, %s) AS i RETURNING *)"
        + (into or " SELECT count(*) FROM jobs"),
        (queue, priority, count, count),
    )


READY = (
    " INSERT INTO solid_queue_ready_executions (job_id, queue_name, priority, created_at)"
    " SELECT id, queue_name, priority, created_at FROM jobs ORDER BY id"
)
BLOCKED = (
    " INSERT INTO solid_queue_blocked_executions (job_id, queue_name, priority, concurrency_key,"
    f" expires_at, created_at) SELECT id, queue_name, priority, 'k', {NOW}, {NOW} FROM jobs"
)
FAILED = (
    " INSERT INTO solid_queue_failed_executions (job_id, error, created_at)"
    f" SELECT id, 'boom', {NOW} FROM jobs"
)


def scheduled(offset_seconds: int) -> str:
    return (
        " INSERT INTO solid_queue_scheduled_executions (job_id, queue_name, priority,"
        f" scheduled_at, created_at) SELECT id, queue_name, priority,"
        f" {NOW} + interval '{offset_seconds} s', {NOW} FROM jobs"
    )


def claimed(process: int | None) -> str:
    return (
        " INSERT INTO solid_queue_claimed_executions (job_id, process_id, created_at)"
        f" SELECT id, {process or 'NULL'}, created_at FROM jobs"
    )


def add_process(
    connection: Connection, hostname: str, *, kind: str = "Worker", age: int = 5, more: str = WORKER
) -> int:
    row = connection.execute(
        "INSERT INTO solid_queue_processes (kind, last_heartbeat_at, pid, hostname, metadata, name,"
        f" created_at) VALUES (%s, {NOW} - %s * interval '1 s', 1, %s, %s,"
        f" gen_random_uuid()::text, {NOW}) RETURNING id",
        (kind, age, hostname, more),
    ).fetchone()
    assert row is not None
    return int(row[0])


def pause(connection: Connection, queue: str) -> None:
    connection.execute(
        f"INSERT INTO solid_queue_pauses (queue_name, created_at) VALUES (%s, {NOW})",
        (queue,),
    )


@contextmanager
def rolled_back(connection: Connection) -> Iterator[None]:
    """One transaction, so that now() stands still, and nothing stays."""
    with connection.transaction(force_rollback=True):
        yield
