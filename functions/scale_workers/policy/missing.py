"""Tasks that were asked for and don't work: not one of them may be promised. Pure."""

from datetime import datetime, timedelta

from scale_workers.policy.history import Missing
from scale_workers.policy.model import ServiceState

OVERDUE_SECONDS = 600
"""A task takes up to its grace period (300 s) to boot; what takes twice as long doesn't come."""
TICK_SECONDS = 90
"""The oldest look within the time may be so much younger."""


def note(
    earlier: tuple[Missing, ...], service: ServiceState, working_hosts: int, now: datetime
) -> tuple[Missing, ...]:
    """The looks of the last minutes, with this one. A rollout begins them anew."""
    if service.rolling_out:
        return ()
    start = now - timedelta(seconds=OVERDUE_SECONDS)
    kept = tuple(one for one in earlier if start <= one.at < now)
    return (*kept, Missing(now, max(0, service.desired - working_hosts)))


def overdue(looks: tuple[Missing, ...], now: datetime) -> int:
    """How many have been missing all the time."""
    if not looks or (now - looks[0].at).total_seconds() < OVERDUE_SECONDS - TICK_SECONDS:
        return 0
    return min(one.tasks for one in looks)
