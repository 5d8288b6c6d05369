"""The handler where Solid Queue's tables are on a server of their own, by a URL in the secret."""

import json
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from local.ecs import EcsStandIn
from local.lambda_endpoint import Context, LambdaEndpoint
from local.moto_aws import SECRET, MotoAws
from ops_common.database_cause import DatabaseCause
from scale_workers import app
from scale_workers.login import LoginCache
from tests.conftest import Database
from tests.integration.query_database.queue_rows import READY, add_jobs, add_process

WORKERS = "jiki-api-solid-queue"


@pytest.fixture
def tick(
    aws: MotoAws,
    database: Database,
    ecs: EcsStandIn,
    queue_elsewhere: psycopg.Connection[Any],
    lambda_endpoint: LambdaEndpoint,
    lambda_context: Context,
    event: Callable[[str], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[], dict[str, Any]]:
    """One tick; the app's own database has no table of Solid Queue."""
    database.admin.execute(
        "DROP TABLE solid_queue_jobs, solid_queue_processes, solid_queue_pauses,"
        " solid_queue_semaphores, solid_queue_recurring_tasks CASCADE"
    )
    for task in ecs.running_tasks(WORKERS):
        add_process(queue_elsewhere, task.host_name)
    monkeypatch.setattr(app, "login_cache", LoginCache())
    return lambda: app.handler(event("scale_workers/tick"), lambda_context)


def test_the_other_server_s_jobs_are_measured_and_scaled_for(
    tick: Callable[[], dict[str, Any]], ecs: EcsStandIn, queue_elsewhere: psycopg.Connection[Any]
) -> None:
    add_jobs(queue_elsewhere, "default", 2000, into=READY)

    answer = tick()

    assert answer["ready"] == 500  # it counts no further
    assert answer["desired"] == ecs.service(WORKERS).desired > 1


def test_a_rotation_of_the_app_s_password_is_nothing_to_the_queue(
    tick: Callable[[], dict[str, Any]], database: Database
) -> None:
    assert tick()["measured"]
    database.server.set_password("jiki", "rotated")
    app.login_cache.login = None

    assert tick()["measured"]


def test_a_new_password_of_the_queue_s_user_is_read_in_the_same_tick(
    tick: Callable[[], dict[str, Any]], aws: MotoAws, queue_elsewhere: psycopg.Connection[Any]
) -> None:
    assert tick()["measured"]
    queue_elsewhere.execute("ALTER ROLE shop_jobs PASSWORD 'by-hand'")

    refused = tick()

    assert (refused["measured"], refused["cause"]) == (False, DatabaseCause.PASSWORD)
    content = aws.secret()
    url = content["QUEUE_DATABASE_URL"].partition("@")[2]
    content["QUEUE_DATABASE_URL"] = f"postgres://shop_jobs:by-hand@{url}"
    aws.client("secretsmanager").put_secret_value(SecretId=SECRET, SecretString=json.dumps(content))
    assert tick()["measured"]
