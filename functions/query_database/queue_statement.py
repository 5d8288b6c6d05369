"""The one statement behind `measure_queue`: walks along indexes, each ended by a LIMIT.

Names of queues are found by a loose index scan; each count stops one row beyond its bound; the
oldest waits are read at the head of the primary key. Rows beyond a bound are estimated by a
sample: windows of ids, more of them where more rows are. What would have to be
counted is read from the sequences of the ids (as tables: pg_sequence_last_value would lock them as
nextval does). Counts start at the newest end of an index, because the rows that workers have
deleted and vacuum has not removed yet lie at the oldest. Jobs are read by a subquery for each
row, for a join might be planned as a scan of the whole table.

`clock` gives the database's time as Rails writes it: UTC, without a time zone.
"""

from functools import lru_cache

from psycopg import sql

from query_database.queue_walks import WALKS

MAX_QUEUES = 1_000
MANY_QUEUES = 100
"""With more queues than this each is counted less far, so that the cost stays."""
MOST_COUNTED_QUEUES = 500
"""With more than these each is counted to a few rows, in the same step that finds it."""
FEW_ROWS = 10
FIRST_ROWS = 20
FEW_FIRST_ROWS = 2
"""Of a queue; among them is the one that waits longest, for transactions swap neighbours."""
STORM = 5_000
"""How many scheduled jobs are counted; as many at once need the greatest of services."""
STRATA = 14
WINDOWS = 16
"""In the oldest half of the ids; half as many in each half of the rest, and at least two."""
WINDOW_IDS = 16
# Claims and processes are as many as the workers' threads; the limit only guards the memory.
MAX_ROWS = 10_000


_FIGURES = """
SELECT
  now() AS taken_at,
  current_setting('max_connections')::int AS max_connections,
  (SELECT json_agg(queue_name) FROM (
     SELECT queue_name FROM solid_queue_pauses LIMIT {rows}) AS pauses) AS paused,
  (SELECT json_agg(json_build_object(
     'name', name, 'ready', ready,
     'oldest_seconds', extract(epoch FROM utc - coalesce(oldest.created_at, (
        SELECT min(created_at) FROM (
          (SELECT created_at FROM solid_queue_ready_executions AS ready
           WHERE ready.queue_name = name ORDER BY priority, job_id
           LIMIT (SELECT first_rows FROM walked)) UNION ALL
          -- The least urgent have often waited longest.
          (SELECT created_at FROM solid_queue_ready_executions AS ready
           WHERE ready.queue_name = name AND priority = last_priority
           ORDER BY job_id LIMIT (SELECT first_rows FROM walked))
        ) AS first))),
     'median_seconds', extract(epoch FROM utc - middle.created_at),
     'sampled', coalesce(middle.jobs, 0)))
   FROM depths LEFT JOIN oldest ON oldest.queue_name = name LEFT JOIN (
     SELECT queue_name, max(passed) AS jobs,
       min(created_at) FILTER (WHERE passed >= jobs / 2) AS created_at
     FROM (
       SELECT queue_name, created_at,
         sum(stands_for) OVER (PARTITION BY queue_name ORDER BY created_at) AS passed,
         sum(stands_for) OVER (PARTITION BY queue_name) AS jobs
       FROM (SELECT * FROM sampled UNION ALL
             SELECT *, 1 FROM head WHERE NOT EXISTS (SELECT FROM sampled)) AS rows
     ) AS weighed GROUP BY queue_name
   ) AS middle ON middle.queue_name = name) AS queues,
  -- Ids come from a sequence, so the row in the middle of them stands for the median.
  (SELECT extract(epoch FROM utc - created_at)::float FROM solid_queue_ready_executions
   WHERE id >= (first_id + last_id) / 2 ORDER BY id LIMIT 1) AS median_wait_seconds,
  (SELECT json_object_agg(queue_name, jobs) FROM (
     SELECT queue_name, count(*) AS jobs FROM (
       SELECT queue_name FROM solid_queue_scheduled_executions
       WHERE scheduled_at <= utc ORDER BY scheduled_at LIMIT {storm}
     ) AS due GROUP BY queue_name) AS by_queue) AS due,
  (SELECT extract(epoch FROM utc - scheduled_at) FROM solid_queue_scheduled_executions
   WHERE scheduled_at <= utc ORDER BY scheduled_at LIMIT 1) AS oldest_due_seconds,
  (SELECT json_object_agg(queue_name, jobs) FROM (
     SELECT queue_name, count(*) AS jobs FROM (
       SELECT queue_name FROM solid_queue_scheduled_executions
       WHERE scheduled_at > utc AND scheduled_at <= utc + {horizon} * interval '1 second'
       ORDER BY scheduled_at LIMIT {storm}
     ) AS soon GROUP BY queue_name) AS by_queue) AS soon_due,
  (SELECT extract(epoch FROM scheduled_at - utc) FROM solid_queue_scheduled_executions
   WHERE scheduled_at > utc ORDER BY scheduled_at LIMIT 1) AS next_scheduled_seconds,
  {recurring},
  (SELECT json_agg(claims) FROM claims) AS claims,
  (SELECT json_agg(newest) FROM (
     SELECT id, kind, hostname, metadata, supervisor_id,
       extract(epoch FROM utc - created_at) AS age_seconds,
       extract(epoch FROM utc - last_heartbeat_at) AS heartbeat_age_seconds
     FROM solid_queue_processes ORDER BY id DESC LIMIT {rows}
   ) AS newest) AS processes,
  (SELECT json_build_object(
     'preserved', count(*) > 0,
     'jobs', count(*) FILTER (WHERE lately),
     'span', extract(epoch FROM utc - min(finished_at) FILTER (WHERE lately)),
     'last_minute', count(*) FILTER (WHERE finished_at > utc - interval '60 seconds'))
   FROM finished) AS finished,
  (SELECT json_object_agg(queue_name, jobs) FROM (
     SELECT queue_name, count(*) AS jobs FROM finished CROSS JOIN clock
     WHERE finished_at > utc - interval '60 seconds' GROUP BY queue_name
   ) AS by_queue) AS completed_by_queue,
  (SELECT CASE WHEN is_called THEN last_value ELSE 0 END
   FROM solid_queue_ready_executions_id_seq) AS enqueued_total,
  (SELECT CASE WHEN is_called THEN last_value ELSE 0 END
   FROM solid_queue_claimed_executions_id_seq) AS started_total,
  (SELECT count(*) FROM (SELECT FROM solid_queue_failed_executions
                         ORDER BY job_id DESC LIMIT {bound}) AS newest) AS failed,
  (SELECT count(*) FROM (SELECT FROM solid_queue_blocked_executions
                         ORDER BY job_id DESC LIMIT {bound}) AS newest) AS blocked,
  (SELECT count(*) FROM lapsed WHERE NOT EXISTS (
     SELECT FROM live_keys WHERE live_keys.concurrency_key = lapsed.concurrency_key
   )) AS lapsed
FROM clock CROSS JOIN ends
"""


_RECURRING = """
  -- The schedule is text for Ruby's fugit (cron or English), so it isn't parsed: a task is
  -- expected again as long after its last run as that was after the one before.
  (SELECT json_build_object('tasks', count(*), 'keys', (array_agg(key ORDER BY key))[:3],
     'soon', count(*) FILTER (
     WHERE next_run > utc AND next_run <= utc + {horizon} * interval '1 second'
   )) FROM (SELECT key FROM solid_queue_recurring_tasks LIMIT {rows}) AS tasks
   CROSS JOIN LATERAL (
     SELECT CASE count(*) WHEN 2 THEN max(run_at) + (max(run_at) - min(run_at)) END AS next_run
     FROM (SELECT run_at FROM solid_queue_recurring_executions
           WHERE task_key = tasks.key ORDER BY run_at DESC LIMIT 2) AS runs
   ) AS expected) AS recurring
"""
_NO_RECURRING = "NULL::json AS recurring"


@lru_cache(maxsize=4)
def statement(*, bound: int, look_ahead_seconds: int, with_recurring: bool = True) -> bytes:
    """The statement with its numbers in it; kept, for a container asks the same each minute.

    Planned for parameters, it would take a fifth longer. `with_recurring`: whether there is a table
    of recurring tasks, as there is since Solid Queue 0.5.
    """
    recurring = sql.SQL(_RECURRING if with_recurring else _NO_RECURRING)
    return (
        sql.SQL(WALKS + _FIGURES)
        .format(
            recurring=recurring.format(horizon=look_ahead_seconds, rows=MAX_ROWS),
            bound=bound,
            horizon=look_ahead_seconds,
            queues=MAX_QUEUES,
            many=MANY_QUEUES,
            most=MOST_COUNTED_QUEUES,
            few=min(bound, FEW_ROWS),
            first=FIRST_ROWS,
            first_few=FEW_FIRST_ROWS,
            storm=STORM,
            strata=STRATA,
            windows=WINDOWS,
            width=WINDOW_IDS,
            rows=MAX_ROWS,
        )
        .as_bytes()
    )


def counted_to(bound: int, queues: int) -> int:
    """How many rows of each of so many queues the statement counts, before one more."""
    few = min(bound, FEW_ROWS)
    if queues > MOST_COUNTED_QUEUES:
        return few
    return max(few, bound * MANY_QUEUES // max(MANY_QUEUES, queues))
