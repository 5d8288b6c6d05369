"""Tables as Solid Queue 0.2 to 0.8 made them, by its own migrations of those versions."""

from collections.abc import Iterator

import pytest

from tests.conftest import Database
from tests.integration.query_database.queue_rows import (
    NOW,
    READY,
    Connection,
    add_jobs,
    measure,
    rolled_back,
)

NO_NAMES = "ALTER TABLE solid_queue_processes DROP COLUMN name"
NO_TASKS = f"DROP TABLE solid_queue_recurring_tasks; {NO_NAMES}"
TABLES = {
    "0.2": f"DROP TABLE solid_queue_recurring_executions; {NO_TASKS}",
    "0.3": NO_TASKS,
    "0.5": NO_NAMES,
}
WORKER = '{"polling_interval":0.1,"queues":"*","thread_pool_size":3}'
BATCHES = '"polling_interval":1,"batch_size":500'
DISPATCHERS = {
    "0.2": f"{{{BATCHES}}}",
    "0.3": f'{{{BATCHES},"concurrency_maintenance_interval":600,"recurring_schedule":'
    '{"beat":{"schedule":"every minute","class_name":"Beat"}}}',
    "0.5": f'{{{BATCHES},"concurrency_maintenance_interval":600,"recurring_schedule":["beat"]}}',
}
"""What a dispatcher wrote of itself; from 0.3 to 0.8 it fired the recurring tasks, too."""


@pytest.fixture(params=TABLES)
def gem(request: pytest.FixtureRequest, database: Database) -> Iterator[str]:
    with rolled_back(database.admin):
        database.admin.execute(TABLES[request.param])
        yield request.param


def add_process(connection: Connection, kind: str, metadata: str) -> None:
    connection.execute(
        "INSERT INTO solid_queue_processes (kind, last_heartbeat_at, pid, hostname, metadata,"
        f" created_at) VALUES (%s, {NOW}, 1, 'host', %s, {NOW} - interval '1 hour')",
        (kind, metadata),
    )


def test_a_queue_of_any_gem_is_measured(gem: str, database: Database) -> None:
    add_process(database.admin, "Worker", WORKER)
    add_process(database.admin, "Dispatcher", DISPATCHERS[gem])
    add_jobs(database.admin, "default", 4, into=READY)
    found = measure(database.admin)
    assert (found.ready, found.dispatchers) == (4, 1)
    assert [one.threads for one in found.workers] == [3]


def test_a_dispatcher_that_fires_recurring_tasks_is_their_scheduler(
    gem: str, database: Database
) -> None:
    add_process(database.admin, "Dispatcher", DISPATCHERS[gem])
    if gem == "0.5":
        database.admin.execute(
            "INSERT INTO solid_queue_recurring_tasks (key, schedule, created_at, updated_at)"
            f" VALUES ('beat', 'every minute', {NOW}, {NOW})"
        )
    found = measure(database.admin)
    has_tasks = gem != "0.2"
    assert found.scheduler_hosts == ("host",) * has_tasks
    assert (found.recurring_tasks, found.recurring_keys) == (has_tasks, ("beat",) * has_tasks)


def test_any_dispatcher_lets_blocked_jobs_through_whose_limit_has_lapsed(
    gem: str, database: Database
) -> None:
    add_process(database.admin, "Dispatcher", DISPATCHERS[gem])
    lapsed = (
        " INSERT INTO solid_queue_blocked_executions (job_id, queue_name, priority,"
        f" concurrency_key, expires_at, created_at) SELECT id, queue_name, 0, 'k',"
        f" {NOW} - interval '1 minute', {NOW} FROM jobs"
    )
    add_jobs(database.admin, "default", 2, into=lapsed)
    assert measure(database.admin).blocked_jobs_whose_dispatcher_is_missing == 0
