"""What a look at the queue costs: our one statement against the statements that others run.

The same rows, the same server, one after another: queues of 10³ to 10⁶ ready jobs (10⁷ by
`--most 10000000`), in five queues of which one is paused, at three priorities; then a queue that
was churned, whose deleted rows no vacuum has removed. Pages are the buffers of 8 kB that the server
touched (EXPLAIN ANALYZE, BUFFERS). "ms" is the median that a client waits, planning included; "CPU
ms" the mean that the server's process works for it, without parallel workers, which doesn't depend
on what else the machine does.

What the others ask is written down here after their sources: reillyse/solid_queue_autoscaler
(lib/solid_queue_autoscaler/metrics.rb) and judoscale-ruby (judoscale-solid_queue, its
metrics_collector.rb, with busy jobs tracked).
"""

import argparse
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psutil
import psycopg
from rich.console import Console
from rich.table import Table

from local.postgres import MASTER_USER, PostgresServer
from ops_common.query_database import DatabaseAddress, Login
from query_database.fields import Fields
from query_database.queue import measure_queue
from query_database.queue_statement import MEASURE
from query_database.requests import answer
from query_database.settings import Settings

type Connection = psycopg.Connection[tuple[Any, ...]]

PASSWORD = "bench"  # noqa: S105  # of a server that ends with the run
SCHEMA = Path(__file__).parent.parent / "local" / "solid_queue" / "schema.sql"
PARAMETERS = {"bound": 500, "horizon": 75, "queues": 50, "rows": 10_000}
QUEUES = ("default", "mailers", "reports", "imports", "paused")
READY, JOBS = "solid_queue_ready_executions", "solid_queue_jobs"
OTHERS: Mapping[str, Sequence[str]] = {
    "autoscaler gem": (
        f"SELECT count(*) FROM {READY}",
        f"SELECT extract(epoch FROM now() - min(created_at)) FROM {READY}",
        f"SELECT count(*) FROM {JOBS} WHERE finished_at IS NOT NULL"
        " AND finished_at > now() - interval '1 minute'",
        "SELECT count(*) FROM solid_queue_claimed_executions",
        "SELECT count(*) FROM solid_queue_failed_executions",
        "SELECT count(*) FROM solid_queue_blocked_executions",
        "SELECT count(*) FROM solid_queue_processes WHERE kind = 'Worker'"
        " AND last_heartbeat_at > now() - interval '5 minutes'",
        f"SELECT queue_name, count(*) FROM {READY} GROUP BY queue_name ORDER BY 2 DESC",
    ),
    "Judoscale": (
        f"SELECT queue_name, min(created_at) FROM {READY} GROUP BY queue_name",
        f"SELECT job.queue_name, count(*) FROM {JOBS} AS job JOIN solid_queue_claimed_executions"
        " AS claim ON claim.job_id = job.id GROUP BY job.queue_name",
    ),
}
FILL = f"""
INSERT INTO {JOBS} (queue_name, class_name, arguments, priority, active_job_id, created_at,
  updated_at)
SELECT (%(queues)s::text[])[1 + i %% 5], 'SomeJob', '{{"arguments":[1]}}', (i / 5) %% 3,
  gen_random_uuid()::text, now() AT TIME ZONE 'UTC' - (%(rows)s - i) * interval '1 ms',
  now() AT TIME ZONE 'UTC'
FROM generate_series(1, %(rows)s) AS i;
"""
FILL_READY = f"""
INSERT INTO {READY} (job_id, queue_name, priority, created_at)
SELECT id, queue_name, priority, created_at FROM {JOBS} ORDER BY id;
"""


@dataclass(frozen=True)
class Cost:
    """Of one look: what the client waits, the server works, and the pages that it touches."""

    milliseconds: float
    cpu_milliseconds: float
    pages: int


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--most", type=int, default=1_000_000, help="ready rows of the largest")
    most = options.parse_args().most
    sizes = [10**power for power in range(3, 9) if 10**power <= most]
    # Synchronous, or else VACUUM finds nothing old enough to be marked visible to all.
    settings = {"log_statement": "none", "autovacuum": "off", "synchronous_commit": "on"}
    settings |= {"shared_buffers": "2GB"}
    with PostgresServer.start(settings=settings) as server, server.connect() as admin:
        version = admin.info.server_version // 10_000
        console = Console(width=110)
        steady = {rows: _steady(server, rows) for rows in sizes}
        console.print(_table(f"Ready rows, PostgreSQL {version}, vacuumed", steady))
        console.print(_summary(steady))
        console.print(f"A whole look, with TLS and login: {_with_login(server):.1f} ms.\n")
        churned = {most: _churned(server, most)}
        console.print(_table("The oldest nine tenths deleted, not vacuumed", churned))


def _steady(server: PostgresServer, rows: int) -> dict[str, Cost]:
    with _filled(server, rows) as connection:
        connection.execute("VACUUM ANALYZE")
        return _costs(connection)


def _with_login(server: PostgresServer) -> float:
    """Milliseconds, with a connection of its own and nothing in its caches, as in Lambda."""
    address = DatabaseAddress(server.host, server.port, "bench")
    event = {"request": "measure_queue", "login": Login(address, MASTER_USER, PASSWORD).as_json()}
    settings = replace(Settings.from_env(), ca_certificate=server.ca_certificate)
    return _median(lambda: answer(event, settings), repeats=15)


def _churned(server: PostgresServer, rows: int) -> dict[str, Cost]:
    """Workers take by priority and then by id; the deletion follows the ids, as bursts do."""
    with _filled(server, rows) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute(f"DELETE FROM {READY} WHERE id <= %s", (rows * 9 // 10,))
        first = {"ours, first look": _cost(connection, (MEASURE,), PARAMETERS, repeats=1)}
        return first | _costs(connection)


def _filled(server: PostgresServer, rows: int) -> Connection:
    server.drop_database("bench")
    server.create_database("bench", PASSWORD)
    connection = server.connect("bench")
    # As measure_queue does: a connection asks once, so every look is planned anew. Without JIT,
    # which not every server has.
    connection.prepare_threshold = None
    connection.cursor_factory = psycopg.ClientCursor
    connection.execute("SET jit = off")
    connection.execute(f"SET ROLE {MASTER_USER}")
    connection.execute(SCHEMA.read_text())
    connection.execute("RESET ROLE")
    connection.execute(FILL, {"queues": list(QUEUES), "rows": rows})
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


def _costs(connection: Connection) -> dict[str, Cost]:
    ours = _cost(connection, (MEASURE,), PARAMETERS, repeats=201)
    # With what is made of the answer.
    milliseconds = _median(lambda: measure_queue(connection, Fields({})), repeats=41)
    costs = {"ours": replace(ours, milliseconds=milliseconds)}
    return costs | {
        name: _cost(connection, statements, None, repeats=7) for name, statements in OTHERS.items()
    }


def _cost(
    connection: Connection,
    statements: Sequence[str],
    parameters: Mapping[str, Any] | None,
    *,
    repeats: int,
) -> Cost:
    def run() -> None:
        for statement in statements:
            connection.execute(statement, parameters).fetchall()

    milliseconds = _median(run, repeats=repeats)
    connection.execute("SET max_parallel_workers_per_gather = 0")
    server = psutil.Process(connection.info.backend_pid)
    before = server.cpu_times()
    for _ in range(repeats):
        run()
    after = server.cpu_times()
    connection.execute("RESET max_parallel_workers_per_gather")
    worked = after.user - before.user + after.system - before.system
    return Cost(
        milliseconds,
        worked * 1000 / repeats,
        sum(_pages(connection, one, parameters) for one in statements),
    )


def _median(run: Callable[[], object], *, repeats: int) -> float:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def _pages(connection: Connection, statement: str, parameters: Mapping[str, Any] | None) -> int:
    row = connection.execute(
        f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", parameters
    ).fetchone()
    assert row is not None  # noqa: S101  # EXPLAIN answers with one row
    plan = row[0][0]["Plan"]
    return int(plan["Shared Hit Blocks"]) + int(plan["Shared Read Blocks"])


def _table(title: str, by_rows: Mapping[int, Mapping[str, Cost]]) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("\nready rows", justify="right")
    names = list(next(iter(by_rows.values())))
    for name in names:
        for heading in (f"{name}\nms", "\nCPU ms", "\npages"):
            table.add_column(heading, justify="right")
    for rows, costs in by_rows.items():
        cells = [f"{rows:,}"]
        for one in costs.values():
            cells += [f"{one.milliseconds:.1f}", f"{one.cpu_milliseconds:.1f}", f"{one.pages:,}"]
        table.add_row(*cells)
    return table


def _summary(by_rows: Mapping[int, Mapping[str, Cost]]) -> str:
    least, most = by_rows[min(by_rows)], by_rows[max(by_rows)]
    lines = [
        f"From {min(by_rows):,} to {max(by_rows):,} rows ours grows"
        f" {_ratios(most['ours'], least['ours'])}."
    ]
    lines += [
        f"At {max(by_rows):,} rows {name} takes {_ratios(most[name], most['ours'])} of ours."
        for name in OTHERS
    ]
    return "\n".join(lines)


def _ratios(much: Cost, little: Cost) -> str:
    return (
        f"{much.milliseconds / little.milliseconds:.1f} × by the clock,"
        f" {much.cpu_milliseconds / little.cpu_milliseconds:.1f} × in CPU time,"
        f" {much.pages / little.pages:.1f} × in pages"
    )


if __name__ == "__main__":
    main()
