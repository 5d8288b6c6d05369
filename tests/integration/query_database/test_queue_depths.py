"""How many jobs wait where nobody counts them all: by a sample of their ids.

Ids are given here, so that they lie as they do after days of work: what waits for long keeps the
low ones, and between it and today's backlog all others are gone.
"""

import pytest

from ops_common.answers.queue import Measurement, QueueDepth
from tests.conftest import Database
from tests.integration.query_database.queue_rows import (
    NOW,
    Connection,
    measure,
    pause,
    rolled_back,
)

SPARSE = 10_000_000


def add_ready(connection: Connection, queues: list[str], ids: range, *, priority: int = 0) -> None:
    """A job for each id, in the queues by turns; 10 ms old for each id that comes after it."""
    connection.execute(
        "WITH jobs AS (INSERT INTO solid_queue_jobs (id, queue_name, class_name, priority,"
        f" created_at, updated_at) SELECT i, (%s::text[])[1 + i %% %s], 'Job', %s,"
        f" {NOW} - (%s - i) * interval '10 ms', {NOW} FROM generate_series(%s::bigint, %s, %s) AS i"
        " RETURNING *) INSERT INTO solid_queue_ready_executions"
        " (id, job_id, queue_name, priority, created_at)"
        " SELECT id, id, queue_name, priority, created_at FROM jobs ORDER BY id",
        (queues, len(queues), priority, SPARSE * 10, ids.start, ids.stop - 1, ids.step),
    )


def depths(seen: Measurement) -> dict[str, QueueDepth]:
    return {one.name: one for one in seen.queues}


def test_a_backlog_is_estimated_beside_what_has_waited_for_days(database: Database) -> None:
    with rolled_back(database.admin):
        add_ready(database.admin, ["default"], range(1, 2))
        add_ready(database.admin, ["default"], range(SPARSE, SPARSE + 19_100))
        seen = measure(database.admin)
    assert depths(seen)["default"].jobs == pytest.approx(19_100, rel=0.05)


def test_and_beside_a_paused_queue_s_thousands(database: Database) -> None:
    with rolled_back(database.admin):
        pause(database.admin, "paused")
        add_ready(database.admin, ["paused"], range(1, 4_001))
        add_ready(database.admin, ["default"], range(SPARSE, SPARSE + 19_100))
        seen = depths(measure(database.admin))
    assert seen["default"].jobs == pytest.approx(19_100, rel=0.05)
    assert seen["paused"].jobs == pytest.approx(4_000, rel=0.15)


def test_and_beside_a_job_a_day_that_nobody_takes(database: Database) -> None:
    with rolled_back(database.admin):
        add_ready(database.admin, ["unserved"], range(1, SPARSE, SPARSE // 100))
        add_ready(database.admin, ["default"], range(SPARSE, SPARSE + 19_100))
        seen = depths(measure(database.admin))
    assert seen["default"].jobs == pytest.approx(19_100, rel=0.3)
    assert seen["unserved"].jobs == 100


def test_queues_that_share_a_backlog_have_their_parts_of_it(database: Database) -> None:
    with rolled_back(database.admin):
        shares = ["default"] * 5 + ["mailers"] * 3 + ["imports"] * 2
        add_ready(database.admin, shares, range(1, 30_001))
        seen = depths(measure(database.admin))
    found = {name: one.jobs for name, one in seen.items()}
    assert found == pytest.approx({"default": 15_000, "mailers": 9_000, "imports": 6_000}, rel=0.2)
    # Ten milliseconds a row, the newest SPARSE * 10 - 30,000 rows old.
    middle = (SPARSE * 10 - 15_000) / 100
    assert seen["default"].median_wait_seconds == pytest.approx(middle, abs=20)


def test_a_thousand_queues_samples_add_up_to_what_there_is(database: Database) -> None:
    with rolled_back(database.admin):
        add_ready(database.admin, [f"tenant_{one}" for one in range(600)], range(1, 600 * 25 + 1))
        seen = measure(database.admin)
    assert sum(one.jobs for one in seen.queues) == pytest.approx(600 * 25, rel=0.05)
    assert all(one.ready_is_at_least and one.jobs >= one.ready for one in seen.queues)


@pytest.mark.parametrize(
    ("queues", "each", "counted"),
    [(100, 600, 500), (150, 300, 300), (150, 400, 333), (500, 101, 100), (501, 11, 10)],
)
def test_each_queue_is_counted_as_far_as_their_number_allows(
    database: Database, queues: int, each: int, counted: int
) -> None:
    with rolled_back(database.admin):
        names = [f"tenant_{one}" for one in range(queues)]
        add_ready(database.admin, names, range(1, queues * each + 1))
        seen = measure(database.admin)
    assert {one.ready for one in seen.queues} == {counted}
    assert {one.ready_is_at_least for one in seen.queues} == {each > counted}


def test_a_few_jobs_in_many_queues_are_all_counted(database: Database) -> None:
    with rolled_back(database.admin):
        add_ready(database.admin, [f"tenant_{one}" for one in range(150)], range(1, 301))
        add_ready(database.admin, ["default"], range(301, 481))
        seen = depths(measure(database.admin))
    assert (seen["default"].jobs, seen["tenant_7"].jobs) == (180, 2)


def test_of_a_thousand_queues_each_is_named_with_its_oldest_wait(database: Database) -> None:
    with rolled_back(database.admin):
        # The oldest rows are all of one queue, so that each other one has to be looked up.
        add_ready(database.admin, ["tenant_0"], range(1, 3_001))
        names = [f"tenant_{one}" for one in range(1, 1_000)]
        add_ready(database.admin, names, range(3_001, 3_001 + 2 * 999), priority=3)
        add_ready(database.admin, ["tenant_5"], range(10_000, 10_003), priority=1)
        seen = measure(database.admin)
        oldest = dict(
            database.admin.execute(
                f"SELECT queue_name, extract(epoch FROM {NOW} - min(created_at))::float"
                " FROM solid_queue_ready_executions GROUP BY 1"
            ).fetchall()
        )
    assert {one.name: one.oldest_wait_seconds for one in seen.queues} == oldest
