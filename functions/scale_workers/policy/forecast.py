"""What becomes of the queue with the tasks there are, or with another number of them."""

import math
from datetime import datetime
from typing import NamedTuple

from ops_common.answers.queue import Measurement
from scale_workers.policy.model import Policy, ServiceState
from scale_workers.policy.rates import Rates


class Forecast(NamedTuple):
    """The next minutes, if jobs come and end as they do now."""

    waiting: int
    """Ready jobs that some worker takes."""
    per_task: int
    """Threads."""
    measurement: Measurement
    rates: Rates
    service: ServiceState
    policy: Policy

    @property
    def tasks_up(self) -> int:
        """Tasks whose workers take jobs, and that are to stay."""
        return min(self._up, self.service.desired)

    def threads_for_waits_within(self, seconds: float) -> float:
        """The fewest threads that keep waits within so many seconds until more could be up.

        That is a start-up after the next tick. What waits now has to start in time, and so has
        what will have come by then.
        """
        look_ahead_seconds = self.policy.look_ahead_seconds
        come = self.rates.coming_per_second * look_ahead_seconds
        jobs_per_second = max(
            self.waiting / seconds, (self.waiting + come) / (seconds + look_ahead_seconds)
        )
        return jobs_per_second * self.rates.hold_seconds

    def left_over(self, last_change_at: datetime | None, now: datetime) -> float:
        """Jobs still waiting when a task asked for now is up, if only the present ones work."""
        start_up_seconds = self.policy.start_up_seconds
        coming = max(0, self.service.desired - self._up)
        since_change = (now - last_change_at).total_seconds() if last_change_at else math.inf
        # Tasks that are overdue, or were asked for by someone else, are expected by the next tick.
        arrival = start_up_seconds - since_change
        if not 0 <= arrival <= start_up_seconds:
            arrival = min(self.policy.tick_seconds, start_up_seconds)
        free = max(0, self.tasks_up * self.per_task - self.measurement.long_running)
        thread_seconds = free * start_up_seconds + coming * self.per_task * (
            start_up_seconds - arrival
        )
        comes = self.rates.coming_per_second * start_up_seconds
        return max(0.0, self.waiting + comes - thread_seconds / self.rates.hold_seconds)

    @property
    def _up(self) -> int:
        if not self.measurement.workers:
            return self.service.running
        return len({worker.hostname for worker in self.measurement.workers})
