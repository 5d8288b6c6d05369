"""The plain values that a scaling decision is made of. No I/O, no clock.

Everything that is logged, remembered or replayed has `as_json` and `from_json`.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self


@dataclass(frozen=True)
class QueueDepth:
    """Ready jobs of one queue; beyond the counting bound `ready` is "at least"."""

    name: str
    ready: int
    paused: bool = False
    ready_is_at_least: bool = False


@dataclass(frozen=True)
class Worker:
    """A live process of kind Worker, from its own row and metadata in solid_queue_processes."""

    hostname: str
    threads: int
    queues: tuple[str, ...]
    in_flight: int
    heartbeat_age_seconds: float


@dataclass(frozen=True)
class Completed:
    """Jobs that finished within the last `window_seconds`."""

    window_seconds: float
    jobs: int


@dataclass(frozen=True)
class Measurement:
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

    def as_json(self) -> dict[str, Any]:
        """For the log line, and the answer of `measure_queue`."""
        return {**asdict(self), "taken_at": self.taken_at.isoformat()}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """Read what `as_json` gave. Raises ValueError that says which field is missing or odd."""
        try:
            known = {name: values[name] for name in cls.__dataclass_fields__ if name in values}
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


@dataclass(frozen=True)
class NoMeasurement:
    """Why there is none. A paused cluster is meant to be left asleep, so it isn't blindness."""

    why: str
    paused: bool = False


@dataclass(frozen=True)
class ServiceState:
    """The worker service as ECS has it now."""

    desired: int
    running: int
    pending: int = 0
    rolling_out: bool = False
    busy: int | None = None
    """Running tasks that hold a job, after matching processes to tasks; None where unmatched."""
    web_tasks: int = 0
    """Tasks of the web service (the greater of desired and running), for the database's sake."""

    def as_json(self) -> dict[str, Any]:
        """For the log line."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """Read what `as_json` gave."""
        return cls(**{name: values[name] for name in cls.__dataclass_fields__ if name in values})


@dataclass(frozen=True)
class ConnectionBudget:
    """How many database connections worker tasks may take. `max_connections` 0: no limit known."""

    max_connections: int = 0
    reserve: int = 10
    """Kept for people, migrations, monitoring and this stack's own logins."""
    per_web_task: int = 10
    per_worker_task: int = 5

    def worker_tasks(self, web_tasks: int) -> int | None:
        """How many worker tasks fit beside `web_tasks`; None without a limit."""
        if not self.max_connections:
            return None
        left = self.max_connections - self.reserve - web_tasks * self.per_web_task
        return max(0, left // self.per_worker_task)


@dataclass(frozen=True)
class Policy:
    """What a team sets. The defaults are those of the template."""

    min_tasks: int = 1
    max_tasks: int = 10
    target_latency_seconds: float = 60
    """Each job should start within this time."""
    threads_per_task: int = 3
    """Used until a live worker tells its own."""
    start_up_seconds: float = 75
    """From the request for a task until its worker claims jobs."""
    tick_seconds: float = 60
    patience_seconds: float = 120
    """The steady need must have been lower for this long before a task is taken away; for what
    came on top of it, once it is done, one tick is enough."""
    scale_in_step: int = 4
    """Tasks taken away at once, at most."""
    connections: ConnectionBudget = field(default_factory=ConnectionBudget)

    @property
    def look_ahead_seconds(self) -> float:
        """How far to look for jobs that come due: until a task asked for at the next tick is up."""
        return self.start_up_seconds + self.tick_seconds

    def with_(self, **changes: Any) -> "Policy":
        """A copy with other parameters (for replay and benchmarks)."""
        return replace(self, **changes)


class Limit(StrEnum):
    """What kept the decision below the need."""

    MAX_TASKS = "max_tasks"
    CONNECTIONS = "connections"


@dataclass(frozen=True)
class TaskNeed:
    """How many tasks were worth having at one tick, and how many for the steady stream alone."""

    at: datetime
    tasks: int
    steady: int


@dataclass(frozen=True)
class Arrivals:
    """Jobs that became ready within `seconds`."""

    seconds: float
    jobs: int


@dataclass(frozen=True)
class Burst:
    """Jobs that came all at once, beyond the steady stream."""

    at: datetime
    jobs: int


@dataclass(frozen=True)
class Memory:
    """What one tick leaves for the next. Losing it is harmless: a fresh one only waits longer."""

    measured_at: datetime | None = None
    arrived_total: int | None = None
    started_total: int | None = None
    waiting: int = 0
    """Ready jobs of all queues, paused ones included, also beyond the counting bound."""
    paused: int = 0
    """Ready jobs of paused queues."""
    in_flight: int = 0
    long_running: int = 0
    arrivals: tuple[Arrivals, ...] = ()
    """The last ticks' arrivals, newest last."""
    busy_seconds: float = 0.0
    """Thread-seconds spent on jobs lately; `long_seconds` of them after a job's first minute, and
    `finished_jobs` in the same time (all three fade)."""
    long_seconds: float = 0.0
    finished_jobs: float = 0.0
    soon_due: tuple[int, ...] = ()
    """Counts of soon due jobs at the last ticks, newest last."""
    bursts: tuple[Burst, ...] = ()
    """Of the last two days."""
    needs: tuple[TaskNeed, ...] = ()
    """Within the patience window."""
    last_change_at: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values, for the item and the log line."""
        values = asdict(self)
        for name in _TIMES:
            values[name] = values[name] and values[name].isoformat()
        values["needs"] = [[need.at.isoformat(), need.tasks, need.steady] for need in self.needs]
        values["soon_due"] = list(self.soon_due)
        values["bursts"] = [[burst.at.isoformat(), burst.jobs] for burst in self.bursts]
        values["arrivals"] = [[one.seconds, one.jobs] for one in self.arrivals]
        return values

    @classmethod
    def from_json(cls, values: Any) -> Self:
        """Read what `as_json` gave; anything else is a fresh memory (never an error)."""
        try:
            known = {name: values[name] for name in cls.__dataclass_fields__ if name in values}
            times = {name: known[name] and datetime.fromisoformat(known[name]) for name in _TIMES}
            needs = tuple(
                TaskNeed(datetime.fromisoformat(at), int(tasks), int(steady))
                for at, tasks, steady in known["needs"]
            )
            arrivals = tuple(Arrivals(float(time), int(n)) for time, n in known["arrivals"])
            bursts = tuple(Burst(datetime.fromisoformat(at), int(n)) for at, n in known["bursts"])
            soon_due = tuple(int(n) for n in known["soon_due"])
            parsed = {"needs": needs, "arrivals": arrivals, "bursts": bursts, "soon_due": soon_due}
            return cls(**{**known, **times, **parsed})
        except (KeyError, TypeError, ValueError, AttributeError):
            return cls()


_TIMES = ("measured_at", "last_change_at")


@dataclass(frozen=True)
class Decision:
    """How many tasks to ask for, and why, in words for a person at 3 a.m."""

    desired: int
    reason: str
    memory: Memory
    wanted: int
    """Before limits, patience and rollouts; equals `desired` without a measurement."""
    limits: tuple[Limit, ...] = ()
