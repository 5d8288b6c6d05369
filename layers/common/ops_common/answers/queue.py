"""`measure_queue`: what Solid Queue is doing, as one round trip to the database found it."""

from dataclasses import dataclass
from datetime import datetime

from .answer import Answer


@dataclass(frozen=True)
class QueueDepth(Answer):
    """A queue with ready jobs; beyond the counting bound `ready` is "at least"."""

    name: str
    ready: int
    paused: bool = False
    ready_is_at_least: bool = False
    estimate: int = 0
    """Beyond the bound, how many there are by a sample; else 0."""
    oldest_wait_seconds: float = 0.0
    median_wait_seconds: float = 0.0
    """By a sample of its rows; 0 where none of them was in it."""

    @property
    def jobs(self) -> int:
        """How many are ready, as well as is known."""
        return max(self.ready, self.estimate)


@dataclass(frozen=True)
class QueueFlow(Answer):
    """What runs, comes due and was finished of one queue, whether or not any job is ready."""

    name: str
    in_flight: int = 0
    """Held by workers with a current heartbeat."""
    long_running: int = 0
    """Of those, for longer than a minute."""
    due_scheduled: int = 0
    soon_due_scheduled: int = 0
    completed: int = 0
    """Of the newest finished jobs (to the bound), those of the last 60 s."""


@dataclass(frozen=True)
class Worker(Answer):
    """A process of kind Worker, from its own row and metadata in solid_queue_processes."""

    hostname: str
    threads: int
    queues: tuple[str, ...]
    """As Solid Queue reads its list: names, prefixes with a star, or a star alone."""
    in_flight: int
    heartbeat_age_seconds: float
    long_running: int = 0
    replaced: bool = False
    """Its supervisor has started another in its place: it was killed."""


@dataclass(frozen=True)
class Completed(Answer):
    """Jobs that finished within the last `window_seconds`."""

    window_seconds: float
    jobs: int


@dataclass(frozen=True)
class Measurement(Answer):
    """What one round trip found. Counts leave paused queues out, but for `queues` themselves."""

    taken_at: datetime
    """By the database's clock, with a time zone."""
    queues: tuple[QueueDepth, ...]
    oldest_wait_seconds: float
    """Of the ready job that waits longest in a queue that isn't paused; 0 where none waits."""
    in_flight: int
    """Claimed executions, whoever holds them."""
    flows: tuple[QueueFlow, ...] = ()
    long_running: int = 0
    """Of those in flight, how many have run for longer than a minute."""
    median_wait_seconds: float = 0.0
    """Of the ready job in the middle by id, in whatever queue: near half the oldest wait while
    jobs keep coming, near the oldest wait when all came at once."""
    due_scheduled: int = 0
    """Scheduled executions whose time has come, not dispatched yet (bounded count)."""
    oldest_due_seconds: float = 0.0
    """How long ago the first of them came due."""
    soon_due_scheduled: int = 0
    """Scheduled executions due within the start-up look-ahead (bounded count)."""
    recurring_soon: int = 0
    """Recurring tasks that fire within the start-up look-ahead."""
    completed: tuple[Completed, ...] | None = None
    """None where unknown: the app doesn't preserve finished jobs."""
    arrived_total: int | None = None
    """Jobs that ever became ready and were not rolled back: those that ever started and those that
    wait. None where unknown."""
    enqueued_total: int | None = None
    """The same by the sequence of solid_queue_ready_executions, which rolled back enqueues move
    too. Never falls and costs one page."""
    started_total: int | None = None
    """Jobs that were ever claimed, by the sequence of solid_queue_claimed_executions."""
    failed: int = 0
    blocked: int = 0
    workers: tuple[Worker, ...] = ()
    """With a current heartbeat, and not replaced."""
    dead_workers: tuple[Worker, ...] = ()
    """All others on record; one that holds claims may still run them."""
    dead_processes: int = 0
    """Processes of any kind that can't be working, by the same rule."""
    dispatchers: int = 0
    """With a current heartbeat."""
    scheduler_hosts: tuple[str, ...] = ()
    """Hostnames of the schedulers, which fire recurring tasks, with a current heartbeat."""
    due_jobs_whose_dispatcher_is_missing: int = 0
    blocked_jobs_whose_dispatcher_is_missing: int = 0
    """Blocked jobs whose limit has lapsed, that no running job of their key lets through, and no
    dispatcher: none lives, or none that does so (`concurrency_maintenance: false`)."""
    orphaned_claims: int = 0
    """Claims of no process, or of one whose row is gone."""
    next_scheduled_seconds: float | None = None
    """Until the next scheduled job that isn't due; None where there is none."""
    recurring_tasks: int = 0
    """Recurring tasks there are. Only a running worker task's scheduler fires them."""
    recurring_keys: tuple[str, ...] = ()
    """Names of the first of them."""
    max_connections: int = 0
    """The server's limit; 0 where unknown."""

    @property
    def ready(self) -> int:
        """Ready jobs in the queues that aren't paused, as far as they were counted."""
        return sum(queue.ready for queue in self.queues if not queue.paused)

    @property
    def ready_is_at_least(self) -> bool:
        """Whether there may be more ready jobs than were counted."""
        return any(queue.ready_is_at_least for queue in self.queues if not queue.paused)
