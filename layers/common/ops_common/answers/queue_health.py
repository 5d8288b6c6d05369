"""How a queue fares since a moment, against the same time before it."""

from dataclasses import dataclass
from datetime import datetime

from .answer import Answer


@dataclass(frozen=True)
class QueueHealth(Answer):
    """Counts of failed jobs are bounded by what the request reads."""

    failed_before: int
    """In as many seconds before as there are since."""
    failed_since: int
    oldest_wait_seconds: float | None
    """Of the ready job that has waited longest in a queue that isn't paused; None without one."""
    last_claim: datetime | None
    """When a job that runs now was begun last."""
    last_finish: datetime | None
