"""Clocks of the local world: the real one, and one that only moves when asked to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

type Clock = Callable[[], datetime]


def real_clock() -> datetime:
    """The time it is, in UTC."""
    return datetime.now(UTC)


@dataclass
class SteppedClock:
    """A clock for tests; call it for the time, `advance` it to let time pass.

    It starts at the real time, since what else runs (PostgreSQL, handlers) keeps to that.
    """

    now: datetime = field(default_factory=real_clock)

    def __call__(self) -> datetime:
        """The time it was last set to."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)
