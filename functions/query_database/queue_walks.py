"""The walks along indexes of `measure_queue`'s statement, each ended by a LIMIT: its WITH part."""

WALKS = """
WITH RECURSIVE
clock AS MATERIALIZED (SELECT now() AT TIME ZONE 'UTC' AS utc),
-- Once, for the walk to the first row left may pass many deleted ones.
ends AS MATERIALIZED (
  SELECT
    (SELECT id FROM solid_queue_ready_executions ORDER BY id LIMIT 1) AS first_id,
    (SELECT id FROM solid_queue_ready_executions ORDER BY id DESC LIMIT 1) AS last_id
),
-- From queue to queue, newest rows first: a step ends at the next queue's first row, or when it has
-- counted a few. The newest row is of the least urgent priority.
names AS (
  (SELECT queue_name, count(*) AS ready, max(priority) AS last_priority, 1 AS number
   FROM (
     SELECT queue_name, priority FROM solid_queue_ready_executions
     ORDER BY queue_name DESC, priority DESC, job_id DESC LIMIT {few} + 1
   ) AS newest GROUP BY queue_name ORDER BY queue_name DESC LIMIT 1)
  UNION ALL
  SELECT next.queue_name, next.ready, next.last_priority, number + 1
  FROM names CROSS JOIN LATERAL (
    SELECT queue_name, count(*) AS ready, max(priority) AS last_priority
    FROM (
      SELECT ready.queue_name, priority FROM solid_queue_ready_executions AS ready
      WHERE ready.queue_name < names.queue_name
      ORDER BY ready.queue_name DESC, priority DESC, job_id DESC LIMIT {few} + 1
    ) AS newest GROUP BY queue_name ORDER BY queue_name DESC LIMIT 1
  ) AS next WHERE number < {queues}
),
-- With many queues fewer rows of each, so that the cost stays, and more of the oldest of all:
-- these lie together, while each queue that has none among them is read.
walked AS MATERIALIZED (
  SELECT CASE WHEN count(*) <= {most} THEN {bound} * {many} / greatest({many}, count(*)) ELSE 0 END
      AS counted,
    CASE WHEN count(*) > {many} THEN {first_few} ELSE {first} END AS first_rows,
    CASE WHEN count(*) > {many} THEN 2 * {queues} ELSE {bound} END AS head_rows
  FROM names
),
depths AS MATERIALIZED (
  SELECT queue_name AS name, last_priority,
    CASE WHEN ready <= {few} OR (SELECT counted FROM walked) <= {few} THEN ready ELSE (
      SELECT count(*) FROM (
        SELECT FROM solid_queue_ready_executions AS ready
        WHERE ready.queue_name = names.queue_name
        ORDER BY priority DESC, job_id DESC LIMIT (SELECT counted + 1 FROM walked)
      ) AS newest
    ) END AS ready
  FROM names
),
head AS MATERIALIZED (
  SELECT queue_name, created_at FROM solid_queue_ready_executions
  WHERE id >= (SELECT first_id FROM ends) ORDER BY id LIMIT (SELECT head_rows FROM walked)
),
oldest AS MATERIALIZED (
  SELECT queue_name, min(created_at) AS created_at FROM head GROUP BY queue_name
),
-- Each half as wide as the one before, towards the newest id: what has waited for days holds low
-- ids, and most ids between it and today's backlog are gone.
strata AS MATERIALIZED (
  SELECT number, edge.low, edge.high
  FROM ends CROSS JOIN generate_series(0, {strata} - 1) AS number
  CROSS JOIN LATERAL (
    SELECT last_id - ((last_id - first_id + 1) >> number) + 1 AS low,
      CASE WHEN number = {strata} - 1 THEN last_id
      ELSE last_id - ((last_id - first_id + 1) >> (number + 1)) END AS high
  ) AS part CROSS JOIN LATERAL (
    SELECT (SELECT id FROM solid_queue_ready_executions
            WHERE id BETWEEN part.low AND part.high ORDER BY id LIMIT 1) AS low,
      (SELECT id FROM solid_queue_ready_executions
       WHERE id BETWEEN part.low AND part.high ORDER BY id DESC LIMIT 1) AS high
  ) AS edge
  WHERE last_id - first_id >= {bound} AND edge.low IS NOT NULL
),
-- A window in the middle of each piece; its rows stand for the piece.
sampled AS MATERIALIZED (
  SELECT queue_name, created_at, (stop - start)::float / width AS stands_for
  FROM (
    SELECT start, stop, least({width}, stop - start) AS width
    FROM strata CROSS JOIN LATERAL (
      SELECT low + (high - low + 1) * piece / pieces AS start,
        low + (high - low + 1) * (piece + 1) / pieces AS stop
      FROM (SELECT greatest(2, {windows} >> number) AS pieces) AS divided
      CROSS JOIN LATERAL generate_series(0, pieces - 1) AS piece
    ) AS cut WHERE stop > start
  ) AS windows CROSS JOIN LATERAL (
    SELECT queue_name, created_at FROM solid_queue_ready_executions
    WHERE id >= start + (stop - start - width) / 2
      AND id < start + (stop - start - width) / 2 + width
    ORDER BY id LIMIT {width}
  ) AS found
),
claims AS MATERIALIZED (
  SELECT process_id, job.queue_name, count(*) AS in_flight,
    count(*) FILTER (WHERE created_at < utc - interval '60 seconds') AS long_running,
    extract(epoch FROM min(utc) - max(created_at)) AS newest_seconds
  FROM (
    SELECT process_id, job_id, created_at FROM solid_queue_claimed_executions
    ORDER BY process_id, job_id LIMIT {rows}
  ) AS held CROSS JOIN clock LEFT JOIN LATERAL (
    SELECT queue_name FROM solid_queue_jobs WHERE id = held.job_id OFFSET 0
  ) AS job ON true GROUP BY process_id, job.queue_name
),
finished AS MATERIALIZED (
  SELECT queue_name, finished_at, finished_at > utc - interval '300 seconds' AS lately
  FROM solid_queue_jobs CROSS JOIN clock
  WHERE finished_at IS NOT NULL ORDER BY finished_at DESC LIMIT {bound}
),
lapsed AS MATERIALIZED (
  SELECT concurrency_key FROM solid_queue_blocked_executions
  WHERE expires_at < (SELECT utc FROM clock) ORDER BY expires_at LIMIT {bound}
),
-- Keys of jobs that run or are ready: each lets another one through when it ends.
live_keys AS MATERIALIZED (
  SELECT (SELECT concurrency_key FROM solid_queue_jobs WHERE id = live.job_id) AS concurrency_key
  FROM (
    (SELECT job_id FROM solid_queue_claimed_executions LIMIT {rows}) UNION ALL
    (SELECT job_id FROM solid_queue_ready_executions ORDER BY id LIMIT {bound})
  ) AS live WHERE EXISTS (SELECT FROM lapsed)
)
"""
