"""What a measurement of the queue costs: our one statement against the statements that others run.

The same rows, the same server, series of each in turns: 10³ to 10⁶ ready jobs (10⁷ by
`--most 10000000`), in five queues of which one is paused, at three priorities; the same in 1,000
queues; then a queue that was churned, whose deleted rows no vacuum has removed. Pages are the
buffers of 8 kB that the server touched (EXPLAIN ANALYZE, BUFFERS). "ms" is the median that a client
waits, planning included, while the server has one core; "CPU ms" what the server's process works
for it without parallel workers. Both are of the least disturbed of seven series.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from copy import replace
from functools import partial

import psutil
from rich.console import Console

from benchmarks.filled_queue import MANY_QUEUES, PASSWORD, QUEUES, Connection, filled
from benchmarks.queue_costs import Cost, cost_table, summary
from benchmarks.queue_others import OTHERS, READY
from local.postgres import MASTER_USER, PostgresServer
from ops_common.query_database import DatabaseAddress, Login
from query_database.fields import Fields
from query_database.queue import measure_queue
from query_database.queue_statement import statement
from query_database.requests import answer
from query_database.settings import Settings

SERIES = 7
OURS = statement(bound=500, look_ahead_seconds=75).decode()


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
        _hold_to_one_core(server)
        version = admin.info.server_version // 10_000
        console = Console(width=130)
        for queues in (QUEUES, MANY_QUEUES):
            steady = {rows: _steady(server, rows, queues) for rows in sizes}
            title = f"Ready rows in {len(queues):,} queues, PostgreSQL {version}, vacuumed"
            console.print(cost_table(title, steady))
            console.print(summary(steady, OTHERS))
        console.print(f"A whole measurement, with TLS and login: {_with_login(server):.1f} ms.\n")
        churned = {most: _churned(server, most)}
        console.print(cost_table("The oldest nine tenths deleted, not vacuumed", churned))


def _hold_to_one_core(server: PostgresServer) -> None:
    """Else parallel plans hide half of their work; the client keeps to the other cores.

    macOS can't be asked for it.
    """
    if not hasattr(psutil.Process, "cpu_affinity"):
        return
    core, *others = psutil.Process().cpu_affinity() or [0]
    # What it forks from now on, the measured connections among it, keeps to that too.
    psutil.Process(server.process_id).cpu_affinity([core])
    psutil.Process().cpu_affinity(others or [core])


def _steady(server: PostgresServer, rows: int, queues: Sequence[str]) -> dict[str, Cost]:
    with filled(server, rows, queues) as connection:
        connection.execute("VACUUM ANALYZE")
        return _costs(connection, rows)


def _with_login(server: PostgresServer) -> float:
    """Milliseconds, with a connection of its own and nothing in its caches, as in Lambda."""
    address = DatabaseAddress(server.host, server.port, "bench")
    event = {"request": "measure_queue", "login": Login(address, MASTER_USER, PASSWORD).as_json()}
    settings = replace(Settings.from_env(), ca_certificate=server.ca_certificate)
    return statistics.median(_seconds(lambda: answer(event, settings)) for _ in range(15)) * 1000


def _churned(server: PostgresServer, rows: int) -> dict[str, Cost]:
    """Workers take by priority and then by id; the deletion follows the ids, as bursts do."""
    with filled(server, rows, QUEUES) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute(f"DELETE FROM {READY} WHERE id <= %s", (rows * 9 // 10,))
        return {"ours, first time": _first_measurement(connection)} | _costs(connection, rows)


def _first_measurement(connection: Connection) -> Cost:
    """The one that finds the deleted rows, and marks them for those after it."""

    def run() -> None:
        connection.execute(OURS).fetchall()

    start = time.perf_counter()
    cpu_milliseconds = _cpu_milliseconds(connection, run, repeats=1)
    milliseconds = (time.perf_counter() - start) * 1000
    return Cost(milliseconds, cpu_milliseconds, _pages(connection, OURS))


def _costs(connection: Connection, rows: int) -> dict[str, Cost]:
    """Series of each in turns, so that what else the machine does meets all of them."""

    def ask(statements: Sequence[str]) -> None:
        for one in statements:
            connection.execute(one).fetchall()

    # The less there is to count, the more often, so that it can be timed.
    often = max(5, 300_000 // rows)
    asked = {"ours": (partial(ask, (OURS,)), 200)} | {
        name: (partial(ask, statements), often) for name, statements in OTHERS.items()
    }
    # By the clock with what is made of the answer.
    timed: dict[str, Callable[[], object]] = {name: run for name, (run, _) in asked.items()}
    timed["ours"] = partial(measure_queue, connection, Fields({}))
    waited: dict[str, list[float]] = {name: [] for name in asked}
    worked: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(SERIES):
        for name, (run, repeats) in asked.items():
            waited[name].append(statistics.median(_seconds(timed[name]) for _ in range(repeats)))
            worked[name].append(_cpu_milliseconds(connection, run, repeats=repeats))
    pages = {"ours": _pages(connection, OURS)} | {
        name: sum(_pages(connection, one) for one in statements)
        for name, statements in OTHERS.items()
    }
    return {name: Cost(min(waited[name]) * 1000, min(worked[name]), pages[name]) for name in asked}


def _cpu_milliseconds(connection: Connection, run: Callable[[], object], *, repeats: int) -> float:
    """For one run; the system counts in hundredths of a second, so it takes several."""
    connection.execute("SET max_parallel_workers_per_gather = 0")
    server = psutil.Process(connection.info.backend_pid)
    before = server.cpu_times()
    for _ in range(repeats):
        run()
    after = server.cpu_times()
    connection.execute("RESET max_parallel_workers_per_gather")
    return (after.user - before.user + after.system - before.system) * 1000 / repeats


def _seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def _pages(connection: Connection, asked: str) -> int:
    row = connection.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {asked}").fetchone()
    assert row is not None  # noqa: S101  # EXPLAIN answers with one row
    plan = row[0][0]["Plan"]
    return int(plan["Shared Hit Blocks"]) + int(plan["Shared Read Blocks"])


if __name__ == "__main__":
    main()
