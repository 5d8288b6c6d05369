"""What the probes ask: connections, Solid Queue's processes, migrations."""

import zlib

from psycopg import sql
from psycopg.rows import dict_row

from ops_common.answers.system import (
    ConnectionUsage,
    Migrations,
    QueueProcess,
    QueueProcesses,
)
from query_database.fields import Connection, Fields
from query_database.processes import PROCESS_ALIVE_SECONDS
from query_database.queue_tables import solid_queue

MAX_PROCESSES = 500
MAX_SCHEMAS = 100
MAX_APPLICATIONS = 20
# ActiveRecord::Migrator::MIGRATOR_SALT (Rails 8): the lock's key is this times the CRC-32 of the
# database's name.
MIGRATOR_SALT = 2053462845

CONNECTIONS = """
SELECT
  -- Not a count of pg_stat_activity, which hides other users' kinds of process.
  (SELECT sum(numbackends)::int FROM pg_stat_database) AS used,
  current_setting('max_connections')::int AS max_connections,
  current_setting('superuser_reserved_connections')::int
    + coalesce(current_setting('reserved_connections', true)::int, 0) AS reserved,
  (SELECT json_object_agg(name, connections) FROM (
     SELECT application_name AS name, count(*) AS connections
     FROM pg_stat_activity WHERE datname = current_database() AND application_name <> ''
     GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %(applications)s
   ) AS applications) AS by_application
"""

PROCESSES = """
SELECT
  kind, coalesce(hostname, '') AS hostname,
  created_at AT TIME ZONE 'UTC' AS registered_at,
  extract(epoch FROM now() AT TIME ZONE 'UTC' - last_heartbeat_at)::float AS heartbeat_age_seconds,
  (SELECT count(*) FROM (
     SELECT FROM solid_queue_claimed_executions AS claimed
     WHERE claimed.process_id = process.id LIMIT 1000
   ) AS held) AS claims
FROM solid_queue_processes AS process
ORDER BY id DESC LIMIT %(processes)s
"""

# A claim whose process has no row; the oldest claims are read, for those are the lost ones.
ORPHANED = """
SELECT count(*) FROM (
  SELECT process_id FROM solid_queue_claimed_executions ORDER BY id LIMIT 1000
) AS claimed
WHERE NOT EXISTS (
  SELECT FROM solid_queue_processes AS process WHERE process.id = claimed.process_id
)
"""

# A bigint key stands in pg_locks as its upper and lower half, with objsubid 1
# (PostgreSQL manual, "pg_locks").
MIGRATING = """
SELECT count(*) FROM pg_locks
WHERE locktype = 'advisory' AND granted AND objsubid = 1
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND classid = %(upper)s AND objid = %(lower)s
"""

MIGRATED_SCHEMAS = """
SELECT schemaname FROM pg_tables WHERE tablename = 'schema_migrations'
ORDER BY schemaname LIMIT %(schemas)s
"""


def connection_usage(connection: Connection, _fields: Fields) -> ConnectionUsage:
    """Connections in use, the limit, what of it is reserved."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(CONNECTIONS, {"applications": MAX_APPLICATIONS}).fetchone()
    assert row is not None  # noqa: S101  # a SELECT without FROM has one row
    return ConnectionUsage(**{**row, "by_application": row["by_application"] or {}})


def queue_processes(connection: Connection, _fields: Fields) -> QueueProcesses:
    """Solid Queue's processes, newest first, and the number of claims that are nobody's.

    Raises QueueTablesMissing where the database has no tables of Solid Queue.
    """
    with solid_queue(connection), connection.cursor(row_factory=dict_row) as cursor:
        processes = cursor.execute(PROCESSES, {"processes": MAX_PROCESSES}).fetchall()
        orphaned = connection.execute(ORPHANED).fetchone()
    assert orphaned is not None  # noqa: S101  # count(*) without GROUP BY has one row
    return QueueProcesses(
        processes=tuple(QueueProcess(**row) for row in processes),
        orphaned_claims=orphaned[0],
        alive_seconds=PROCESS_ALIVE_SECONDS,
    )


def migrations(connection: Connection, _fields: Fields) -> Migrations:
    """Whether Rails' migration lock is held, and the newest version in each schema that has one."""
    key = MIGRATOR_SALT * zlib.crc32(connection.info.dbname.encode())
    halves = {"upper": key >> 32, "lower": key & 0xFFFFFFFF}
    locks = connection.execute(MIGRATING, halves).fetchone()
    assert locks is not None  # noqa: S101  # count(*) without GROUP BY has one row
    schemas = connection.execute(MIGRATED_SCHEMAS, {"schemas": MAX_SCHEMAS}).fetchall()
    return Migrations(
        running=locks[0] > 0,
        versions={schema: _version(connection, schema) for (schema,) in schemas},
    )


def _version(connection: Connection, schema: str) -> str | None:
    # Versions are digits of equal length from the year 2000 on, and 0 or 1 digit before it.
    row = connection.execute(
        sql.SQL(
            "SELECT version FROM {} ORDER BY length(version) DESC, version DESC LIMIT 1"
        ).format(sql.Identifier(schema, "schema_migrations"))
    ).fetchone()
    return None if row is None else str(row[0])
