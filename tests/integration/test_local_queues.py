"""The local workers read their lists of queues, and lose workers, as the real gem does."""

import time
from collections.abc import Callable, Iterator
from copy import replace
from typing import Any

import pytest

from local.database_login import connect
from local.solid_queue.claims import claim
from local.solid_queue.jobs import counts, enqueue
from local.solid_queue.workers import Account, WorkerSettings, WorkerTask
from query_database.fields import Fields
from query_database.queue import measure_queue
from scale_workers.policy.queues import idle_beside
from tests.waiting import wait_for

FAST = WorkerSettings(polling_interval_seconds=0.02, shutdown_timeout_seconds=0.2)
PASS_TIME = """
    UPDATE solid_queue_processes SET created_at = created_at - interval '20 s',
        last_heartbeat_at = last_heartbeat_at - interval '20 s'
"""
HOST = "ip-10-1-1-5.eu-west-1.compute.internal"


@pytest.fixture
def start(database: Any) -> Iterator[Callable[..., WorkerTask]]:
    tasks = []

    def started(**settings: Any) -> WorkerTask:
        def log_in() -> Any:
            return connect(database.login, database.server.ca_certificate)

        tasks.append(WorkerTask(log_in, HOST, replace(FAST, **settings), Account()))
        return tasks[-1]

    yield started
    for task in tasks:
        task.kill()


def taken(database: Any, queues: tuple[str, ...], limit: int = 100) -> list[str]:
    """Queues of the claimed jobs, in the order in which they were claimed."""
    ids = [job_id for job_id, _ in claim(database.admin, 1, limit, queues)]
    rows = database.admin.execute("SELECT id, queue_name FROM solid_queue_jobs").fetchall()
    names = dict(rows)
    return list(dict.fromkeys(names[job_id] for job_id in ids))


@pytest.mark.parametrize(
    ("queues", "order"),
    [
        ((), ["mail", "real_time", "real_time_eu", "realtime"]),
        (("*",), ["mail", "real_time", "real_time_eu", "realtime"]),
        (("real_time*",), ["real_time", "real_time_eu"]),
        (("real_time_eu", "real_time*"), ["real_time_eu", "real_time"]),
        (("realtime", "mail"), ["realtime", "mail"]),
        (("mail", "realtime"), ["mail", "realtime"]),
        (("mail,realtime",), []),
        (("real*time",), []),
        (("mai",), []),
    ],
)
def test_a_list_is_read_as_by_solid_queue(
    database: Any, queues: tuple[str, ...], order: list[str]
) -> None:
    for priority, queue in enumerate(("mail", "real_time", "real_time_eu", "realtime")):
        enqueue(database.admin, 2, queue=queue, priority=priority)
    assert taken(database, queues) == order


def test_a_lists_order_goes_before_priorities(database: Any) -> None:
    enqueue(database.admin, 2, queue="low", priority=0)
    enqueue(database.admin, 2, queue="high", priority=9)
    assert taken(database, ("high", "low"), limit=2) == ["high"]
    assert taken(database, ("low", "high")) == ["low"]


def test_a_paused_queue_is_left_alone_by_every_kind_of_list(database: Any) -> None:
    database.admin.execute(
        "INSERT INTO solid_queue_pauses (queue_name, created_at) VALUES ('mail', now())"
    )
    enqueue(database.admin, 1, queue="mail")
    enqueue(database.admin, 1, queue="other")
    assert taken(database, ("mail", "mai*")) == []
    assert taken(database, ("*",)) == ["other"]


def test_a_killed_worker_is_replaced_and_leaves_its_row(
    database: Any, start: Callable[..., WorkerTask]
) -> None:
    task = start()
    enqueue(database.admin, 3, seconds=30)
    wait_for(lambda: counts(database.admin)["claimed"] == 3)
    # WHEN its worker is killed twice, WHILE it runs three jobs
    for _ in range(2):
        database.admin.execute(PASS_TIME)
        task.kill_worker()
    # THEN the supervisor fails the jobs and starts another, and the rows of the dead stay
    assert counts(database.admin)["claimed"] == 0
    assert counts(database.admin)["failed"] == 3
    seen = measure_queue(database.admin, Fields({}))
    assert len(seen.workers) == 1
    assert [worker.replaced for worker in seen.dead_workers] == [True, True]
    # AND the new one works
    enqueue(database.admin, 5)
    wait_for(lambda: counts(database.admin)["finished"] == 5)
    # WHEN the task ends in good order, THEN the rows of the dead go with it
    task.stop()
    (rows,) = database.admin.execute("SELECT count(*) FROM solid_queue_processes").fetchone()
    assert rows == 0


def test_a_list_as_one_text_shows_by_idle_threads_alone(
    database: Any, start: Callable[..., WorkerTask]
) -> None:
    start(queues=("low,mail",))
    enqueue(database.admin, 3, queue="low", age_seconds=120)
    time.sleep(0.3)
    seen = measure_queue(database.admin, Fields({}))
    assert counts(database.admin)["ready"] == 3
    assert [worker.queues for worker in seen.workers] == [("low", "mail")]
    assert idle_beside(seen) == ("low",)
    # A queue that really has that odd name is served.
    enqueue(database.admin, 2, queue="low,mail")
    wait_for(lambda: counts(database.admin)["finished"] == 2)
