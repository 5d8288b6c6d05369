"""Solid Queue's protocol in SQL: register, heartbeat, finish, fail, release, prune.

Each is one statement, and so as atomic as the transaction that Solid Queue uses for it. Times are
UTC, as Rails writes them, because that is the time zone of our servers.
"""

import json
from typing import Any

import psycopg

type Connection = psycopg.Connection[tuple[Any, ...]]


def register(
    connection: Connection,
    kind: str,
    name: str,
    *,
    pid: int,
    hostname: str,
    metadata: dict[str, Any],
    supervisor_id: int | None = None,
) -> int:
    """Add a process; its id."""
    row = connection.execute(
        """
        INSERT INTO solid_queue_processes
            (kind, name, pid, hostname, metadata, supervisor_id, last_heartbeat_at, created_at)
        VALUES (%s, %s, %s, %s, %s, %s, localtimestamp, localtimestamp) RETURNING id
        """,
        (kind, name, pid, hostname, json.dumps(metadata), supervisor_id),
    ).fetchone()
    return int((row or (0,))[0])


def heartbeat(connection: Connection, process_ids: list[int]) -> None:
    """Say that processes are alive."""
    connection.execute(
        "UPDATE solid_queue_processes SET last_heartbeat_at = localtimestamp WHERE id = ANY(%s)",
        (process_ids,),
    )


def finish(connection: Connection, job_id: int) -> None:
    """A job has done its work."""
    connection.execute(
        """
        WITH done AS (
            DELETE FROM solid_queue_claimed_executions WHERE job_id = %s RETURNING job_id
        )
        UPDATE solid_queue_jobs SET finished_at = localtimestamp, updated_at = localtimestamp
        WHERE id IN (SELECT job_id FROM done)
        """,
        (job_id,),
    )


def fail(connection: Connection, job_id: int, error: dict[str, str]) -> None:
    """A job has raised an error."""
    connection.execute(
        """
        WITH done AS (
            DELETE FROM solid_queue_claimed_executions WHERE job_id = %s RETURNING job_id
        )
        INSERT INTO solid_queue_failed_executions (job_id, error, created_at)
        SELECT job_id, %s, localtimestamp FROM done
        """,
        (job_id, json.dumps(error)),
    )


def release(connection: Connection, process_id: int) -> list[int]:
    """Put a process's claims back into their queues; the jobs' ids."""
    rows = connection.execute(
        """
        WITH released AS (
            DELETE FROM solid_queue_claimed_executions WHERE process_id = %s RETURNING job_id
        )
        INSERT INTO solid_queue_ready_executions (job_id, queue_name, priority, created_at)
        SELECT id, queue_name, priority, localtimestamp FROM solid_queue_jobs
        WHERE id IN (SELECT job_id FROM released)
        RETURNING job_id
        """,
        (process_id,),
    ).fetchall()
    return [job_id for (job_id,) in rows]


def fail_claims(connection: Connection, process_id: int) -> None:
    """What a supervisor does with the jobs of a worker that it finds killed."""
    connection.execute(
        """
        WITH lost AS (
            DELETE FROM solid_queue_claimed_executions WHERE process_id = %s RETURNING job_id
        )
        INSERT INTO solid_queue_failed_executions (job_id, error, created_at)
        SELECT job_id, %s, localtimestamp FROM lost
        """,
        (
            process_id,
            json.dumps({"exception_class": "SolidQueue::Processes::ProcessExitError"}),
        ),
    )


def deregister(connection: Connection, supervisor_id: int) -> None:
    """Remove a supervisor that ends in good order, with the rows of all that it ever started."""
    connection.execute(
        "DELETE FROM solid_queue_processes WHERE %(id)s IN (id, supervisor_id)",
        {"id": supervisor_id},
    )


def prune(connection: Connection, alive_seconds: float) -> list[int]:
    """Remove processes without a heartbeat and fail their claims; the failed jobs' ids."""
    rows = connection.execute(
        """
        WITH dead AS (
            DELETE FROM solid_queue_processes
            WHERE last_heartbeat_at < localtimestamp - make_interval(secs => %s) RETURNING id
        ), lost AS (
            DELETE FROM solid_queue_claimed_executions
            WHERE process_id IN (SELECT id FROM dead) RETURNING job_id
        )
        INSERT INTO solid_queue_failed_executions (job_id, error, created_at)
        SELECT job_id, %s, localtimestamp FROM lost RETURNING job_id
        """,
        (
            alive_seconds,
            json.dumps({"exception_class": "SolidQueue::Processes::ProcessPrunedError"}),
        ),
    ).fetchall()
    return [job_id for (job_id,) in rows]


def dispatch(connection: Connection, limit: int = 500) -> int:
    """Make the scheduled jobs that are due ready; how many."""
    return connection.execute(
        """
        WITH due AS (
            DELETE FROM solid_queue_scheduled_executions WHERE id IN (
                SELECT id FROM solid_queue_scheduled_executions WHERE scheduled_at <= localtimestamp
                ORDER BY scheduled_at, priority, job_id LIMIT %s FOR UPDATE SKIP LOCKED
            )
            RETURNING job_id, queue_name, priority
        )
        INSERT INTO solid_queue_ready_executions (job_id, queue_name, priority, created_at)
        SELECT job_id, queue_name, priority, localtimestamp FROM due
        """,
        (limit,),
    ).rowcount
