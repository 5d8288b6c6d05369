"""What one tick leaves for the next, as plain values with their JSON."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple, Self

from ops_common.jsonable import jsonable
from scale_workers.policy.queues import QueueList
from scale_workers.policy.stored_values import (
    parse_count,
    parse_datetime,
    parse_duration,
    parse_float,
    parse_names,
)


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


class Missing(NamedTuple):
    """Tasks that were asked for and did not work at one tick."""

    at: datetime
    tasks: int


class ServiceMemory(NamedTuple):
    """What is remembered of the service beside its streams of jobs."""

    lists: tuple[tuple[QueueList, int], ...] = ()
    """Queue lists of its workers as last seen, each with its threads per task."""
    missing: tuple[Missing, ...] = ()
    """Of the last minutes."""
    counts: tuple[int, ...] = ()
    """The count before the last decision and the one decided on; empty where nothing was."""
    changed_by_others: tuple[datetime, ...] = ()
    """When somebody else was seen to have changed the count, in the last day."""
    idle_beside: tuple[str, ...] = ()
    """Queues with old jobs beside which all threads were idle at the last measurement."""
    foreign: tuple[str, ...] = ()
    """Hostnames of workers that belonged to no task at the last measurement."""
    ready_total: int | None = None
    """Ready jobs of all queues, paused ones too, where all of them could be counted."""

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        values: dict[str, Any] = jsonable(self)
        values["missing"] = [[one.at.isoformat(), one.tasks] for one in self.missing]
        return values

    @classmethod
    def from_json(cls, values: Any) -> Self:
        """Read what `as_json` gave. Raises KeyError, TypeError or ValueError for anything else."""
        return cls(
            lists=tuple(
                (parse_names(names), parse_count(threads)) for names, threads in values["lists"]
            ),
            missing=tuple(
                Missing(parse_datetime(at), parse_count(tasks)) for at, tasks in values["missing"]
            ),
            counts=tuple(parse_count(one) for one in values["counts"]),
            changed_by_others=tuple(parse_datetime(at) for at in values["changed_by_others"]),
            idle_beside=parse_names(values["idle_beside"]),
            foreign=parse_names(values["foreign"]),
            ready_total=_optional(parse_count, values["ready_total"]),
        )


class Memory(NamedTuple):
    """What one tick leaves for the next. Losing it is harmless: a fresh one only waits longer."""

    measured_at: datetime | None = None
    enqueued_total: int | None = None
    started_total: int | None = None
    waiting: int = 0
    """Ready jobs that workers take, also beyond the counting bound."""
    estimated: int = 0
    """How many of these are known by a sample only."""
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
    oldest_wait_seconds: float = 0.0
    finished_jobs: float = 0.0
    soon_due: tuple[int, ...] = ()
    """Counts of soon due jobs at the last ticks, newest last."""
    bursts: tuple[Burst, ...] = ()
    """Of the last two days."""
    required: tuple[RequiredTasks, ...] = ()
    """Within the patience window."""
    last_change_at: datetime | None = None
    pools: Mapping[str, "Memory"] = MappingProxyType({})
    """The same of each group of pools, where there is more than one."""
    service: ServiceMemory = ServiceMemory()

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values, for the item and the log line."""
        values: dict[str, Any] = jsonable(self)
        values["required"] = [[one.at.isoformat(), one.tasks, one.steady] for one in self.required]
        values["bursts"] = [[burst.at.isoformat(), burst.jobs] for burst in self.bursts]
        values["arrivals"] = [[one.seconds, one.jobs] for one in self.arrivals]
        values["pools"] = {name: memory.as_json() for name, memory in self.pools.items()}
        values["service"] = self.service.as_json()
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
                pools={
                    str(name): cls.from_json({**one, "pools": {}})
                    for name, one in values["pools"].items()
                },
                service=ServiceMemory.from_json(values["service"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            return cls()


_TIMES = ("measured_at", "last_change_at")
_TOTALS = ("enqueued_total", "started_total")
_COUNTS = ("waiting", "estimated", "in_flight", "threads", "long_running")
_AMOUNTS = ("busy_seconds", "long_seconds", "finished_jobs", "oldest_wait_seconds")


def _optional[T](read: Callable[[Any], T], value: Any) -> T | None:
    return None if value is None else read(value)
