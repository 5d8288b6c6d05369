"""Bursts that come back: what came an hour ago and two, or a day ago and two, is expected again.

Cron-like jobs fan out at the same second of each hour or day. No task that is asked for when they
have come is up in time; one that is asked for beforehand is.
"""

from copy import replace
from datetime import datetime, timedelta

from ops_common.answers.queue import Measurement
from scale_workers.policy.history import Burst, Memory
from scale_workers.policy.model import Policy
from scale_workers.policy.rates import Rates

PERIODS = (timedelta(minutes=30), timedelta(hours=1), timedelta(days=1))
TOLERANCE = timedelta(seconds=30)
KEPT_FOR = max(PERIODS) * 2 + TOLERANCE
KEPT = 100


def expected(memory: Memory, after: datetime, until: datetime) -> Burst | None:
    """The jobs that should come in between, if the period holds; the first burst's time."""
    found = []
    for period in PERIODS:
        again = [
            Burst(last.at + period, min(last.jobs, *jobs_before))
            for last in memory.bursts
            if after < last.at + period <= until and (jobs_before := _before(last, period, memory))
        ]
        if again:
            found.append(Burst(min(one.at for one in again), sum(one.jobs for one in again)))
    return max(found, key=lambda one: one.jobs, default=None)


def _before(last: Burst, period: timedelta, memory: Memory) -> list[int]:
    """Sizes of the bursts one period before `last`."""
    return [one.jobs for one in memory.bursts if abs(last.at - period - one.at) <= TOLERANCE]


def note(
    measurement: Measurement, rates: Rates, before: Memory, memory: Memory, policy: Policy
) -> Memory:
    """The memory with this tick's burst, if there was one.

    A burst is what came beyond twice the steady rate, if it is more than a task's threads start
    within the target.
    """
    now, since = measurement.taken_at, before.measured_at
    if since is None or not memory.arrivals or memory.arrivals is before.arrivals:
        return memory
    tick = memory.arrivals[-1]
    excess = tick.jobs - 2 * rates.arrivals_per_second * tick.seconds
    at_once = policy.threads_per_task * policy.target_latency_seconds / rates.service_seconds
    if excess <= at_once:
        return memory
    bursts = [one for one in memory.bursts if now - KEPT_FOR <= one.at < now]
    burst = Burst(_began(measurement, rates, before, since), round(excess))
    return replace(memory, bursts=(*bursts, burst)[-KEPT:])


def _began(measurement: Measurement, rates: Rates, before: Memory, since: datetime) -> datetime:
    """When the job came that has waited longest; where none waits any more, when it should have."""
    now = measurement.taken_at
    first = now - timedelta(seconds=measurement.oldest_wait_seconds)
    if rates.ready and first >= since:
        return first
    foreseen = expected(before, since, now)
    return foreseen.at if foreseen else since + (now - since) / 2
