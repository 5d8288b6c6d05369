"""A simulated ECS task: how long it starts and stops, and what it runs."""

from dataclasses import dataclass, field

START_UP_SECONDS = (45.0, 90.0)
"""From UpdateService until the worker claims jobs, drawn evenly (Fargate: image pull and boot)."""
REACTION_SECONDS = (1.0, 5.0)
"""From UpdateService until ECS sends SIGTERM."""
SHUTDOWN_SECONDS = 5.0
"""What Solid Queue's shutdown_timeout gives to running jobs after SIGTERM."""


@dataclass(eq=False)
class Task:
    """One ECS task with its worker threads."""

    name: str
    threads: int
    asked_at: float
    up: bool = False
    stopping: bool = False
    stopped_at: float | None = None
    running: dict[int, float] = field(default_factory=dict)
    """Index of each running job, and when it was claimed."""
