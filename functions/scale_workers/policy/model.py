"""The plain values that a scaling decision is made of. No I/O, no clock.

Everything that is logged, remembered or replayed has `as_json` and `from_json`.
"""

from collections.abc import Mapping
from copy import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple, Self


class Share(NamedTuple):
    """What of a measurement is a service's own."""

    hosts: frozenset[str]
    """Hostnames of its workers."""
    portions: Mapping[str, float] | None = None
    """By queue, how much of its jobs the service is to work on; None for all of all queues."""


class ServiceState(NamedTuple):
    """The worker service as ECS has it now."""

    desired: int
    running: int
    pending: int = 0
    rolling_out: bool = False
    busy: int | None = None
    """Running tasks that hold a job, after matching processes to tasks; None where unmatched."""
    web_tasks: int = 0
    """Tasks of the web services (the greater of desired and running), for the database's sake."""
    allowance: int | None = None
    """Worker tasks that the database's connections allow this service beside the others; None
    where it is the only one."""
    foreign: tuple[str, ...] = ()
    """Hostnames of workers that belong to no service of ours, in two measurements."""
    missing_because: str = ""
    """What ECS says last about a task that doesn't come up."""
    share: Share | None = None
    """None where all is its own."""

    def as_json(self) -> dict[str, Any]:
        """For the log line."""
        return {**self._asdict(), "share": None}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """Read what `as_json` gave."""
        known = set(cls._fields) - {"share"}
        return cls(**{name: values[name] for name in known if name in values})


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
    """Used until a live worker shows its own."""
    start_up_seconds: float = 75
    """From the request for a task until its worker claims jobs."""
    tick_seconds: float = 60
    patience_seconds: float = 120
    """The steady requirement must be lower for this long before a task is taken away; for what
    came on top of it, once it is done, one tick is enough."""
    scale_in_step: int = 4
    """Tasks taken away at once, at most."""
    connections: ConnectionBudget = ConnectionBudget()
    queues: tuple[str, ...] = ()
    """The queues of the service's workers, where no live one shows them."""
    queue_targets: Mapping[str, float] = MappingProxyType({})
    """Queues with a target latency of their own, in seconds; 0: jobs of it bring no task."""
    bounds_because: str = ""
    """What has set the minimum or maximum for now, as the reason names it."""
    held_until: datetime | None = None
    """A person holds the count at `min_tasks` until then."""

    @property
    def look_ahead_seconds(self) -> float:
        """How far ahead jobs are counted that come due: until a task of the next tick is up."""
        return self.start_up_seconds + self.tick_seconds

    def with_(self, **changes: Any) -> "Policy":
        """A copy with other parameters (for replay and benchmarks)."""
        return replace(self, **changes)


class Reverted(NamedTuple):
    """The secret's current password is refused, and another version's is accepted."""

    version: str
    labels: tuple[str, ...]
    since: datetime
    cause: str
    """A value of ops_common.refused_password.RevertCause."""
    command: str
    """The one that sets both right."""


class NoMeasurement(NamedTuple):
    """Why there is none. A paused cluster is meant to be left asleep, so it isn't blindness."""

    why: str
    """In words."""
    paused: bool = False
    reverted: Reverted | None = None
    cause: str = ""
    """A DatabaseCause, or the kind of a DatabaseError without one; `configuration`, `aws`; empty
    where the database is left asleep."""
