"""The local workers follow Solid Queue's protocol on real tables."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from local.app import AppStandIn
from local.database_login import connect
from local.ecs import EcsStandIn
from local.solid_queue.claims import claim
from local.solid_queue.jobs import counts, enqueue, schedule
from local.solid_queue.workers import Account, WorkerFleet, WorkerSettings, WorkerTask
from ops_common.query_database import Login
from tests.waiting import wait_for

WORKER, WEB = "jiki-api-solid-queue", "jiki-api-web"
FAST = WorkerSettings(
    polling_interval_seconds=0.02, dispatch_interval_seconds=0.05, shutdown_timeout_seconds=0.2
)


@pytest.fixture
def log_in(database: Any) -> Callable[[], Any]:
    return lambda: connect(database.login, database.server.ca_certificate)


@pytest.fixture
def worker(log_in: Callable[[], Any]) -> Iterator[WorkerTask]:
    task = WorkerTask(log_in, "ip-10-1-1-5.eu-west-1.compute.internal", FAST, Account())
    yield task
    task.kill()


def state(database: Any) -> dict[str, int]:
    return counts(database.admin)


def processes(database: Any) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = database.admin.execute(
        "SELECT kind, hostname, metadata::json->>'thread_pool_size' FROM solid_queue_processes"
        " ORDER BY id"
    ).fetchall()
    return rows


def test_does_every_job_once(database: Any, worker: WorkerTask) -> None:
    enqueue(database.admin, 200)
    enqueue(database.admin, 3, fails=True)
    wait_for(lambda: state(database)["finished"] == 200 and state(database)["failed"] == 3)
    assert state(database)["ready"] == state(database)["claimed"] == 0
    assert (worker._account.finished, worker._account.failed) == (200, 3)


def test_registers_with_host_and_metadata(database: Any, worker: WorkerTask) -> None:
    host = "ip-10-1-1-5.eu-west-1.compute.internal"
    assert processes(database) == [
        ("Supervisor(fork)", host, None),
        ("Dispatcher", host, None),
        ("Worker", host, "3"),
    ]


def test_claims_as_many_jobs_as_it_has_threads(database: Any, worker: WorkerTask) -> None:
    enqueue(database.admin, 10, seconds=30)
    wait_for(lambda: state(database)["claimed"] == 3)
    time.sleep(0.1)
    assert state(database)["claimed"] == 3


def test_prefers_the_smaller_priority_number(database: Any, log_in: Callable[[], Any]) -> None:
    enqueue(database.admin, 1, priority=5)
    enqueue(database.admin, 1, priority=1, queue="urgent")
    ((first, _),) = claim(database.admin, 1, 1, ())
    row = database.admin.execute(
        "SELECT queue_name FROM solid_queue_jobs WHERE id = %s", (first,)
    ).fetchone()
    assert row == ("urgent",)


def test_leaves_paused_queues_alone(database: Any, worker: WorkerTask) -> None:
    database.admin.execute(
        "INSERT INTO solid_queue_pauses (queue_name, created_at) VALUES ('mail', now())"
    )
    enqueue(database.admin, 2, queue="mail")
    enqueue(database.admin, 2)
    wait_for(lambda: state(database)["finished"] == 2)
    time.sleep(0.1)
    assert state(database)["ready"] == 2


def test_makes_scheduled_jobs_ready_when_due(database: Any, worker: WorkerTask) -> None:
    schedule(database.admin, 2, in_seconds=0.3)
    schedule(database.admin, 1, in_seconds=60)
    assert state(database)["scheduled"] == 3
    wait_for(lambda: state(database)["finished"] == 2)
    assert state(database)["scheduled"] == 1


def test_two_workers_never_take_the_same_job(database: Any, log_in: Callable[[], Any]) -> None:
    account = Account()
    enqueue(database.admin, 300)
    workers = [WorkerTask(log_in, f"host-{number}", FAST, account) for number in range(3)]
    wait_for(lambda: state(database)["finished"] == 300)
    for worker in workers:
        worker.stop()
    assert account.finished == 300
    assert not account.broken


def test_a_stop_lets_short_jobs_end(database: Any, worker: WorkerTask) -> None:
    enqueue(database.admin, 1, seconds=0.1)
    wait_for(lambda: state(database)["claimed"] == 1)
    worker.stop()
    assert state(database) == {"ready": 0, "scheduled": 0, "claimed": 0, "failed": 0, "finished": 1}
    assert not worker._account.broken
    assert processes(database) == []


def test_a_stop_breaks_a_long_job_and_gives_it_back(database: Any, worker: WorkerTask) -> None:
    enqueue(database.admin, 1, seconds=30)
    wait_for(lambda: state(database)["claimed"] == 1)
    worker.stop()
    assert (state(database)["ready"], state(database)["claimed"]) == (1, 0)
    assert len(worker._account.broken) == 1
    assert processes(database) == []


def test_a_kill_leaves_claims_that_another_supervisor_fails(
    database: Any, worker: WorkerTask, log_in: Callable[[], Any]
) -> None:
    enqueue(database.admin, 1, seconds=30)
    wait_for(lambda: state(database)["claimed"] == 1)
    worker.kill()
    assert state(database)["claimed"] == 1
    assert len(worker._account.broken) == 1
    assert len(processes(database)) == 3
    # WHEN its heartbeats are five minutes old and another task starts
    database.admin.execute(
        "UPDATE solid_queue_processes SET last_heartbeat_at = last_heartbeat_at - interval '6 min'"
    )
    WorkerTask(log_in, "another", FAST, Account()).stop()
    # THEN the job counts as failed
    assert (state(database)["claimed"], state(database)["failed"]) == (0, 1)


def test_a_kill_does_not_wait_for_the_statement_that_it_ends(
    database: Any, worker: WorkerTask
) -> None:
    # GIVEN a claim that waits for a lock
    with database.server.connect(database.address.name) as other, other.transaction():
        other.execute("LOCK TABLE solid_queue_ready_executions")
        waits = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        wait_for(lambda: database.admin.execute(waits).fetchone() is not None)
        # WHEN the task is killed, THEN it is gone before the lock is
        worker.kill()
    assert not worker._poller.is_alive()


def test_goes_on_after_the_database_has_ended_its_session(
    database: Any, worker: WorkerTask
) -> None:
    database.admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'jiki'"
    )
    enqueue(database.admin, 5)
    wait_for(lambda: state(database)["finished"] == 5)


def test_a_service_has_as_many_workers_as_running_tasks(
    database: Any, log_in: Callable[[], Any], ecs: EcsStandIn
) -> None:
    fleet = WorkerFleet(log_in, FAST)
    ecs.run_tasks(WORKER, fleet)
    hosts = {host for _, host, _ in processes(database)}
    assert hosts == {task.host_name for task in ecs.running_tasks(WORKER)}
    ecs.service(WORKER).desired = 3
    ecs.advance(30)
    assert len(fleet.tasks) == 3
    ecs.service(WORKER).desired = 1
    ecs.advance(30)
    assert len(fleet.tasks) == 1
    assert len(processes(database)) == 3
    fleet.close()


def test_a_task_with_a_refused_login_ends_at_once(database: Any, ecs: EcsStandIn) -> None:
    wrong = Login(database.address, "jiki", "another password")
    fleet = WorkerFleet(lambda: connect(wrong, database.server.ca_certificate), FAST)
    ecs.engine.runners[WORKER] = fleet
    ecs.service(WORKER).desired = 2
    ecs.advance(31)
    failed = [task for task in ecs.service(WORKER).tasks if task.stop_code]
    assert failed[0].stop_code == "EssentialContainerExited"
    assert "password authentication failed" in failed[0].stopped_reason


def test_the_app_is_healthy_while_its_own_password_works(
    database: Any, ecs: EcsStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from urllib.error import HTTPError
    from urllib.request import urlopen

    def health() -> int:
        try:
            with urlopen(app.health_check_url, timeout=10) as answer:
                return int(answer.status)
        except HTTPError as error:
            error.close()
            return error.code

    login = [database.login]
    with AppStandIn(lambda: login[0], database.server.ca_certificate).start() as app:
        assert health() == 503  # no task yet
        ecs.run_tasks(WEB, app)
        assert health() == 200
        # WHEN the password is changed, and the new one is where tasks read it
        database.admin.execute("ALTER ROLE jiki PASSWORD 'new'")
        login[0] = Login(database.address, "jiki", "new")
        # THEN running tasks are broken until they are replaced
        assert health() == 503
        ecs._api.answer(
            "UpdateService",
            {"cluster": ecs.cluster, "service": WEB, "forceNewDeployment": True},
        )
        ecs.advance(60)
        assert [health(), health()] == [200, 200]


def test_a_connection_is_refused_without_the_right_ca(database: Any) -> None:
    from local.certificates import Authority

    with pytest.raises(psycopg.OperationalError, match="certificate verify failed"):
        connect(database.login, Authority.create().certificate_base64)
