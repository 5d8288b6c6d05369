"""Whether the database's schema is what the deployed code expects, and at rest."""

from ops_common.answers.system import Migrations
from probe_deployment.cause import Cause
from probe_deployment.context import Context
from probe_deployment.finding import Finding, Status


def check(context: Context) -> Finding:
    """No migration runs; every schema is at the same version, and at the expected one if given.

    Solid Queue's own database, if it has one, has versions of its own.
    """
    finding = judge(_ask(context), context.request.expected_schema_version)
    queue = context.settings.queue_database_name
    if not queue or finding.status is Status.FAIL:
        return finding
    of_queue = judge(_ask(context, queue), None)
    return of_queue if of_queue.status is Status.FAIL else finding


def _ask(context: Context, database: str = "") -> Migrations:
    return Migrations.from_json(context.ask("migrations", database))


def judge(answer: Migrations, expected: str | None) -> Finding:
    """What the migration lock and the schema versions amount to."""
    rule = f"version {expected}, no migration running" if expected else "no migration running"
    versions = answer.versions
    if answer.running:
        return Finding.failed(
            "a migration is running (Rails' advisory lock is held)",
            rule,
            "wait for it; if it hangs, find its session by pg_locks (locktype advisory) and see"
            " what it waits for",
            cause=Cause.MIGRATING,
        )
    if not versions:
        return Finding.skipped("no table schema_migrations: not a Rails database")
    observed = ", ".join(f"{schema} {version or 'empty'}" for schema, version in versions.items())
    if len(set(versions.values())) > 1:
        return _failed(observed, f"{rule}, one version in all schemas")
    if expected and set(versions.values()) != {expected}:
        return _failed(observed, rule)
    return Finding.passed(observed, rule)


def _failed(observed: str, expected: str) -> Finding:
    return Finding.failed(
        observed,
        expected,
        "the migration did not run or failed half-way: read the web service's log for"
        " db:migrate, then deploy again",
        cause=Cause.SCHEMA_VERSION,
    )
