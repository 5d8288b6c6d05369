"""Putting jobs into Solid Queue's tables, as the app does it."""

import json

from local.solid_queue.protocol import Connection


def enqueue(
    connection: Connection,
    count: int = 1,
    *,
    seconds: float = 0.0,
    queue: str = "default",
    priority: int = 0,
    fails: bool = False,
    age_seconds: float = 0.0,
) -> None:
    """Jobs that are ready now, each taking `seconds`; `fails` lets them end with an error."""
    connection.execute(
        """
        WITH job AS (
            INSERT INTO solid_queue_jobs
                (queue_name, class_name, arguments, priority, active_job_id, created_at, updated_at)
            SELECT %(queue)s, 'LocalJob', %(arguments)s, %(priority)s, gen_random_uuid(), at, at
            FROM generate_series(1, %(count)s),
                 (SELECT localtimestamp - make_interval(secs => %(age)s) AS at) AS enqueued
            RETURNING id, queue_name, priority, created_at
        )
        INSERT INTO solid_queue_ready_executions (job_id, queue_name, priority, created_at)
        SELECT id, queue_name, priority, created_at FROM job ORDER BY id
        """,
        {
            "queue": queue,
            "arguments": _arguments(seconds, fails=fails),
            "priority": priority,
            "count": count,
            "age": age_seconds,
        },
    )


def schedule(
    connection: Connection,
    count: int = 1,
    *,
    in_seconds: float,
    seconds: float = 0.0,
    queue: str = "default",
) -> None:
    """Jobs that become ready later."""
    connection.execute(
        """
        WITH job AS (
            INSERT INTO solid_queue_jobs
                (queue_name, class_name, arguments, active_job_id, scheduled_at, created_at,
                 updated_at)
            SELECT %(queue)s, 'LocalJob', %(arguments)s, gen_random_uuid(),
                   localtimestamp + make_interval(secs => %(delay)s), localtimestamp, localtimestamp
            FROM generate_series(1, %(count)s)
            RETURNING id, queue_name, priority, scheduled_at, created_at
        )
        INSERT INTO solid_queue_scheduled_executions
            (job_id, queue_name, priority, scheduled_at, created_at)
        SELECT id, queue_name, priority, scheduled_at, created_at FROM job
        """,
        {
            "queue": queue,
            "arguments": _arguments(seconds, fails=False),
            "count": count,
            "delay": in_seconds,
        },
    )


def counts(connection: Connection) -> dict[str, int]:
    """How many jobs are ready, scheduled, claimed, failed, finished."""
    row = connection.execute(
        """
        SELECT (SELECT count(*) FROM solid_queue_ready_executions),
               (SELECT count(*) FROM solid_queue_scheduled_executions),
               (SELECT count(*) FROM solid_queue_claimed_executions),
               (SELECT count(*) FROM solid_queue_failed_executions),
               (SELECT count(*) FROM solid_queue_jobs WHERE finished_at IS NOT NULL)
        """
    ).fetchone()
    names = ("ready", "scheduled", "claimed", "failed", "finished")
    return dict(zip(names, row or (), strict=True))


def _arguments(seconds: float, *, fails: bool) -> str:
    job = {"seconds": seconds, "fails": fails}
    return json.dumps({"job_class": "LocalJob", "arguments": [job]})
