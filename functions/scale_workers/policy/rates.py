"""How many jobs arrive and how long one takes, from this measurement and the memory."""

from copy import replace
from typing import NamedTuple

from ops_common.answers.queue import Measurement
from scale_workers.policy.history import Arrivals, Memory
from scale_workers.policy.service_time import (
    all_busy,
    all_threads,
    finished_since,
    longest_service,
    seconds_since,
    service_time,
)

MIN_TICKS = 3
MAX_TICKS = 30
LONG_SECONDS = 60
"""From here on a job counts as long running (the same in query_database)."""
CERTAIN_WAIT_SECONDS = 20
SOON_TICKS = 6
"""Longer than a batch stays within the look-ahead, so that its smallest count is the usual one."""
ENOUGH_ARRIVALS = 30
"""A rate is taken over at least three ticks, and over as many more (up to thirty) as it takes to
have seen this many jobs: a count of n is right to about 1/√n."""
SAMPLE_ERROR = 0.05
"""How wrong a sampled depth may be, as a share of it."""
GROWTH = 0.5
"""Waits that grow by so much of the time that passes are not being caught up with."""
ASSUMED_SERVICE_SECONDS = 1.0
"""What the first job is taken to take; it weighs as much as one finished job."""


class Rates(NamedTuple):
    """The steady stream of jobs, and how many wait."""

    ready: int
    """That workers take; beyond the counting bound by a sample."""
    arrivals_per_second: float
    coming_per_second: float
    """The same for the next minute: where a queue builds up and its jobs keep coming, the last
    tick's rate rather than the steady one."""
    service_seconds: float
    fresh_seconds: float
    """How much of that falls into a job's first minute. Threads are found by this: what runs for
    longer is counted as it runs (`long_running`), and needs no average."""
    long_share: float
    """The share of jobs that outlast their first minute; at most, where that isn't certain."""
    measured: bool
    """Whether anything was seen finished; else the service time is a guess."""
    quiet: bool
    """Whether nothing arrived in any remembered tick of the last three."""
    falling_behind: bool = False
    """Whether waits have grown while every thread was busy."""

    @property
    def hold_seconds(self) -> float:
        """How long until a thread that takes a job is free for another; long jobs free none."""
        return self.fresh_seconds / (1 - self.long_share)


def observe(measurement: Measurement, memory: Memory) -> tuple[Rates, Memory]:
    """The rates, and the memory with this measurement taken in."""
    seconds = seconds_since(measurement, memory)
    waiting = sum(queue.jobs for queue in measurement.queues if not queue.paused)
    arrivals = memory.arrivals if seconds is not None else ()
    finished = finished_since(measurement, memory, seconds)
    if seconds is not None and finished is not None:
        arrived = _arrived(measurement, memory, waiting, finished)
        arrivals = (*arrivals, Arrivals(seconds, arrived))[-MAX_TICKS:]
    busy, held, done = service_time(measurement, memory, seconds, finished)
    after = replace(
        memory,
        measured_at=measurement.taken_at,
        enqueued_total=measurement.enqueued_total,
        started_total=measurement.started_total,
        waiting=waiting,
        estimated=_estimated(measurement),
        in_flight=measurement.in_flight,
        threads=all_threads(measurement),
        long_running=measurement.long_running,
        oldest_wait_seconds=measurement.oldest_wait_seconds,
        soon_due=(*memory.soon_due, measurement.soon_due_scheduled)[-SOON_TICKS:],
        arrivals=arrivals,
        busy_seconds=busy,
        long_seconds=held,
        finished_jobs=done,
    )
    at_most = longest_service(measurement, memory, seconds, finished)
    service_seconds = min(at_most, (busy + ASSUMED_SERVICE_SECONDS) / (done + 1))
    fresh = min(at_most, (max(0.0, busy - held) + ASSUMED_SERVICE_SECONDS) / (done + 1))
    # Without a rate, what runs now is the load.
    steady = _steady_rate(arrivals) if arrivals else measurement.in_flight / service_seconds
    last = arrivals[-1].jobs / arrivals[-1].seconds if arrivals else 0.0
    rates = Rates(
        ready=waiting,
        arrivals_per_second=steady,
        coming_per_second=steady + _still_coming(measurement) * max(0.0, last - steady),
        service_seconds=service_seconds,
        fresh_seconds=fresh,
        # A long job uses up its first minute, and at least another.
        long_share=min(0.99, fresh / LONG_SECONDS, held / (done + 1) / LONG_SECONDS),
        measured=done > 0,
        quiet=not any(one.jobs for one in arrivals[-MIN_TICKS:]),
        falling_behind=all_busy(measurement, memory)
        and 0 < memory.waiting <= waiting
        and measurement.oldest_wait_seconds > memory.oldest_wait_seconds + GROWTH * (seconds or 0),
    )
    return rates, after


def _estimated(measurement: Measurement) -> int:
    return sum(queue.jobs for queue in measurement.queues if queue.estimate and not queue.paused)


def _arrived(measurement: Measurement, memory: Memory, waiting: int, finished: int) -> int:
    """What started since and the growth of what waits; never more than the sequence has moved.

    The sequence alone would count what was rolled back, and jobs that nobody works on. Where it
    differs by no more than a sample of a deep queue may be wrong, it is right.
    """
    more = (waiting + measurement.in_flight) - (memory.waiting + memory.in_flight)
    arrived = max(0, finished + more)
    if measurement.enqueued_total is None or memory.enqueued_total is None:
        return arrived
    enqueued = max(0, measurement.enqueued_total - memory.enqueued_total)
    error = SAMPLE_ERROR * max(_estimated(measurement), memory.estimated)
    return enqueued if arrived > enqueued or enqueued - arrived <= error else arrived


def rolled_back(measurement: Measurement, memory: Memory) -> int:
    """Enqueues since the last measurement that left no job, as far as all jobs could be counted.

    Sequences run ahead of what is committed, by no more than each worker's thread has open.
    """
    before, totals = memory.service.ready_total, (memory.enqueued_total, memory.started_total)
    now = (measurement.enqueued_total, measurement.started_total)
    ready = ready_total(measurement)
    if seconds_since(measurement, memory) is None or None in (*totals, *now, before, ready):
        return 0
    enqueued, started = ((a or 0) - (b or 0) for a, b in zip(now, totals, strict=True))
    lost = enqueued - started - ((ready or 0) - (before or 0))
    return lost if lost > all_threads(measurement) else 0


def ready_total(measurement: Measurement) -> int | None:
    """Ready jobs of all queues; None where some could not be counted."""
    if any(queue.ready_is_at_least for queue in measurement.queues):
        return None
    return sum(queue.ready for queue in measurement.queues)


def _still_coming(measurement: Measurement) -> float:
    """From 0, all that waits came at once, to 1, it came and comes evenly.

    A queue younger than some seconds could be either.
    """
    oldest, median = measurement.oldest_wait_seconds, measurement.median_wait_seconds
    if not 0 < median <= oldest:
        return 0.0
    return min(1.0, 2 * (1 - median / oldest)) ** 2 * min(1.0, oldest / CERTAIN_WAIT_SECONDS)


def _steady_rate(arrivals: tuple[Arrivals, ...]) -> float:
    """Mean rate of the last ticks, the fastest one cut to the next: one burst is no trend."""
    ticks: list[Arrivals] = []
    for one in reversed(arrivals):
        if len(ticks) >= MIN_TICKS and sum(tick.jobs for tick in ticks) >= ENOUGH_ARRIVALS:
            break
        ticks.append(one)
    if len(ticks) == 1:
        return ticks[0].jobs / ticks[0].seconds
    next_fastest = sorted((tick.jobs / tick.seconds for tick in ticks), reverse=True)[1]
    jobs = sum(tick.seconds * min(tick.jobs / tick.seconds, next_fastest) for tick in ticks)
    return jobs / sum(tick.seconds for tick in ticks)
