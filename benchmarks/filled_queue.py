"""A Solid Queue with many ready jobs, to be measured."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.queue_others import JOBS, READY
from local.postgres import MASTER_USER, PostgresServer

type Connection = psycopg.Connection[tuple[Any, ...]]

PASSWORD = "bench"  # noqa: S105  # of a server that ends with the run
SCHEMA = Path(__file__).parent.parent / "local" / "solid_queue" / "schema.sql"
QUEUES = ("default", "mailers", "reports", "imports", "paused")
MANY_QUEUES = (*QUEUES, *(f"tenant_{number}" for number in range(1_000 - len(QUEUES))))
FILL = f"""
INSERT INTO {JOBS} (queue_name, class_name, arguments, priority, active_job_id, created_at,
  updated_at)
SELECT (%(queues)s::text[])[1 + i %% %(count)s], 'SomeJob', '{{"arguments":[1]}}',
  (i / %(count)s) %% 3,
  gen_random_uuid()::text, now() AT TIME ZONE 'UTC' - (%(rows)s - i) * interval '1 ms',
  now() AT TIME ZONE 'UTC'
FROM generate_series(1, %(rows)s) AS i;
"""
FILL_READY = f"""
INSERT INTO {READY} (job_id, queue_name, priority, created_at)
SELECT id, queue_name, priority, created_at FROM {JOBS} ORDER BY id;
"""


def filled(server: PostgresServer, rows: int, queues: Sequence[str]) -> Connection:
    """A new database with so many ready rows in these queues; `paused` is paused."""
    server.drop_database("bench")
    server.create_database("bench", PASSWORD)
    connection = server.connect("bench")
    # As measure_queue does: a connection asks once, so each one is planned anew. Without JIT,
    # which not every server has.
    connection.prepare_threshold = None
    connection.execute("SET jit = off")
    connection.execute(f"SET ROLE {MASTER_USER}")
    connection.execute(SCHEMA.read_text())
    connection.execute("RESET ROLE")
    given = {"queues": list(queues), "count": len(queues), "rows": rows}
    connection.execute(FILL, given)
    connection.execute(FILL_READY)
    connection.execute(
        "INSERT INTO solid_queue_pauses (queue_name, created_at) VALUES ('paused', now())"
    )
    connection.execute(
        "INSERT INTO solid_queue_processes (kind, last_heartbeat_at, pid, hostname, metadata, name,"
        " created_at) SELECT 'Worker', now() AT TIME ZONE 'UTC', i, 'ip-10-1-0-' || i,"
        """ '{"queues":"*","thread_pool_size":3}', 'worker-' || i, now()"""
        " FROM generate_series(1, 5) AS i"
    )
    return connection
