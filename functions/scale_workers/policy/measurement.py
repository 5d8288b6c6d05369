"""What one look at the queue told. Plain values, with their JSON."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple, Self

from ops_common.jsonable import jsonable


class QueueDepth(NamedTuple):
    """Ready jobs of one queue; beyond the counting bound `ready` is "at least"."""

    name: str
    ready: int
    paused: bool = False
    ready_is_at_least: bool = False


class Worker(NamedTuple):
    """A live process of kind Worker, from its own row and metadata in solid_queue_processes."""

    hostname: str
    threads: int
    queues: tuple[str, ...]
    in_flight: int
    heartbeat_age_seconds: float


class Completed(NamedTuple):
    """Jobs that finished within the last `window_seconds`."""

    window_seconds: float
    jobs: int


class Measurement(NamedTuple):
    """What one round trip to the database told. Counts of paused queues are in `queues` alone."""

    taken_at: datetime
    """By the database's clock, with a time zone."""
    queues: tuple[QueueDepth, ...]
    oldest_wait_seconds: float
    """Of the ready job that waits longest in a queue that isn't paused; 0 where none waits."""
    in_flight: int
    """Claimed executions: jobs that run now."""
    long_running: int = 0
    """Of those in flight, how many have run for longer than a minute."""
    median_wait_seconds: float = 0.0
    """Of the ready job in the middle by id, in whatever queue: near half the oldest wait while
    jobs keep coming, near the oldest wait when all came at once."""
    due_scheduled: int = 0
    """Scheduled executions whose time has come, not dispatched yet (bounded count)."""
    soon_due_scheduled: int = 0
    """Scheduled executions due within the start-up look-ahead (bounded count)."""
    recurring_soon: int = 0
    """Recurring tasks that fire within the start-up look-ahead."""
    completed: tuple[Completed, ...] | None = None
    """None where unknown: the app doesn't preserve finished jobs."""
    arrived_total: int | None = None
    """Jobs that ever became ready: last value of the sequence of solid_queue_ready_executions.
    Never falls, costs one page, and needs no finished job to be preserved. None where unknown."""
    started_total: int | None = None
    """Jobs that were ever claimed: the same of solid_queue_claimed_executions."""
    oldest_claim_seconds: float = 0.0
    """Age of the claim that has been held longest; 0 where nothing runs."""
    failed: int = 0
    blocked: int = 0
    workers: tuple[Worker, ...] = ()
    dead_processes: int = 0
    """Processes without a heartbeat for five minutes (Solid Queue's process_alive_threshold)."""
    dead_workers: tuple[Worker, ...] = ()
    """Those of them of kind Worker; one that holds claims may still run them."""
    orphaned_claims: int = 0
    """Claims of no process, or of one whose row is gone."""
    next_scheduled_seconds: float | None = None
    """Until the next scheduled job that isn't due; None where there is none."""
    recurring_tasks: int = 0
    """Recurring tasks there are. Only a running worker task's scheduler fires them."""
    max_connections: int = 0
    """The server's limit; 0 where unknown."""

    @property
    def ready(self) -> int:
        """Ready jobs in the queues that aren't paused."""
        return sum(queue.ready for queue in self.queues if not queue.paused)

    @property
    def ready_is_at_least(self) -> bool:
        """Whether there may be more ready jobs than were counted."""
        return any(queue.ready_is_at_least for queue in self.queues if not queue.paused)

    @property
    def paused_is_at_least(self) -> bool:
        """Whether there may be more jobs in paused queues than were counted."""
        return any(queue.ready_is_at_least for queue in self.queues if queue.paused)

    @property
    def unserved(self) -> tuple[str, ...]:
        """Queues with ready jobs that no live worker's list covers ("*", a name, or "prefix*")."""
        patterns = {pattern for worker in self.workers for pattern in worker.queues}
        if not patterns:
            return ()
        return tuple(
            queue.name
            for queue in self.queues
            if queue.ready
            and not queue.paused
            and not any(
                queue.name.startswith(pattern[:-1])
                if pattern.endswith("*")
                else queue.name == pattern
                for pattern in patterns
            )
        )

    def with_unserved_paused(self) -> Self:
        """The same, with its unserved queues as paused ones: no task would work on either."""
        unserved = self.unserved
        return self._replace(
            queues=tuple(
                queue._replace(paused=queue.paused or queue.name in unserved)
                for queue in self.queues
            )
        )

    def as_json(self) -> dict[str, Any]:
        """For the log line, and the answer of `measure_queue`."""
        values: dict[str, Any] = jsonable(self)
        return values

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """Read what `as_json` gave. Raises ValueError that says which field is missing or odd."""
        try:
            known = {name: values[name] for name in cls._fields if name in values}
            completed = known.get("completed")
            return cls(
                **{
                    **known,
                    "taken_at": datetime.fromisoformat(values["taken_at"]),
                    "queues": tuple(QueueDepth(**queue) for queue in values["queues"]),
                    "workers": _workers(values.get("workers", ())),
                    "dead_workers": _workers(values.get("dead_workers", ())),
                    "completed": None
                    if completed is None
                    else tuple(Completed(**window) for window in completed),
                }
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"not a measurement: {type(error).__name__} {error}") from error


def _workers(values: Iterable[dict[str, Any]]) -> tuple[Worker, ...]:
    return tuple(Worker(**{**worker, "queues": tuple(worker["queues"])}) for worker in values)


class NoMeasurement(NamedTuple):
    """Why there is none. A paused cluster is meant to be left asleep, so it isn't blindness."""

    why: str
    paused: bool = False
