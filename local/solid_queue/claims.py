"""Which jobs a worker takes next, by its list of queues."""

from typing import LiteralString

from local.solid_queue.protocol import Connection


def claim(
    connection: Connection, process_id: int, limit: int, queues: tuple[str, ...]
) -> list[tuple[int, str]]:
    """Claim up to `limit` jobs, (id, arguments) of each; `queues` as the worker was given them."""
    names = _queue_names(connection, queues)
    if names is None:
        return _claim(connection, process_id, limit, None)
    taken: list[tuple[int, str]] = []
    for name in names:
        if len(taken) < limit:
            taken += _claim(connection, process_id, limit - len(taken), name)
    return taken


def _queue_names(connection: Connection, queues: tuple[str, ...]) -> list[str] | None:
    """The queues to take from, one after the other; None takes from all by priority alone.

    As Solid Queue's QueueSelector: the list's order goes before priorities, a star at the end
    stands for the names that begin so and have jobs, a star alone for all; with a paused queue
    all are taken one by one as well.
    """
    paused = _names(connection, "SELECT queue_name FROM solid_queue_pauses")
    if not queues or "*" in queues:
        if not paused:
            return None
        queues = ("*",)
    found: list[str] = []
    ready: list[str] = []
    if any(queue.endswith("*") for queue in queues):
        ready = _names(
            connection, "SELECT DISTINCT queue_name FROM solid_queue_ready_executions ORDER BY 1"
        )
    for queue in queues:
        if queue.endswith("*"):
            found += [name for name in ready if name.startswith(queue.replace("*", ""))]
        elif "*" not in queue:
            found.append(queue)
    return [name for name in dict.fromkeys(found) if name not in paused]


def _names(connection: Connection, statement: LiteralString) -> list[str]:
    return [str(name) for (name,) in connection.execute(statement).fetchall()]


def _claim(
    connection: Connection, process_id: int, limit: int, queue: str | None
) -> list[tuple[int, str]]:
    return connection.execute(
        """
        WITH picked AS (
            SELECT id FROM solid_queue_ready_executions
            WHERE %(queue)s::varchar IS NULL OR queue_name = %(queue)s
            ORDER BY priority, job_id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
        ), taken AS (
            DELETE FROM solid_queue_ready_executions WHERE id IN (SELECT id FROM picked)
            RETURNING job_id
        ), claimed AS (
            INSERT INTO solid_queue_claimed_executions (job_id, process_id, created_at)
            SELECT job_id, %(process)s, localtimestamp FROM taken
            RETURNING job_id
        )
        SELECT id, arguments FROM solid_queue_jobs WHERE id IN (SELECT job_id FROM claimed)
        """,
        {"queue": queue, "limit": limit, "process": process_id},
    ).fetchall()
