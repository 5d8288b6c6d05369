"""The jobs that must have come for the ticks to have been measured as they were.

How many arrived between two ticks, and how many ended, is known exactly, from the sequences; when
within the minute is not, so they are spread evenly. The mean service time follows from Little's
law (thread-seconds ÷ ended jobs); how it varied from job to job is not known, so it is drawn from
an exponential distribution.
"""

import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from benchmarks.replay.logs import LoggedTick
from benchmarks.scaling.workloads import Job
from ops_common.answers.queue import Measurement

LONGEST_GAP_SECONDS = 600
"""What came in a longer time without a measurement is not made up."""
ENOUGH_ENDED = 30
"""Jobs whose mean service time is taken together."""
ASSUMED_SERVICE_SECONDS = 1.0


@dataclass(frozen=True)
class Traffic:
    """What the logs say about the queue."""

    jobs: list[Job]
    seconds: float
    covered: float
    """The share of the time between two measurements that are close enough."""
    mean_service_seconds: float
    threads: int
    """Of a task, by the workers' own word."""


@dataclass(frozen=True)
class _Interval:
    start: float
    seconds: float
    arrived: int
    ended: int
    busy_seconds: float


def reconstruct(ticks: Sequence[LoggedTick], seed: int) -> Traffic:
    """Draw the jobs."""
    rng = random.Random(f"replay {seed}")
    measured = [tick.measurement for tick in ticks if tick.measurement]
    seconds = (ticks[-1].at - ticks[0].at).total_seconds()
    if len(measured) < 2 or not seconds:
        return Traffic([], seconds, 0.0, ASSUMED_SERVICE_SECONDS, _threads(measured, ticks))
    start = measured[0].taken_at
    intervals = [
        interval
        for earlier, later in pairwise(measured)
        if (interval := _interval(earlier, later, (earlier.taken_at - start).total_seconds()))
    ]
    ended = sum(one.ended for one in intervals)
    busy = sum(one.busy_seconds for one in intervals)
    mean = busy / ended if ended and busy else ASSUMED_SERVICE_SECONDS
    jobs = [Job(0.0, rng.expovariate(1 / mean)) for _ in range(measured[0].ready)]
    for interval, service_seconds in zip(intervals, _means(intervals, mean), strict=True):
        times = sorted(
            interval.start + rng.random() * interval.seconds for _ in range(interval.arrived)
        )
        jobs += [Job(at, rng.expovariate(1 / service_seconds)) for at in times]
    covered = sum(one.seconds for one in intervals) / seconds
    return Traffic(jobs, seconds, min(1.0, covered), mean, _threads(measured, ticks))


def _interval(earlier: Measurement, later: Measurement, start: float) -> _Interval | None:
    seconds = (later.taken_at - earlier.taken_at).total_seconds()
    totals = (earlier.arrived_total, later.arrived_total)
    started = (earlier.started_total, later.started_total)
    if not 0 < seconds <= LONGEST_GAP_SECONDS or None in totals or None in started:
        return None
    arrived = max(0, (totals[1] or 0) - (totals[0] or 0))
    ended = (started[1] or 0) - (started[0] or 0) - (later.in_flight - earlier.in_flight)
    busy = seconds * (earlier.in_flight + later.in_flight) / 2
    return _Interval(start, seconds, arrived, max(0, ended), busy)


def _means(intervals: list[_Interval], overall: float) -> list[float]:
    """Per interval the mean service time over it and as many before it as it takes."""
    means: list[float] = []
    window: deque[_Interval] = deque()
    ended, busy = 0, 0.0
    for interval in intervals:
        window.append(interval)
        ended, busy = ended + interval.ended, busy + interval.busy_seconds
        while ended - window[0].ended >= ENOUGH_ENDED:
            oldest = window.popleft()
            ended, busy = ended - oldest.ended, busy - oldest.busy_seconds
        means.append(busy / ended if ended and busy else overall)
    return means


def _threads(measured: Sequence[Measurement], ticks: Sequence[LoggedTick]) -> int:
    threads = [worker.threads for one in measured for worker in one.workers if worker.threads]
    return round(sum(threads) / len(threads)) if threads else ticks[0].policy.threads_per_task
