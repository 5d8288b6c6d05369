"""The one statement behind `measure_queue`: walks along indexes, each ended by a LIMIT.

Names of queues are found by a loose index scan; each count stops one row beyond `bound`; the
oldest wait is read at the head of the primary key. What would have to be counted is read from the
sequences of the ids (as tables: pg_sequence_last_value would lock them as nextval does). Counts
start at the newest end of an index, because the rows that workers have deleted and vacuum has not
removed yet lie at the oldest.

`clock` gives the database's time as Rails writes it: UTC, without a time zone.
"""

from functools import lru_cache

from psycopg import sql

MAX_QUEUES = 50
# Claims and processes are as many as the workers' threads; the limit only guards the memory.
MAX_ROWS = 10_000


_STATEMENT = """
WITH RECURSIVE
clock AS MATERIALIZED (
  SELECT now() AT TIME ZONE 'UTC' AS utc, coalesce(array_agg(queue_name), '{{}}') AS paused
  FROM (SELECT queue_name FROM solid_queue_pauses LIMIT {queues}) AS pauses
),
-- Once, for the walk to the first row left may pass many deleted ones.
ends AS MATERIALIZED (
  SELECT
    (SELECT id FROM solid_queue_ready_executions ORDER BY id LIMIT 1) AS first_id,
    (SELECT id FROM solid_queue_ready_executions ORDER BY id DESC LIMIT 1) AS last_id
),
names AS (
  (SELECT queue_name, 1 AS number FROM solid_queue_ready_executions
   ORDER BY queue_name DESC, priority DESC, job_id DESC LIMIT 1)
  UNION ALL
  SELECT (
    SELECT ready.queue_name FROM solid_queue_ready_executions AS ready
    WHERE ready.queue_name < names.queue_name
    ORDER BY ready.queue_name DESC, priority DESC, job_id DESC LIMIT 1
  ), number + 1
  FROM names WHERE queue_name IS NOT NULL AND number < {queues}
),
depths AS MATERIALIZED (
  SELECT queue_name AS name, queue_name = ANY (paused) AS paused, counted.ready
  FROM names CROSS JOIN clock CROSS JOIN LATERAL (
    SELECT count(*) AS ready FROM (
      SELECT FROM solid_queue_ready_executions AS ready
      WHERE ready.queue_name = names.queue_name
      ORDER BY priority DESC, job_id DESC LIMIT {bound} + 1
    ) AS newest
  ) AS counted
  WHERE queue_name IS NOT NULL
),
claims AS MATERIALIZED (
  SELECT process_id, count(*) AS in_flight,
    extract(epoch FROM max(utc - created_at)) AS oldest_seconds,
    count(*) FILTER (WHERE created_at < utc - interval '60 seconds') AS long_running
  FROM (
    SELECT process_id, created_at FROM solid_queue_claimed_executions
    ORDER BY process_id, job_id LIMIT {rows}
  ) AS held CROSS JOIN clock GROUP BY process_id
)
SELECT
  now() AS taken_at,
  current_setting('max_connections')::int AS max_connections,
  (SELECT json_agg(depths) FROM depths) AS queues,
  -- The smallest id outside the paused queues; where the first rows are all paused, the
  -- first rows of each other queue.
  extract(epoch FROM utc - coalesce(
    (SELECT created_at FROM (
       SELECT queue_name, created_at FROM solid_queue_ready_executions
       WHERE id >= first_id ORDER BY id LIMIT {bound}
     ) AS head
     WHERE queue_name <> ALL (paused) LIMIT 1),
    (SELECT min(created_at) FROM depths CROSS JOIN LATERAL (
       SELECT created_at FROM solid_queue_ready_executions AS ready
       WHERE ready.queue_name = depths.name ORDER BY priority, job_id LIMIT 100
     ) AS first WHERE NOT depths.paused)
  ))::float AS oldest_wait_seconds,
  -- Ids come from a sequence, so the row in the middle of them stands for the median.
  (SELECT extract(epoch FROM utc - created_at)::float FROM solid_queue_ready_executions
   WHERE id >= (first_id + last_id) / 2 ORDER BY id LIMIT 1) AS median_wait_seconds,
  (SELECT count(*) FILTER (WHERE queue_name <> ALL (paused)) FROM (
     SELECT queue_name FROM solid_queue_scheduled_executions
     WHERE scheduled_at <= utc ORDER BY scheduled_at LIMIT {bound}
   ) AS due) AS due_scheduled,
  (SELECT json_build_object(
     'soon', count(*) FILTER (WHERE queue_name <> ALL (paused)
       AND scheduled_at <= utc + {horizon} * interval '1 second'),
     'next_seconds', extract(epoch FROM min(scheduled_at) - utc))
   FROM (SELECT queue_name, scheduled_at FROM solid_queue_scheduled_executions
         WHERE scheduled_at > utc ORDER BY scheduled_at LIMIT {bound}) AS ahead
  ) AS scheduled,
  -- The schedule is text for Ruby's fugit (cron or English), so it isn't parsed: a task is
  -- expected again as long after its last run as that was after the one before.
  (SELECT json_build_object('tasks', count(*), 'soon', count(*) FILTER (
     WHERE next_run > utc AND next_run <= utc + {horizon} * interval '1 second'
   )) FROM (SELECT key FROM solid_queue_recurring_tasks LIMIT {rows}) AS tasks
   CROSS JOIN LATERAL (
     SELECT CASE count(*) WHEN 2 THEN max(run_at) + (max(run_at) - min(run_at)) END AS next_run
     FROM (SELECT run_at FROM solid_queue_recurring_executions
           WHERE task_key = tasks.key ORDER BY run_at DESC LIMIT 2) AS runs
   ) AS expected) AS recurring,
  (SELECT json_agg(claims) FROM claims) AS claims,
  (SELECT json_agg(newest) FROM (
     SELECT id, kind, hostname, metadata,
       extract(epoch FROM utc - last_heartbeat_at) AS heartbeat_age_seconds
     FROM solid_queue_processes ORDER BY id DESC LIMIT {rows}
   ) AS newest) AS processes,
  (SELECT json_build_object(
     'preserved', count(*) > 0,
     'jobs', count(*) FILTER (WHERE lately),
     'span', extract(epoch FROM utc - min(finished_at) FILTER (WHERE lately)),
     'last_minute', count(*) FILTER (WHERE finished_at > utc - interval '60 seconds'))
   FROM (SELECT finished_at, finished_at > utc - interval '300 seconds' AS lately
         FROM solid_queue_jobs
         WHERE finished_at IS NOT NULL ORDER BY finished_at DESC LIMIT {bound}) AS newest
  ) AS finished,
  (SELECT CASE WHEN is_called THEN last_value ELSE 0 END
   FROM solid_queue_ready_executions_id_seq) AS arrived_total,
  (SELECT CASE WHEN is_called THEN last_value ELSE 0 END
   FROM solid_queue_claimed_executions_id_seq) AS started_total,
  (SELECT count(*) FROM (SELECT FROM solid_queue_failed_executions
                         ORDER BY job_id DESC LIMIT {bound}) AS newest) AS failed,
  (SELECT count(*) FROM (SELECT FROM solid_queue_blocked_executions
                         ORDER BY job_id DESC LIMIT {bound}) AS newest) AS blocked
FROM clock CROSS JOIN ends
"""


@lru_cache(maxsize=4)
def statement(*, bound: int, look_ahead_seconds: int) -> bytes:
    """The statement with its numbers in it; kept, for a container asks the same each minute.

    Planned for parameters, it would take a fifth longer.
    """
    return (
        sql.SQL(_STATEMENT)
        .format(bound=bound, horizon=look_ahead_seconds, queues=MAX_QUEUES, rows=MAX_ROWS)
        .as_bytes()
    )
