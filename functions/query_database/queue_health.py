"""Whether a queue is worked on since a deployment, and whether more of its jobs fail."""

from typing import Any

from psycopg.rows import dict_row

from ops_common.answers.queue_health import QueueHealth
from query_database.fields import Connection, Fields
from query_database.queue_tables import solid_queue

# Every part walks an index and ends at a LIMIT, whatever the queue holds.
STATEMENT = """
WITH RECURSIVE since AS (SELECT %(since)s::timestamptz AT TIME ZONE 'UTC' AS at),
failed AS (
  SELECT created_at FROM solid_queue_failed_executions ORDER BY id DESC LIMIT %(bound)s
),
head AS (
  SELECT queue_name, created_at FROM solid_queue_ready_executions ORDER BY id LIMIT %(bound)s
),
-- From queue to queue, for all of the head may be of paused ones.
names AS (
  (SELECT queue_name, 1 AS number FROM solid_queue_ready_executions
   ORDER BY queue_name DESC LIMIT 1)
  UNION ALL
  SELECT next.queue_name, number + 1 FROM names CROSS JOIN LATERAL (
    SELECT queue_name FROM solid_queue_ready_executions AS ready
    WHERE ready.queue_name < names.queue_name ORDER BY ready.queue_name DESC LIMIT 1
  ) AS next WHERE number < %(bound)s
)
SELECT
  (SELECT count(*) FROM failed, since WHERE created_at >= at) AS failed_since,
  (SELECT count(*) FROM failed, since
   WHERE created_at < at AND created_at >= at - (now() AT TIME ZONE 'UTC' - at)) AS failed_before,
  extract(epoch FROM now() AT TIME ZONE 'UTC' - coalesce(
    (SELECT min(created_at) FROM head
     WHERE queue_name NOT IN (SELECT queue_name FROM solid_queue_pauses)),
    (SELECT min(first.created_at) FROM names CROSS JOIN LATERAL (
       SELECT created_at FROM solid_queue_ready_executions AS ready
       WHERE ready.queue_name = names.queue_name ORDER BY priority, job_id LIMIT %(first)s
     ) AS first WHERE names.queue_name NOT IN (SELECT queue_name FROM solid_queue_pauses))
  ))::float AS oldest_wait_seconds,
  (SELECT created_at AT TIME ZONE 'UTC' FROM solid_queue_claimed_executions
   ORDER BY id DESC LIMIT 1) AS last_claim,
  (SELECT finished_at AT TIME ZONE 'UTC' FROM solid_queue_jobs
   WHERE finished_at IS NOT NULL ORDER BY finished_at DESC LIMIT 1) AS last_finish
"""
BOUND = 1000
FIRST_ROWS = 20
"""Of a queue; among them is the one that has waited longest, or nearly so."""


def queue_health(connection: Connection, fields: Fields) -> QueueHealth:
    """Failed jobs since a moment and as long before it, the oldest wait, and the last work done.

    Raises QueueTablesMissing where the database has no tables of Solid Queue.
    """
    asked = {"since": fields.time("since"), "bound": BOUND, "first": FIRST_ROWS}
    with solid_queue(connection), connection.cursor(row_factory=dict_row) as cursor:
        row: dict[str, Any] | None = cursor.execute(STATEMENT, asked).fetchone()
    assert row is not None  # noqa: S101  # a SELECT without FROM has one row
    return QueueHealth(**row)
