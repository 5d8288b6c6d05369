"""Jobs and the workers that run them, in stepped time."""

from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from local.ecs import Task


@dataclass
class Job:
    """One job; `run` counts its starts, so that the end of an earlier one is void."""

    id: int
    seconds: float
    queue: str = "default"
    run: int = 0
    claimed_at: datetime | None = None


@dataclass
class Worker:
    """One task's worker process."""

    task: Task
    process_id: int
    supervisor_id: int
    queue: str
    jobs: dict[int, Job] = field(default_factory=dict)
    stopping: bool = False


def job_seconds(random: Random) -> float:
    """Mostly short, some long, a few for many minutes."""
    kind = random.random()
    if kind < 0.8:
        return random.uniform(0.2, 3)
    return random.uniform(20, 90) if kind < 0.96 else random.uniform(180, 600)
