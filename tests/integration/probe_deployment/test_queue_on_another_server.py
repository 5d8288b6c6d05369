"""The checks of the queue where its tables are on a server of their own, by a URL in the secret."""

import json
import zlib
from typing import Any

import psycopg
import pytest

from local.moto_aws import SECRET
from tests.integration.probe_deployment.conftest import System
from tests.integration.query_database.queue_rows import READY, add_jobs, add_process

QUEUE = ("solid_queue", "queue_health")


def failed(checks: dict[str, Any]) -> set[str]:
    return {name for name, check in checks.items() if check["status"] == "fail"}


def test_the_other_server_is_asked(
    system: System, queue_elsewhere: psycopg.Connection[Any]
) -> None:
    # GIVEN workers with a heartbeat in the app's database, where nobody asks for them
    assert system.checks()["solid_queue"]["cause"] == "no_heartbeat"

    add_process(queue_elsewhere, "worker-1")
    add_process(queue_elsewhere, "worker-1", kind="Dispatcher")
    add_jobs(queue_elsewhere, "default", 700, into=READY)
    checks = system.checks()

    assert checks["solid_queue"]["status"] == "pass"
    assert checks["queue_health"]["cause"] == "late"


def test_a_migration_there_is_found(
    system: System, queue_elsewhere: psycopg.Connection[Any]
) -> None:
    lock = 2053462845 * zlib.crc32(queue_elsewhere.info.dbname.encode())
    queue_elsewhere.execute("SELECT pg_advisory_lock(%s)", [lock])

    assert system.checks()["migrations"]["cause"] == "migrating"


def test_the_app_s_server_says_nothing_about_the_queue_s(
    system: System, queue_elsewhere: psycopg.Connection[Any]
) -> None:
    add_process(queue_elsewhere, "worker-1")
    add_process(queue_elsewhere, "worker-1", kind="Dispatcher")
    system.database.server.set_password("jiki", "another")

    checks = system.checks()

    assert checks["database_login"]["status"] == "fail"
    assert {checks[name]["status"] for name in QUEUE} == {"pass"}


@pytest.mark.parametrize("url", ["postgres://shop_jobs:wrong@{place}", "postgres://{place}", ""])
def test_a_queue_that_can_t_be_asked_fails_though_the_app_s_login_passes(
    system: System, queue_elsewhere: psycopg.Connection[Any], url: str
) -> None:
    content = system.aws.secret()
    place = content["QUEUE_DATABASE_URL"].partition("@")[2]
    content["QUEUE_DATABASE_URL"] = url.format(place=place)
    system.aws.client("secretsmanager").put_secret_value(
        SecretId=SECRET, SecretString=json.dumps(content)
    )

    checks = system.checks()

    assert checks["database_login"]["status"] == "pass"
    assert failed(checks) >= set(QUEUE)
