"""What a simulated run adds up to."""

from dataclasses import dataclass, field


@dataclass
class Tallies:
    """What is counted over a run."""

    waits: list[float]
    """Per job, from ready to its first start; what never started is cut at the end."""
    task_seconds: float = 0.0
    changes: int = 0
    broken: int = 0
    timeline: list[tuple[float, int, int, float]] = field(default_factory=list)
    """Each half minute: time, tasks paid for, ready jobs, oldest wait."""
