"""What the probes ask, on real servers."""

import zlib
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from local.lambda_endpoint import Context
from local.solid_queue import protocol
from query_database.app import handler
from tests.conftest import Database
from tests.integration.query_database.queue_rows import FAILED, READY, add_jobs

pytestmark = pytest.mark.every_postgres

type Ask = Callable[[str], dict[str, Any]]
LOCK = 2053462845 * zlib.crc32(b"jiki_production")


@pytest.fixture
def ask(database: Database, lambda_context: Context) -> Ask:
    def ask(request: str) -> dict[str, Any]:
        event = {"request": request, "login": database.login.as_json()}
        answer: dict[str, Any] = handler(event, lambda_context)
        return answer

    return ask


def register(database: Database, kind: str, **options: Any) -> int:
    return protocol.register(
        database.admin, kind, f"{kind}-1", pid=1, hostname="ip-10-1-0-9", metadata={}, **options
    )


def test_counts_connections_against_the_limit_less_what_is_reserved(
    database: Database, ask: Ask
) -> None:
    before = ask("connection_usage")["answer"]
    with psycopg.connect(
        database.admin.info.dsn, password=database.admin.info.password, application_name="puma"
    ):
        after = ask("connection_usage")["answer"]
    assert after["used"] == before["used"] + 1
    assert after["by_application"]["puma"] == 1
    assert after["max_connections"] > after["reserved"] >= 3


def test_shows_processes_with_their_heartbeat_and_claims(database: Database, ask: Ask) -> None:
    worker = register(database, "Worker")
    register(database, "Dispatcher")
    database.admin.execute(
        "UPDATE solid_queue_processes SET last_heartbeat_at = last_heartbeat_at - interval '9 min'"
        " WHERE id = %s",
        [worker],
    )
    answer = ask("queue_processes")["answer"]
    dispatcher, dead = answer["processes"]
    assert (dispatcher["kind"], dead["kind"]) == ("Dispatcher", "Worker")
    assert dispatcher["hostname"] == "ip-10-1-0-9"
    assert dead["heartbeat_age_seconds"] >= 540 > dispatcher["heartbeat_age_seconds"]
    assert answer["orphaned_claims"] == 0


def test_knows_where_solid_queue_s_tables_are_missing(database: Database, ask: Ask) -> None:
    database.admin.execute("DROP TABLE solid_queue_processes CASCADE")
    error = ask("queue_processes")["error"]
    assert (error["kind"], error["sqlstate"]) == ("queue_tables_missing", "42P01")


def test_knows_rails_migration_lock_from_another_advisory_lock(
    database: Database, ask: Ask
) -> None:
    assert ask("migrations")["answer"] == {"running": False, "versions": {}}
    database.admin.execute("SELECT pg_advisory_lock(%s)", [LOCK + 1])
    assert not ask("migrations")["answer"]["running"]
    database.admin.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    assert ask("migrations")["answer"]["running"]


def test_gives_the_newest_version_of_each_schema(database: Database, ask: Ask) -> None:
    for schema, versions in {
        "public": ["9", "20260114103000"],
        "tenant": ["20250101000000"],
    }.items():
        database.admin.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
        database.admin.execute(f'CREATE TABLE "{schema}".schema_migrations (version varchar)')
        database.admin.execute(f'GRANT USAGE ON SCHEMA "{schema}" TO PUBLIC')
        database.admin.execute(f'GRANT SELECT ON "{schema}".schema_migrations TO PUBLIC')
        for version in versions:
            database.admin.execute(
                f'INSERT INTO "{schema}".schema_migrations VALUES (%s)', [version]
            )
    assert ask("migrations")["answer"]["versions"] == {
        "public": "20260114103000",
        "tenant": "20250101000000",
    }


def test_shows_whether_a_queue_is_worked_on_since_a_moment(
    database: Database, lambda_context: Context
) -> None:
    def health(since: str) -> Any:
        event = {"request": "queue_health", "login": database.login.as_json(), "since": since}
        return handler(event, lambda_context)

    since = database.admin.execute("SELECT now() - interval '5 min'").fetchone()
    assert since is not None
    nothing = health(since[0].isoformat())["answer"]
    assert nothing == {
        "failed_before": 0,
        "failed_since": 0,
        "oldest_wait_seconds": None,
        "last_claim": None,
        "last_finish": None,
    }
    add_jobs(database.admin, "default", 3, into=FAILED)
    add_jobs(database.admin, "paused", 9, into=READY)
    add_jobs(database.admin, "default", 2, into=READY, finished="NULL")
    add_jobs(database.admin, "default", 1, finished="now() AT TIME ZONE 'UTC'")
    database.admin.execute(
        "UPDATE solid_queue_failed_executions SET created_at = created_at - interval '7 min'"
        " WHERE id = (SELECT min(id) FROM solid_queue_failed_executions)"
    )
    database.admin.execute(
        "INSERT INTO solid_queue_pauses (queue_name, created_at) VALUES ('paused', now())"
    )
    found = health(since[0].isoformat())["answer"]
    assert (found["failed_before"], found["failed_since"]) == (1, 2)
    assert 1 <= found["oldest_wait_seconds"] < 5
    assert found["last_claim"] is None
    assert found["last_finish"] > since[0].isoformat()
    assert health("yesterday")["error"]["field"] == "since"


def test_a_job_that_waits_behind_a_paused_queue_s_thousands_is_seen(
    database: Database, lambda_context: Context
) -> None:
    add_jobs(database.admin, "paused", 1_200, into=READY)
    add_jobs(database.admin, "default", 90, into=READY)
    database.admin.execute(
        "INSERT INTO solid_queue_pauses (queue_name, created_at) VALUES ('paused', now())"
    )
    since = "2026-01-31T09:00:00Z"
    event = {"request": "queue_health", "login": database.login.as_json(), "since": since}
    answer = handler(event, lambda_context)["answer"]
    assert 89 <= answer["oldest_wait_seconds"] < 95
