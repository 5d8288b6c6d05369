"""How many tasks the queue requires, before any limit."""

import math
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from ops_common.answers.queue import Measurement
from scale_workers.policy.burst_prediction import expected
from scale_workers.policy.forecast import Forecast
from scale_workers.policy.history import Burst, Memory
from scale_workers.policy.model import Policy, ServiceState
from scale_workers.policy.rates import Rates
from scale_workers.policy.thread_sum import For, ThreadSum

MOST_LATE = 0.05
"""The share of a steady stream's jobs that may wait for longer than the target."""
HEADROOM = 0.5
"""The share of the target that waits may come to before a task is added. The target is there
to be used: at the edge of what some tasks can do, waits grow slowly and are seen in time."""


MOST_GROWTH = 1.5
"""How many times the present tasks are asked for at once where the model is wrong."""


class Evidence(StrEnum):
    """That present tasks are too few, whatever the model says."""

    WAITS_GROW = "waits_grow"
    """Beyond the target, with all threads busy."""
    NOTHING_ENDED = "nothing_ended"
    """A first measurement: how long a job takes is a guess, but all threads are busy, and for each
    of them another job waits."""


class RequiredCapacity(NamedTuple):
    """Tasks required, and the figures that say why."""

    tasks: int
    """Fewer than this is too few."""
    comfortable: int
    """More than this is too many now; never below `tasks`."""
    steady: int
    """What of that the steady stream takes, without what came on top of it."""
    left: float
    """Jobs that will still wait when a task asked for now is up."""
    within_seconds: float
    """All of them start within this time, with so many tasks."""
    expected: Burst | None
    """A burst that is foreseen by its period."""
    sum: ThreadSum
    """What `tasks` is made of, unless present tasks are kept or waits grow."""
    evidence: Evidence | None = None
    """Why more are asked for than the sum says."""


def required_capacity(
    measurement: Measurement,
    rates: Rates,
    service: ServiceState,
    policy: Policy,
    memory: Memory,
    now: datetime,
) -> RequiredCapacity:
    """Threads for the steady stream by Little's law, and for what comes on top of it.

    What is there already is worked off in the time that is left of the target once the new tasks
    are up; what is foreseen finds them up, and has the whole target. Fewer tasks are enough as long
    as waits stay within the headroom.
    """
    per_task = threads_per_task(measurement, policy)
    waiting = measurement.due_scheduled + rates.ready
    burst = expected(memory, now, now + timedelta(seconds=policy.look_ahead_seconds))
    foreseen = _foreseen(measurement, memory) + (burst.jobs if burst else 0)
    forecast = Forecast(waiting, per_task, measurement, rates, service, policy)
    left = forecast.left_over(memory.last_change_at, now)
    oldest_wait_seconds = measurement.oldest_wait_seconds
    drain_seconds = max(
        policy.target_latency_seconds - policy.start_up_seconds - oldest_wait_seconds,
        # To drain faster than a task starts costs more in start-ups than in work.
        policy.start_up_seconds,
    )
    headroom_seconds = HEADROOM * policy.target_latency_seconds
    # The first measurement of a rush may show more than could ever be.
    most_threads = max(policy.max_tasks, policy.min_tasks, 1) * per_task
    load, reserve = _stream_threads(rates, policy, most_threads)

    def to_start(waiting: float) -> ThreadSum:
        parts = (
            (For.LONG_RUNNING, float(measurement.long_running)),
            (For.STREAM, load),
            (For.RESERVE, reserve),
            (For.LEFT, _threads_to_start(waiting, drain_seconds, rates)),
            (For.FORESEEN, _threads_to_start(foreseen, policy.target_latency_seconds, rates)),
        )
        return ThreadSum(parts, per_task)

    # The dispatcher of a first task would let these through.
    blocked = measurement.blocked_jobs_whose_dispatcher_is_missing and not measurement.workers
    idle = rates.quiet and not (waiting or foreseen or measurement.in_flight or blocked)
    threads = to_start(left)
    stream = threads.without(For.LEFT, For.FORESEEN)
    steady = stream.tasks
    in_target = max(0 if idle else 1, threads.tasks)
    wanted = in_target
    # Whether present tasks may go can't count on their own work on what waits.
    comfortable = max(in_target, to_start(max(left, waiting)).tasks)
    if oldest_wait_seconds <= headroom_seconds:
        # What is foreseen waits from the time that it comes; here it is taken to wait already.
        with_foreseen = forecast._replace(waiting=waiting + foreseen)
        within = with_foreseen.threads_for_waits_within(headroom_seconds)
        waits = ThreadSum((threads.parts[0], (For.WAITS, within)), per_task)
        enough = max(1, waits.tasks)
        comfortable = min(comfortable, max(steady, enough))
        if max(steady, enough) < wanted:
            wanted = max(steady, enough)
            threads = stream if steady > enough else waits
        if enough <= forecast.tasks_up < wanted:
            wanted, threads = forecast.tasks_up, waits
    evidence, asked = _evidence(measurement, rates, forecast, policy)
    if wanted > forecast.tasks_up:
        evidence = None
    if evidence:
        wanted = asked
        comfortable = max(comfortable, wanted)
    within_seconds = policy.target_latency_seconds
    if wanted < in_target:
        within_seconds = headroom_seconds
        if forecast.tasks_up < wanted:
            within_seconds += policy.start_up_seconds
    elif left:
        within_seconds = policy.start_up_seconds + drain_seconds
    return RequiredCapacity(
        wanted, comfortable, steady, left, within_seconds, burst, threads, evidence
    )


def _evidence(
    measurement: Measurement, rates: Rates, forecast: Forecast, policy: Policy
) -> tuple[Evidence | None, int]:
    """What says that present tasks are too few, and how many are asked for then."""
    lateness = measurement.oldest_wait_seconds / policy.target_latency_seconds
    if rates.falling_behind and lateness > 1:
        return Evidence.WAITS_GROW, math.ceil(min(MOST_GROWTH, lateness) * forecast.tasks_up)
    threads = sum(max(0, worker.threads) for worker in measurement.workers)
    if not rates.measured and 0 < threads <= min(measurement.in_flight, rates.ready):
        return Evidence.NOTHING_ENDED, forecast.tasks_up + 1
    return None, 0


def _stream_threads(rates: Rates, policy: Policy, most: int) -> tuple[float, float]:
    """The stream's load, and a reserve with which 95 % of its jobs start within the target.

    With r threads more than the load no greater share than exp(-r × target ÷ service time) waits
    for longer (M/M/c; Gross et al., Fundamentals of Queueing Theory, section 3.3). So it is little
    for short jobs; it is at most as much as the load, for a reserve for rare jobs would idle.
    """
    load = min(most, rates.arrivals_per_second * rates.fresh_seconds)
    reserve = -math.log(MOST_LATE) * rates.fresh_seconds / policy.target_latency_seconds
    return load, min(load, reserve, most - load)


def _threads_to_start(jobs: float, within_seconds: float, rates: Rates) -> float:
    """Threads that start so many jobs within the time; no job needs more than one."""
    return jobs * min(1.0, rates.hold_seconds / within_seconds)


def _foreseen(measurement: Measurement, memory: Memory) -> int:
    """Jobs due within the look-ahead, beyond the stream of them that the steady rate has in it."""
    *usual, soon = memory.soon_due or (0,)
    return measurement.recurring_soon + max(0, soon - min(usual, default=0))


def threads_per_task(measurement: Measurement, policy: Policy) -> int:
    """By the live workers' own word, else by the policy's."""
    hosts = {worker.hostname for worker in measurement.workers if worker.threads}
    if not hosts:
        return max(1, policy.threads_per_task)
    return max(1, round(sum(worker.threads for worker in measurement.workers) / len(hosts)))
