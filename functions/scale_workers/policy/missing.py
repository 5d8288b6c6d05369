"""Tasks that were asked for and don't work: not one of them may be promised. Pure."""

from datetime import datetime, timedelta

from scale_workers.policy.history import Missing
from scale_workers.policy.model import ServiceState

OVERDUE_TICKS = 10
"""Ten minutes: a task takes up to its grace period (300 s) to boot; what takes twice as long won't
come."""
LATE_TICKS = 1.5
"""The oldest measurement within the time may be so much younger."""


def note(
    earlier: tuple[Missing, ...],
    service: ServiceState,
    working_hosts: int,
    tick_seconds: float,
    now: datetime,
) -> tuple[Missing, ...]:
    """What was missing in the last minutes, with now. A rollout begins anew."""
    if service.rolling_out:
        return ()
    start = now - timedelta(seconds=OVERDUE_TICKS * tick_seconds)
    kept = tuple(one for one in earlier if start <= one.at < now)
    return (*kept, Missing(now, max(0, service.desired - working_hosts)))


def overdue(measured: tuple[Missing, ...], tick_seconds: float, now: datetime) -> int:
    """How many have been missing all the time."""
    if (
        not measured
        or (now - measured[0].at).total_seconds() < (OVERDUE_TICKS - LATE_TICKS) * tick_seconds
    ):
        return 0
    return min(one.tasks for one in measured)
