"""What counts as waiting, due, stuck or done: rows as Solid Queue 1.0 to 1.5 leaves them."""

import pytest

from tests.conftest import Database
from tests.integration.query_database.queue_rows import (
    BLOCKED,
    FAILED,
    NOW,
    READY,
    Connection,
    add_jobs,
    add_process,
    claimed,
    measure,
    pause,
    rolled_back,
    scheduled,
)

MAINTAINS = '{"polling_interval":1,"batch_size":500,"concurrency_maintenance_interval":600}'
DISPATCHES_ALONE = '{"polling_interval":1,"batch_size":500}'
"""What a dispatcher writes that was given `concurrency_maintenance: false`."""


def lapse(connection: Connection, seconds: int = 5) -> None:
    connection.execute(
        f"UPDATE solid_queue_blocked_executions SET expires_at = {NOW} - %s * interval '1 s'",
        (seconds,),
    )


def test_a_paused_queue_s_jobs_neither_wait_nor_come_due(database: Database) -> None:
    with rolled_back(database.admin):
        pause(database.admin, "imports")
        add_jobs(database.admin, "imports", 40, into=READY)
        add_jobs(database.admin, "imports", 2, into=scheduled(-5))
        add_jobs(database.admin, "imports", 2, into=scheduled(5))
        seen = measure(database.admin)
    assert (seen.ready, seen.oldest_wait_seconds) == (0, 0.0)
    assert (seen.due_scheduled, seen.soon_due_scheduled) == (0, 0)


def test_a_pause_is_of_one_name_and_of_no_prefix(database: Database) -> None:
    with rolled_back(database.admin):
        pause(database.admin, "staging*")
        add_jobs(database.admin, "staging_eu", 3, into=READY)
        assert measure(database.admin).ready == 3


def test_blocked_and_failed_jobs_do_not_wait(database: Database) -> None:
    with rolled_back(database.admin):
        add_jobs(database.admin, "default", 4, into=BLOCKED)
        add_jobs(database.admin, "default", 3, into=FAILED)
        seen = measure(database.admin)
    assert (seen.ready, seen.blocked, seen.failed, seen.in_flight) == (0, 4, 3, 0)


@pytest.mark.parametrize(("dispatchers", "missing"), [(1, 0), (0, 6)])
def test_due_jobs_are_moved_by_any_dispatcher(
    database: Database, dispatchers: int, missing: int
) -> None:
    with rolled_back(database.admin):
        for _ in range(dispatchers):
            add_process(database.admin, "ip-1", kind="Dispatcher", more=DISPATCHES_ALONE)
        add_jobs(database.admin, "default", 6, into=scheduled(-5))
        seen = measure(database.admin)
    assert (seen.due_scheduled, seen.due_jobs_whose_dispatcher_is_missing) == (6, missing)


@pytest.mark.parametrize(
    ("dispatchers", "stuck"),
    [
        ([MAINTAINS], 0),
        ([], 4),
        ([DISPATCHES_ALONE], 4),
        ([DISPATCHES_ALONE, MAINTAINS], 0),
        ([DISPATCHES_ALONE, DISPATCHES_ALONE], 4),
    ],
)
def test_lapsed_jobs_are_let_through_by_a_dispatcher_that_maintains_the_limits(
    database: Database, dispatchers: list[str], stuck: int
) -> None:
    with rolled_back(database.admin):
        for metadata in dispatchers:
            add_process(database.admin, "ip-1", kind="Dispatcher", more=metadata)
        add_jobs(database.admin, "default", 4, into=BLOCKED)
        lapse(database.admin)
        seen = measure(database.admin)
    assert seen.dispatchers == len(dispatchers)
    assert seen.blocked_jobs_whose_dispatcher_is_missing == stuck


@pytest.mark.parametrize("into", [READY, claimed(None)], ids=["ready", "running"])
def test_a_live_job_of_the_key_lets_the_next_one_through(database: Database, into: str) -> None:
    with rolled_back(database.admin):
        add_jobs(database.admin, "default", 4, into=BLOCKED)
        lapse(database.admin)
        add_jobs(database.admin, "default", 1, into=into)
        database.admin.execute("UPDATE solid_queue_jobs SET concurrency_key = 'k'")
        assert measure(database.admin).blocked_jobs_whose_dispatcher_is_missing == 0


def test_finished_jobs_that_are_not_kept_are_unknown_and_not_none(database: Database) -> None:
    with rolled_back(database.admin):
        add_jobs(database.admin, "default", 3, into=READY)
        assert measure(database.admin).completed is None


def test_finished_jobs_are_known_until_they_are_cleared(database: Database) -> None:
    with rolled_back(database.admin):
        add_jobs(database.admin, "default", 3, finished=f"{NOW} - interval '23 hours'")
        seen = measure(database.admin)
    assert seen.completed is not None
    assert [one.jobs for one in seen.completed] == [0, 0]


def test_claims_of_a_process_without_a_row_are_nobody_s(database: Database) -> None:
    with rolled_back(database.admin):
        worker = add_process(database.admin, "ip-1")
        add_jobs(database.admin, "default", 2, into=claimed(worker))
        add_jobs(database.admin, "default", 3, into=claimed(worker + 9))
        add_jobs(database.admin, "default", 1, into=claimed(None))
        seen = measure(database.admin)
    assert (seen.in_flight, seen.orphaned_claims) == (6, 4)
    assert [one.in_flight for one in seen.workers] == [2]


@pytest.mark.parametrize(
    ("static", "runs", "soon"), [(True, [30, 90], 1), (False, [30, 90], 1), (True, [], 0)]
)
def test_static_and_dynamic_recurring_tasks_count_alike(
    database: Database, static: bool, runs: list[int], soon: int
) -> None:
    with rolled_back(database.admin):
        database.admin.execute(
            "INSERT INTO solid_queue_recurring_tasks (key, schedule, static, created_at,"
            f" updated_at) VALUES ('tick', 'every minute', %s, {NOW}, {NOW})",
            (static,),
        )
        for age in runs:
            add_jobs(
                database.admin,
                "default",
                1,
                into=" INSERT INTO solid_queue_recurring_executions (job_id, task_key, run_at,"
                f" created_at) SELECT id, 'tick', {NOW} - interval '{age} s', {NOW} FROM jobs",
            )
        seen = measure(database.admin)
    assert (seen.recurring_tasks, seen.recurring_soon) == (1, soon)
