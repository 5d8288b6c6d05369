"""Which worker's list covers which queue, and which queues nobody works on. Pure."""

from collections.abc import Iterable

from ops_common.answers.queue import Measurement, Worker

OLD_SECONDS = 60
"""A job that has waited for so long beside a free thread of its queue is not going to be taken."""

type QueueList = tuple[str, ...]


def specificity(lists: Iterable[QueueList], queue: str) -> int:
    """How closely the best of the lists names the queue: 0 not at all, 1 by a star, most by name.

    Solid Queue's patterns: `*`, a name, or a prefix with a star behind it.
    """
    return max((_closeness(pattern, queue) for one in lists for pattern in one), default=0)


def _closeness(pattern: str, queue: str) -> int:
    if pattern == queue:
        return 10_000
    if pattern.endswith("*") and queue.startswith(prefix := pattern.replace("*", "")):
        return len(prefix) + 1
    return 0


def covers(queues: QueueList, queue: str) -> bool:
    """Whether a worker with this list takes jobs of the queue."""
    return specificity((queues,), queue) > 0


def lists_of(workers: Iterable[Worker]) -> tuple[QueueList, ...]:
    """The distinct lists, in a fixed order."""
    return tuple(sorted({worker.queues for worker in workers if worker.queues}))


def unserved(measurement: Measurement, lists: tuple[QueueList, ...]) -> tuple[str, ...]:
    """Queues with ready jobs that no list covers; without any list nobody knows."""
    if not lists:
        return ()
    return tuple(
        queue.name
        for queue in measurement.queues
        if queue.jobs and not queue.paused and not specificity(lists, queue.name)
    )


def pool_waits(measurement: Measurement, lists: Iterable[QueueList]) -> dict[str, float]:
    """By list, how long the oldest job has waited that its threads may take; in seconds."""
    return {
        ",".join(queues): max(
            (
                one.oldest_wait_seconds
                for one in measurement.queues
                if not one.paused and covers(queues, one.name)
            ),
            default=0.0,
        )
        for queues in lists
    }


def idle_beside(measurement: Measurement) -> tuple[str, ...]:
    """Queues with old jobs of which none runs or ended, while every thread for them is idle."""
    moving = {flow.name for flow in measurement.flows if flow.in_flight or flow.completed}
    return tuple(
        queue.name
        for queue in measurement.queues
        if queue.oldest_wait_seconds > OLD_SECONDS
        and not queue.paused
        and queue.name not in moving
        and _all_idle([one for one in measurement.workers if covers(one.queues, queue.name)])
    )


def _all_idle(workers: list[Worker]) -> bool:
    return bool(workers) and all(worker.in_flight < worker.threads for worker in workers)
