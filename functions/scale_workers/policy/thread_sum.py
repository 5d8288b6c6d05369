"""The threads that a requirement is the sum of, so that a person can redo it. Pure."""

import math
from enum import StrEnum
from typing import NamedTuple


class For(StrEnum):
    """What threads are for."""

    LONG_RUNNING = "long_running"
    """Jobs that run for over a minute, a thread each."""
    STREAM = "stream"
    """Arrivals per second × seconds of a job's first minute."""
    RESERVE = "reserve"
    LEFT = "left"
    """Jobs that will still wait when a new task is up."""
    FORESEEN = "foreseen"
    WAITS = "waits"
    """What keeps waits within half the target."""


class ThreadSum(NamedTuple):
    """Threads by what they are for."""

    parts: tuple[tuple[For, float], ...]
    per_task: int

    @property
    def threads(self) -> float:
        """All of them."""
        return sum(threads for _, threads in self.parts)

    @property
    def tasks(self) -> int:
        """Enough for all of them."""
        return math.ceil(self.threads / self.per_task)

    def without(self, *left_out: For) -> "ThreadSum":
        """The same with some of them left out."""
        return self._replace(parts=tuple(one for one in self.parts if one[0] not in left_out))
