"""Which workers live, and which queues they take: rows as Solid Queue 1.0 to 1.5 lays them.

The answers follow its own source: process registration, the supervisors of both modes, and
QueueSelector.
"""

import json
from dataclasses import dataclass

import pytest

from scale_workers.policy.queues import covers
from tests.conftest import Database
from tests.integration.query_database.queue_rows import (
    NOW,
    READY,
    Connection,
    add_jobs,
    claimed,
    measure,
    rolled_back,
)


@dataclass(frozen=True)
class Row:
    """A process: its row's age, its heartbeat's, its supervisor's place in the list."""

    age: float
    beat: float
    supervisor: int | None = 0
    kind: str = "Worker"
    queues: str = "*"
    host: str = "ip-10-1-0-1"
    claims: int = 0
    claim_age: int = 1


def supervisor(age: float, beat: float, mode: str = "fork", host: str = "ip-10-1-0-1") -> Row:
    return Row(age, beat, None, f"Supervisor({mode})", host=host)


def dispatcher(age: float, beat: float) -> Row:
    return Row(age, beat, kind="Dispatcher")


def lay(connection: Connection, rows: list[Row]) -> list[int]:
    ids: list[int] = []
    for row in rows:
        metadata = (
            {"polling_interval": 0.1, "queues": row.queues, "thread_pool_size": 3}
            if row.kind == "Worker"
            else {}
        )
        found = connection.execute(
            "INSERT INTO solid_queue_processes (kind, created_at, last_heartbeat_at, supervisor_id,"
            f" pid, hostname, metadata, name) VALUES (%s, {NOW} - %s * interval '1 s',"
            f" {NOW} - %s * interval '1 s', %s, 1, %s, %s, gen_random_uuid()::text) RETURNING id",
            (
                row.kind,
                row.age,
                row.beat,
                None if row.supervisor is None else ids[row.supervisor],
                row.host,
                json.dumps(metadata),
            ),
        ).fetchone()
        assert found is not None
        ids.append(int(found[0]))
        add_jobs(connection, "default", row.claims, into=claimed(ids[-1]))
        connection.execute(
            f"UPDATE solid_queue_claimed_executions SET created_at = {NOW} - %s * interval '1 s'"
            " WHERE process_id = %s",
            (row.claim_age, ids[-1]),
        )
    return ids


LIVES = {
    "just booted": ([supervisor(5, 5), Row(4.9, 4.9), dispatcher(4.9, 4.9)], 1),
    "threads of one process": ([supervisor(90, 30, "async"), Row(90, 30), dispatcher(90, 30)], 1),
    "a worker without a supervisor": ([Row(90, 30, None)], 1),
    "two processes of one entry": ([supervisor(5, 5), Row(4.9, 4.9), Row(4.8, 4.8)], 2),
    "forked after a hook of eight seconds": (
        [supervisor(20, 20), dispatcher(12, 12), Row(11.9, 11.9), Row(11.8, 11.8)],
        2,
    ),
    "four forks on a quarter of a CPU": (
        [supervisor(20, 20), Row(18, 18), Row(17, 17), Row(16, 16), Row(14.5, 14.5)],
        4,
    ),
    "killed after twenty minutes": (
        [supervisor(1300, 40), Row(1299.9, 45), dispatcher(1299.9, 40), Row(30, 30)],
        1,
    ),
    "killed ten seconds after the boot": (
        [supervisor(30, 30), dispatcher(29.9, 29.9), Row(29.9, 29.9), Row(19, 19)],
        1,
    ),
    "killed three times": (
        [supervisor(300, 20), Row(299.9, 55), Row(45, 45), Row(30, 30), Row(15, 15)],
        1,
    ),
    "one of two was killed, the other is busy": (
        [supervisor(600, 20), Row(599.9, 50), Row(599.9, 40, claims=3), Row(30, 30)],
        2,
    ),
    "one of two ended by itself, the other is busy": (
        [supervisor(600, 20), Row(599.9, 40, claims=3), Row(30, 30)],
        2,
    ),
    "a thread that died": ([supervisor(900, 9, "async"), Row(900, 40), Row(20, 20)], 1),
    "a heartbeat is nearly due": ([supervisor(600, 59), Row(600, 59.9)], 1),
    "a heartbeat comes late": ([supervisor(600, 9), Row(600, 69)], 1),
    "a heartbeat is overdue": ([supervisor(600, 9), Row(600, 71)], 0),
    "a heartbeat each half minute": ([supervisor(600, 9), Row(600, 29)], 1),
    "a heartbeat each two minutes, at work": ([supervisor(500, 110), Row(500, 110, claims=1)], 1),
    "a heartbeat each two minutes, one of two at work": (
        [supervisor(500, 110), Row(500, 110, claims=1), Row(500, 109, queues="a")],
        2,
    ),
    "a host that was lost": ([supervisor(900, 200), Row(900, 200, claims=3, claim_age=215)], 0),
    "lost while it took jobs, a minute after its heartbeat": (
        [supervisor(900, 130), Row(900, 130, claims=3, claim_age=71)],
        0,
    ),
    "the app's clock is ahead": ([supervisor(600, -3), Row(600, -2)], 1),
    "a host beside a younger one": (
        [
            supervisor(600, 20),
            Row(600, 50),
            supervisor(30, 30, host="ip-10-1-0-2"),
            Row(29.9, 29.9, 2, host="ip-10-1-0-2"),
        ],
        2,
    ),
    "several entries": (
        [supervisor(600, 20), Row(600, 50), Row(600, 50, queues="a"), Row(30, 30, queues="a")],
        2,
    ),
}


@pytest.mark.parametrize("said", LIVES)
def test_the_workers_that_live_are_counted(database: Database, said: str) -> None:
    rows, alive = LIVES[said]
    with rolled_back(database.admin):
        lay(database.admin, rows)
        assert len(measure(database.admin).workers) == alive


TAKES = [
    ("*", "any", True),
    ("a,*", "z", True),
    ("*,a", "z", True),
    # Solid Queue takes an empty list for all queues.
    ("", "z", True),
    ("staging*", "staging", True),
    ("staging*", "staging_eu", True),
    ("staging*", "old_staging", False),
    ("staging*", "Staging", False),
    ("staging*,low", "low", True),
    ("low,staging*", "staging_eu", True),
    ("low", "lower", False),
    # A star elsewhere than at the end is ignored; several are nothing but one.
    ("*_some_queue", "a_some_queue", False),
    ("a*b", "axb", False),
    ("**", "z", True),
    ("a*b*", "ab_eu", True),
    ("a*b*", "xb", False),
    # A character of LIKE stands for itself, since 1.1.
    ("real_time*", "real_time_eu", True),
    ("real_time*", "real-time", False),
    ("100%*", "100%_done", True),
    ("100%*", "1000", False),
    ("Änderungen*", "Änderungen_eu", True),
]


@pytest.mark.parametrize(("queues", "queue", "taken"), TAKES)
def test_a_worker_s_list_covers_what_solid_queue_takes_by_it(
    database: Database, queues: str, queue: str, taken: bool
) -> None:
    with rolled_back(database.admin):
        lay(database.admin, [supervisor(5, 5), Row(4.9, 4.9, queues=queues)])
        (worker,) = measure(database.admin).workers
        assert covers(worker.queues, queue) is taken


@pytest.mark.parametrize(
    ("finished_of", "read_as"),
    [
        # Jobs that take no time are seen neither running nor, where they aren't kept, finished.
        (None, ("low", "limited")),
        ("other", ("low,limited",)),
        ("limited", ("low", "limited")),
    ],
)
def test_a_list_is_one_text_by_old_jobs_beside_free_threads_where_finished_ones_are_kept(
    database: Database, finished_of: str | None, read_as: tuple[str, ...]
) -> None:
    with rolled_back(database.admin):
        lay(database.admin, [supervisor(600, 9), Row(600, 9, queues="low,limited")])
        add_jobs(database.admin, "low", 90, into=READY)
        if finished_of:
            add_jobs(database.admin, finished_of, 3, finished=f"{NOW} - interval '5 s'")
        (worker,) = measure(database.admin).workers
        assert worker.queues == read_as
