"""Brings the service to the decided count without breaking a running job.

To scale in: every task that is to stay is protected, the ones to be stopped are released, and
then the queue is measured once more, because a worker may have claimed a job since the decision.
Only then is the count lowered, by no more tasks than are idle in both measurements. What remains is
the time from the second measurement until ECS sends SIGTERM: a job claimed in these seconds has
Solid Queue's shutdown_timeout to finish, or goes back to the queue (docs/scaling.md).
"""

from collections.abc import Callable, Collection
from typing import Protocol

from ops_common.answers.queue import Measurement
from scale_workers.policy.applied import Applied, KeptBy
from scale_workers.policy.model import NoMeasurement
from scale_workers.protection import Protection
from scale_workers.tasks import Tasks, occupation

PROTECTED_MINUTES = 3
"""A bit over the tick: long enough for ECS to choose what to stop, short enough for a deployment
not to wait for it."""


class SetDesired(Protocol):
    """The port for the service's count."""

    def __call__(self, count: int) -> None:
        """Ask ECS for so many tasks."""


def scale_out(desired: int, set_desired: SetDesired) -> Applied:
    """Ask for more tasks."""
    set_desired(desired)
    return Applied(desired)


def scale_in(
    current: int,
    desired: int,
    first: Measurement,
    *,
    measure_again: Callable[[], Measurement | NoMeasurement],
    tasks: Tasks,
    protection: Protection,
    set_desired: SetDesired,
    aside: Collection[str] = (),
) -> Applied:
    """Ask for fewer tasks, but never stop one that runs a job."""
    listed = tasks.list()
    occupied = occupation(listed, first, aside)
    if occupied.unmatched:
        return Applied(current, KeptBy.UNMATCHED, _some(occupied.unmatched))
    victims = occupied.idle[: max(0, len(listed) - desired)]
    kept = [task for task in listed if task not in victims and task.running]
    failures = protection.protect(kept, PROTECTED_MINUTES)
    if failures:
        return Applied(current, KeptBy.NOT_PROTECTED, failures[0])
    protection.release([task for task in victims if task.running])

    second = measure_again()
    if isinstance(second, NoMeasurement):
        return Applied(current, KeptBy.NOT_MEASURED, second.why)
    occupied = occupation(listed, second, aside)
    if occupied.unmatched:
        return Applied(current, KeptBy.UNMATCHED, _some(occupied.unmatched))
    # Among them a task that wasn't up at the first measurement, so wasn't protected as one to keep.
    woken = [task for task in occupied.busy if task not in kept]
    failures = protection.protect(woken, PROTECTED_MINUTES)
    if failures:
        return Applied(current, KeptBy.NOT_PROTECTED, failures[0])
    idle_victims = [task for task in victims if task not in woken]
    count = max(desired, len(listed) - len(idle_victims))
    if count >= current:
        return Applied(current, KeptBy.NO_IDLE_TASK)
    set_desired(count)
    if count == desired:
        return Applied(count)
    return Applied(count, KeptBy.BUSY, str(len(occupied.busy)))


def _some(hostnames: tuple[str, ...]) -> str:
    return hostnames[0] or "without a hostname"
