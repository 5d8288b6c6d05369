"""A decision: how many tasks, and what held it from the required count."""

from enum import StrEnum
from typing import NamedTuple

from scale_workers.policy.history import Memory
from scale_workers.policy.pools import Pools
from scale_workers.policy.requirement import Requirement


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
    HOLD = "hold"
    """A person holds the count."""
    MISSING = "missing"
    """Tasks that were asked for don't work."""
    NO_MEASUREMENT = "no_measurement"
    ASLEEP = "asleep"
    """The database is left asleep."""


class Held(NamedTuple):
    """What held a decision, with the number of tasks that belongs to it."""

    by: HeldBy | None = None
    tasks: int = 0


FREE = Held()
"""Nothing did."""


class Decision(NamedTuple):
    """How many tasks to ask for, and why, in words for a person at 3 a.m."""

    desired: int
    reason: str
    memory: Memory
    required: int
    """Before limits, patience and rollouts; equals `desired` without a measurement."""
    held_by: HeldBy | None = None
    pools: Pools | None = None
    """The service's part of the measurement; None without one."""
    requirement: Requirement | None = None
    """What the required count rests on; None without a measurement."""

    @property
    def at_limit(self) -> bool:
        """Whether more tasks are required than there may be."""
        return self.held_by in (HeldBy.MAXIMUM, HeldBy.CONNECTIONS)
