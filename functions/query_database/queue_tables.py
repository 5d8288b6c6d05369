"""Whether the database that is asked holds Solid Queue's tables."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

import psycopg
from psycopg import pq
from psycopg.rows import dict_row

from ops_common.query_database import QueueTablesMissing
from query_database.fields import Connection
from query_database.words import NO_TABLES


def first_answer(connection: Connection, statements: Sequence[bytes]) -> dict[str, Any]:
    """The one row of the first statement whose tables there are, newest gem first.

    Raises QueueTablesMissing for the last one.
    """
    # Behind a pooler there is a transaction, which an error would end.
    idle = connection.info.transaction_status is pq.TransactionStatus.IDLE
    with solid_queue(connection), connection.cursor(row_factory=dict_row) as cursor:
        *newer, oldest = statements
        for asked in newer:
            try:
                with nullcontext() if idle else connection.transaction():
                    return cursor.execute(asked).fetchone() or {}
            except psycopg.errors.UndefinedTable:
                continue
        return cursor.execute(oldest).fetchone() or {}


@contextmanager
def solid_queue(connection: Connection) -> Iterator[None]:
    """Raises QueueTablesMissing for a statement that finds no tables of Solid Queue."""
    try:
        yield
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn) as error:
        name, said = connection.info.dbname, error.diag.message_primary
        raise QueueTablesMissing(
            NO_TABLES.format(database=name, said=said), sqlstate=error.sqlstate or ""
        ) from None
