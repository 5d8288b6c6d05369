from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ops_common.answers.queue import Measurement
from ops_common.query_database import BadRequest, DatabaseTimeout, QueueTablesMissing
from query_database.requests import answer
from query_database.settings import Settings
from tests.conftest import Database
from tests.integration.query_database.queue_rows import (
    BLOCKED,
    FAILED,
    NOW,
    QUEUES,
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


def naive(connection: Connection, statement: str) -> Any:
    row = connection.execute(statement).fetchone()
    assert row is not None
    return row[0]


@dataclass(frozen=True)
class State:
    """What stands in the tables in one example."""

    ready: list[tuple[str, int, int]]
    paused: frozenset[str]
    scheduled: list[tuple[str, int]]
    claims: list[int]
    orphans: int
    finished: list[int]
    failed: int
    blocked: int
    bound: int


STATES = st.builds(
    State,
    ready=st.lists(
        st.tuples(st.sampled_from(QUEUES), st.integers(-2, 5), st.integers(1, 12)), max_size=8
    ),
    paused=st.frozensets(st.sampled_from(QUEUES), max_size=3),
    scheduled=st.lists(st.tuples(st.sampled_from(QUEUES), st.integers(-300, 300)), max_size=15),
    claims=st.lists(st.integers(0, 4), max_size=4),
    orphans=st.integers(0, 2),
    finished=st.lists(st.integers(1, 600), max_size=15),
    failed=st.integers(0, 5),
    blocked=st.integers(0, 5),
    bound=st.integers(1, 60),
)


@pytest.mark.every_postgres
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(STATES)
def test_counts_what_a_naive_count_does(database: Database, state: State) -> None:
    connection = database.admin
    with rolled_back(connection):
        with connection.pipeline():
            fill(connection, state)
        seen = measure(connection, bound=state.bound, look_ahead_seconds=75)
        compare(connection, state, seen)


def fill(connection: Connection, state: State) -> None:
    for queue in state.paused:
        pause(connection, queue)
    for queue, priority, count in state.ready:
        add_jobs(connection, queue, count, priority=priority, into=READY)
    # Ids follow the time of becoming ready, as they do where a sequence gives them.
    connection.execute(
        "UPDATE solid_queue_ready_executions SET created_at ="
        f" {NOW} - ((SELECT max(id) FROM solid_queue_ready_executions) - id) * interval '1 s'"
    )
    for queue, offset in state.scheduled:
        add_jobs(connection, queue, 1, into=scheduled(offset))
    for number, count in enumerate(state.claims):
        process = add_process(connection, f"ip-10-1-0-{number}")
        add_jobs(connection, "default", count, into=claimed(process))
    add_jobs(connection, "default", state.orphans, into=claimed(None))
    for age in state.finished:
        add_jobs(connection, "default", 1, finished=f"{NOW} - interval '{age} s'")
    add_jobs(connection, "default", state.failed, into=FAILED)
    add_jobs(connection, "default", state.blocked, into=BLOCKED)


def compare(connection: Connection, state: State, seen: Measurement) -> None:
    bound = state.bound
    ready = dict(
        connection.execute(
            "SELECT queue_name, count(*) FROM solid_queue_ready_executions GROUP BY 1"
        ).fetchall()
    )
    assert {one.name: one.ready for one in seen.queues} == {
        queue: min(count, bound) for queue, count in ready.items()
    }
    for one in seen.queues:
        assert one.ready_is_at_least == (ready[one.name] > bound)
        assert one.paused == (one.name in state.paused)

    open_queues = "queue_name NOT IN (SELECT queue_name FROM solid_queue_pauses)"
    oldest = naive(
        connection,
        f"SELECT coalesce(extract(epoch FROM max({NOW} - created_at)), 0)::float"
        f" FROM solid_queue_ready_executions WHERE {open_queues}",
    )
    if sum(ready.get(queue, 0) for queue in state.paused) < bound:
        assert seen.oldest_wait_seconds == oldest
    else:
        assert bool(oldest) >= bool(seen.oldest_wait_seconds)
        assert seen.oldest_wait_seconds <= oldest

    due = f"FROM solid_queue_scheduled_executions WHERE {open_queues} AND scheduled_at"
    if len(state.scheduled) <= bound:
        assert seen.due_scheduled == naive(connection, f"SELECT count(*) {due} <= {NOW}")
        assert seen.soon_due_scheduled == naive(
            connection,
            f"SELECT count(*) {due} > {NOW} AND scheduled_at <= {NOW} + interval '75 s'",
        )
    assert seen.next_scheduled_seconds == min(
        (offset for _, offset in state.scheduled if offset > 0), default=None
    )
    assert seen.in_flight == sum(state.claims) + state.orphans
    assert seen.orphaned_claims == state.orphans
    assert [worker.in_flight for worker in seen.workers] == state.claims[::-1]
    assert seen.failed == min(state.failed, bound)
    assert seen.blocked == min(state.blocked, bound)
    if not state.finished:
        assert seen.completed is None
    elif sum(age < 300 for age in state.finished) < bound:
        assert seen.completed is not None
        assert [(one.window_seconds, one.jobs) for one in seen.completed] == [
            (60, sum(age < 60 for age in state.finished)),
            (300, sum(age < 300 for age in state.finished)),
        ]


def test_where_the_bound_is_met_the_completions_say_which_time_they_cover(
    database: Database,
) -> None:
    with rolled_back(database.admin):
        for age in (10, 20, 30, 40, 90, 100):
            add_jobs(database.admin, "default", 1, finished=f"{NOW} - interval '{age} s'")
        in_a_minute = measure(database.admin, bound=3).completed
        later = measure(database.admin, bound=5).completed
    assert in_a_minute is not None
    assert [(one.window_seconds, one.jobs) for one in in_a_minute] == [(30, 3)]
    assert later is not None
    assert [(one.window_seconds, one.jobs) for one in later] == [(60, 4), (90, 5)]


def test_the_median_wait_is_that_of_the_row_in_the_middle(database: Database) -> None:
    with rolled_back(database.admin):
        # A second apart, the last one now.
        add_jobs(database.admin, "default", 101, into=READY)
        seen = measure(database.admin)
        assert seen.oldest_wait_seconds == pytest.approx(100, abs=1)
        assert seen.median_wait_seconds == pytest.approx(50, abs=1.5)


def test_sequences_show_how_many_jobs_ever_came_and_started(database: Database) -> None:
    connection = database.admin
    assert measure(connection).arrived_total == 0
    add_jobs(connection, "default", 7, into=READY)
    connection.execute("DELETE FROM solid_queue_ready_executions")
    add_jobs(connection, "default", 2, into=claimed(None))
    seen = measure(connection)
    assert (seen.enqueued_total, seen.started_total) == (7, 2)
    # Five that neither started nor wait were rolled back, or thrown away.
    assert seen.arrived_total == 2
    assert seen.ready == 0


def test_separates_dead_from_live_processes_and_reads_what_they_say(database: Database) -> None:
    connection = database.admin
    with rolled_back(connection):
        live = add_process(connection, "ip-10-1-0-1.eu-west-1.compute.internal", age=65)
        add_process(connection, "ip-10-1-0-1", kind="Dispatcher")
        odd = add_process(connection, "ip-10-1-0-2", more="not JSON")
        dead = add_process(connection, "ip-10-1-0-3", age=75)
        add_process(connection, "ip-10-1-0-3", kind="Supervisor(fork)", age=301)
        for process, count in ((live, 2), (odd, 1), (dead, 3)):
            add_jobs(connection, "default", count, into=claimed(process))
        # Nobody claims a job after its end.
        connection.execute(
            f"UPDATE solid_queue_claimed_executions SET created_at = {NOW} - interval '80 s'"
            " WHERE process_id = %s",
            (dead,),
        )
        seen = measure(connection)
    odd_worker, live_worker = seen.workers
    assert (live_worker.threads, live_worker.queues) == (3, ("default", "mail*"))
    assert live_worker.in_flight == 2
    assert (odd_worker.threads, odd_worker.queues, odd_worker.in_flight) == (0, (), 1)
    assert [(one.hostname, one.in_flight) for one in seen.dead_workers] == [("ip-10-1-0-3", 3)]
    assert seen.dead_processes == 2
    assert seen.in_flight == 6


def test_a_recurring_task_is_expected_as_long_after_its_last_run_as_that_was_after_the_one_before(
    database: Database,
) -> None:
    connection = database.admin
    with rolled_back(connection):
        # An hourly one that fires in 30 s, one that fires in half an hour, one seen once only.
        for key, runs in (("soon", (3570, 7170)), ("later", (1800, 5400)), ("once", (3570,))):
            connection.execute(
                "INSERT INTO solid_queue_recurring_tasks (key, schedule, created_at, updated_at)"
                f" VALUES (%s, 'every hour', {NOW}, {NOW})",
                (key,),
            )
            for age in runs:
                add_jobs(
                    connection,
                    "default",
                    1,
                    into=" INSERT INTO solid_queue_recurring_executions (job_id, task_key, run_at,"
                    f" created_at) SELECT id, '{key}', {NOW} - interval '{age} s', {NOW} FROM jobs",
                )
        seen = measure(connection, look_ahead_seconds=75)
    assert (seen.recurring_tasks, seen.recurring_soon) == (3, 1)


def test_takes_access_share_locks_only(database: Database) -> None:
    with rolled_back(database.admin):
        measure(database.admin)
        modes = database.admin.execute(
            "SELECT DISTINCT mode FROM pg_locks JOIN pg_class ON pg_class.oid = relation"
            " WHERE pid = pg_backend_pid() AND relname LIKE 'solid_queue%'"
        ).fetchall()
    assert modes == [("AccessShareLock",)]


def test_is_not_held_up_by_workers_that_lock_rows(database: Database) -> None:
    add_jobs(database.admin, "default", 3, into=READY)
    with database.server.connect(database.address.name) as other, other.transaction():
        other.execute("SELECT * FROM solid_queue_ready_executions FOR UPDATE")
        assert measure(database.admin).ready == 3


def test_a_migration_that_locks_a_table_ends_the_measurement_after_a_second(
    database: Database,
) -> None:
    event = {"request": "measure_queue", "login": database.login.as_json()}
    with database.server.connect(database.address.name) as other, other.transaction():
        other.execute("LOCK TABLE solid_queue_jobs IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(DatabaseTimeout):
            answer(event, Settings.from_env())


@pytest.mark.every_postgres
def test_the_app_s_own_login_may_ask_it_over_tls(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_jobs(database.admin, "default", 3, into=READY)
    event = {"request": "measure_queue", "login": database.login.as_json()}
    seen = Measurement.from_json(answer(event, Settings.from_env()))
    assert seen.ready == 3
    assert seen.arrived_total is not None
    assert seen.max_connections > 0


def test_knows_where_a_table_is_missing(database: Database) -> None:
    database.admin.execute("DROP TABLE solid_queue_pauses")
    with pytest.raises(QueueTablesMissing) as caught:
        measure(database.admin)
    assert caught.value.sqlstate == "42P01"


def test_refuses_a_bound_that_would_count_for_long(database: Database) -> None:
    with pytest.raises(BadRequest) as caught:
        measure(database.admin, bound=1_000_000)
    assert caught.value.field == "bound"
