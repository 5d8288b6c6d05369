"""The plain values that a scaling decision is made of. No I/O, no clock.

Everything that is logged, remembered or replayed has `as_json` and `from_json`.
"""

from collections.abc import Callable
from copy import replace
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, Self

from ops_common.jsonable import jsonable
from scale_workers.policy.parsing import parse_count, parse_datetime, parse_duration, parse_float


class ServiceState(NamedTuple):
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
        return self._asdict()

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """Read what `as_json` gave."""
        return cls(**{name: values[name] for name in cls._fields if name in values})


class ConnectionBudget(NamedTuple):
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


class Policy(NamedTuple):
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
    connections: ConnectionBudget = ConnectionBudget()

    @property
    def look_ahead_seconds(self) -> float:
        """How far to look for jobs that come due: until a task asked for at the next tick is up."""
        return self.start_up_seconds + self.tick_seconds

    def with_(self, **changes: Any) -> "Policy":
        """A copy with other parameters (for replay and benchmarks)."""
        return replace(self, **changes)


class HeldBy(StrEnum):
    """What kept a decision from the required count."""

    MAXIMUM = "maximum"
    CONNECTIONS = "connections"
    """The database allows no more."""
    ROLLOUT = "rollout"
    PATIENCE = "patience"
    """Nobody knows yet whether fewer are enough for long."""
    RECENT_NEED = "recent_need"
    """More were required within the patience."""
    FORECAST = "forecast"
    """Fewer would be enough for now, but not until more could be up."""
    BUSY = "busy"
    NO_MEASUREMENT = "no_measurement"
    ASLEEP = "asleep"
    """The database is left asleep."""


class Held(NamedTuple):
    """What held a decision, with the number of tasks that belongs to it."""

    by: HeldBy | None = None
    tasks: int = 0


FREE = Held()
"""Nothing did."""


class RequiredTasks(NamedTuple):
    """How many tasks were required at one tick, and how many for the steady stream alone."""

    at: datetime
    tasks: int
    steady: int


class Arrivals(NamedTuple):
    """Jobs that became ready within `seconds`."""

    seconds: float
    jobs: int


class Burst(NamedTuple):
    """Jobs that came all at once, beyond the steady stream."""

    at: datetime
    jobs: int


class Memory(NamedTuple):
    """What one tick leaves for the next. Losing it is harmless: a fresh one only waits longer."""

    measured_at: datetime | None = None
    arrived_total: int | None = None
    started_total: int | None = None
    waiting: int = 0
    """Ready jobs of all queues, paused ones included, also beyond the counting bound."""
    paused: int = 0
    """Ready jobs of paused queues."""
    in_flight: int = 0
    threads: int = 0
    """Of workers, silent ones too."""
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
    required: tuple[RequiredTasks, ...] = ()
    """Within the patience window."""
    last_change_at: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values, for the item and the log line."""
        values: dict[str, Any] = jsonable(self)
        values["required"] = [[one.at.isoformat(), one.tasks, one.steady] for one in self.required]
        values["bursts"] = [[burst.at.isoformat(), burst.jobs] for burst in self.bursts]
        values["arrivals"] = [[one.seconds, one.jobs] for one in self.arrivals]
        return values

    @classmethod
    def from_json(cls, values: Any) -> Self:
        """Read what `as_json` gave; anything else is a fresh memory (never an error)."""
        try:
            read: dict[str, Any] = {
                name: _optional(parse_datetime, values[name]) for name in _TIMES
            }
            read |= {name: _optional(parse_count, values[name]) for name in _TOTALS}
            read |= {name: parse_count(values[name]) for name in _COUNTS}
            read |= {name: parse_float(values[name]) for name in _AMOUNTS}
            return cls(
                **read,
                required=tuple(
                    RequiredTasks(parse_datetime(at), parse_count(tasks), parse_count(steady))
                    for at, tasks, steady in values["required"]
                ),
                bursts=tuple(
                    Burst(parse_datetime(at), parse_count(jobs)) for at, jobs in values["bursts"]
                ),
                arrivals=tuple(
                    Arrivals(parse_duration(seconds), parse_count(jobs))
                    for seconds, jobs in values["arrivals"]
                ),
                soon_due=tuple(parse_count(jobs) for jobs in values["soon_due"]),
            )
        except (KeyError, TypeError, ValueError):
            return cls()


_TIMES = ("measured_at", "last_change_at")
_TOTALS = ("arrived_total", "started_total")
_COUNTS = ("waiting", "paused", "in_flight", "threads", "long_running")
_AMOUNTS = ("busy_seconds", "long_seconds", "finished_jobs")


def _optional[T](read: Callable[[Any], T], value: Any) -> T | None:
    return None if value is None else read(value)


class Decision(NamedTuple):
    """How many tasks to ask for, and why, in words for a person at 3 a.m."""

    desired: int
    reason: str
    memory: Memory
    required: int
    """Before limits, patience and rollouts; equals `desired` without a measurement."""
    held_by: HeldBy | None = None

    @property
    def at_limit(self) -> bool:
        """Whether more tasks are required than there may be."""
        return self.held_by in (HeldBy.MAXIMUM, HeldBy.CONNECTIONS)
