"""The handler with two services, on rows of a real PostgreSQL: one measurement, two counts."""

from collections.abc import Callable
from typing import Any

import pytest

from local.ecs import EcsStandIn
from local.lambda_endpoint import Context, LambdaEndpoint
from local.moto_aws import MotoAws
from scale_workers import app
from scale_workers.login import LoginCache
from tests.conftest import Database

WORKERS, BULK = "jiki-api-solid-queue", "jiki-api-bulk"
NOW = "now() AT TIME ZONE 'UTC'"


@pytest.fixture
def tick(
    aws: MotoAws,
    ecs: EcsStandIn,
    lambda_endpoint: LambdaEndpoint,
    lambda_context: Context,
    event: Callable[[str], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[], dict[str, Any]]:
    ecs.create_service(BULK, 1, "1")
    monkeypatch.setenv("WORKER_SERVICES", f"{WORKERS},{BULK}")
    monkeypatch.setenv("SCALING_POLICIES", f"{BULK}: max=3 latency=metric")
    monkeypatch.setattr(app, "login_cache", LoginCache())
    return lambda: app.handler(event("scale_workers/tick"), lambda_context)


def work(database: Database, ecs: EcsStandIn, **jobs: int) -> None:
    """A worker in each task, bulk's for `bulk` alone; so many jobs ready by queue."""
    for service, queues in ((WORKERS, "*"), (BULK, "bulk")):
        for task in ecs.running_tasks(service):
            database.admin.execute(
                "INSERT INTO solid_queue_processes (kind, last_heartbeat_at, pid, hostname,"
                f" metadata, name, created_at) VALUES ('Worker', {NOW}, 1, %s, %s, %s, {NOW})",
                (task.host_name, f'{{"queues":"{queues}","thread_pool_size":3}}', task.id),
            )
    for queue, count in jobs.items():
        database.admin.execute(
            "WITH jobs AS (INSERT INTO solid_queue_jobs (queue_name, class_name, created_at,"
            f" updated_at) SELECT %s, 'Job', {NOW}, {NOW} FROM generate_series(1, %s) RETURNING *)"
            " INSERT INTO solid_queue_ready_executions (job_id, queue_name, created_at)"
            " SELECT id, queue_name, created_at FROM jobs",
            (queue, count),
        )


def test_each_service_is_scaled_for_its_own_jobs_on_one_measurement(
    tick: Callable[[], dict[str, Any]],
    database: Database,
    ecs: EcsStandIn,
    lambda_endpoint: LambdaEndpoint,
    capfd: pytest.CaptureFixture[str],
) -> None:
    work(database, ecs, bulk=2000)
    answer = tick()
    assert len(lambda_endpoint.invocations) == 1
    (other,) = answer["others"]
    assert (ecs.service(WORKERS).desired, answer["desired"]) == (1, 1)
    assert (ecs.service(BULK).desired, other["desired"]) == (3, 3)
    out = capfd.readouterr().out
    # The queue's own metrics once; that of a pool where it was asked for.
    assert out.count('"QueueLatency":[') == 1
    assert out.count('"PoolLatency":[') == 1
    assert '"pool":"bulk"' in out


def test_a_service_at_none_takes_what_its_workers_took_when_it_had_some(
    tick: Callable[[], dict[str, Any]], database: Database, ecs: EcsStandIn
) -> None:
    work(database, ecs)
    tick()
    ecs.service(BULK).desired = 0
    ecs.advance(120)
    database.admin.execute(
        "DELETE FROM solid_queue_processes WHERE metadata LIKE %s", ('%"bulk"%',)
    )
    work(database, ecs, bulk=600)
    tick()
    assert ecs.service(BULK).desired == 3
    assert ecs.service(WORKERS).desired == 1
