"""Whether the database that is asked holds Solid Queue's tables."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from ops_common.query_database import QueueTablesMissing
from query_database.fields import Connection
from query_database.words import NO_TABLES


@contextmanager
def solid_queue(connection: Connection) -> Iterator[None]:
    """Raises QueueTablesMissing for a statement that finds no tables of Solid Queue 1.x."""
    try:
        yield
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn) as error:
        name, said = connection.info.dbname, error.diag.message_primary
        raise QueueTablesMissing(
            NO_TABLES.format(database=name, said=said), sqlstate=error.sqlstate or ""
        ) from None
