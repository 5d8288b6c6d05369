"""How many tasks the queue is worth, before any limit."""

import math
from datetime import datetime, timedelta
from typing import NamedTuple

from scale_workers.measurement import Measurement
from scale_workers.model import Burst, Memory, Policy, ServiceState
from scale_workers.rates import Rates
from scale_workers.rhythm import expected
from scale_workers.staffing import threads_for

RELUCTANCE = 1.15
"""A task is taken away only if the rest could carry this much more load: no flapping at an edge."""


class Need(NamedTuple):
    """Tasks worth having, and the figures that say why."""

    tasks: int
    """Fewer than this is too few."""
    at_ease: int
    """More than this is too many now; never below `tasks`."""
    steady: int
    """What of that the steady stream takes, without what came on top of it."""
    left: float
    """Jobs that will still wait when a task asked for now is up."""
    within_seconds: float
    """All of them start within this time, with so many tasks."""
    expected: Burst | None
    """A burst that is foreseen by its rhythm."""
    unserved: tuple[str, ...]
    """Queues with ready jobs that no live worker takes from."""


def need(
    measurement: Measurement,
    rates: Rates,
    service: ServiceState,
    policy: Policy,
    memory: Memory,
    now: datetime,
) -> Need:
    """Threads for the steady stream by Erlang, and for what comes on top of it.

    What is there already is worked off in the time that is left of the target once the new tasks
    are up; what is foreseen finds them up, and has the whole target.
    """
    per_task = threads_per_task(measurement, policy)
    unserved = _unserved(measurement)
    waiting = measurement.due_scheduled + _served(measurement, rates, unserved)
    burst = expected(memory, now, now + timedelta(seconds=policy.look_ahead_seconds))
    foreseen = _foreseen(measurement, memory) + (burst.jobs if burst else 0)
    left = _left_over(waiting, measurement, rates, service, policy, memory, now, per_task)
    drain_seconds = max(
        policy.target_latency_seconds - policy.start_up_seconds - measurement.oldest_wait_seconds,
        # To drain faster than a task starts costs more in start-ups than in work.
        policy.start_up_seconds,
    )
    most = max(policy.max_tasks, policy.min_tasks, 1) * per_task

    def tasks(load: float, waiting: float, foreseen: int) -> int:
        fresh = threads_for(
            load * rates.arrivals_per_second,
            rates.fresh_seconds,
            policy.target_latency_seconds,
            most,
        )
        return math.ceil(
            (
                measurement.long_running
                + fresh
                + _threads_to_start(waiting, drain_seconds, rates)
                + _threads_to_start(foreseen, policy.target_latency_seconds, rates)
            )
            / per_task
        )

    idle = rates.quiet and not (waiting or foreseen or measurement.in_flight)
    wanted = max(0 if idle else 1, tasks(1.0, left, foreseen))
    return Need(
        tasks=wanted,
        # Whether present tasks may go can't count on their own work on what waits.
        at_ease=max(wanted, tasks(RELUCTANCE, max(left, waiting), foreseen)),
        steady=tasks(RELUCTANCE, 0.0, 0),
        left=left,
        within_seconds=policy.start_up_seconds + drain_seconds
        if left
        else policy.target_latency_seconds,
        expected=burst,
        unserved=unserved,
    )


def _threads_to_start(jobs: float, within_seconds: float, rates: Rates) -> float:
    """Threads that start so many jobs within the time; no job needs more than one."""
    return jobs * min(1.0, rates.hold_seconds / within_seconds)


def _served(measurement: Measurement, rates: Rates, unserved: tuple[str, ...]) -> int:
    return rates.ready - sum(
        queue.ready for queue in measurement.queues if queue.name in unserved and not queue.paused
    )


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


def _left_over(
    waiting: int,
    measurement: Measurement,
    rates: Rates,
    service: ServiceState,
    policy: Policy,
    memory: Memory,
    now: datetime,
    per_task: int,
) -> float:
    """Jobs still waiting when a task asked for now is up, if only the present ones work."""
    up = len({worker.hostname for worker in measurement.workers})
    if not measurement.workers:
        up = service.running
    coming = max(0, service.desired - up)
    since_change = (
        (now - memory.last_change_at).total_seconds() if memory.last_change_at else math.inf
    )
    # Tasks that are overdue, or were asked for by someone else, are expected by the next tick.
    arrival = policy.start_up_seconds - since_change
    if not 0 <= arrival <= policy.start_up_seconds:
        arrival = min(policy.tick_seconds, policy.start_up_seconds)
    free = max(0, min(up, service.desired) * per_task - measurement.long_running)
    thread_seconds = free * policy.start_up_seconds + coming * per_task * (
        policy.start_up_seconds - arrival
    )
    comes = rates.coming_per_second * policy.start_up_seconds
    return max(0.0, waiting + comes - thread_seconds / rates.hold_seconds)


def _unserved(measurement: Measurement) -> tuple[str, ...]:
    """Queues with ready jobs that no live worker's list covers ("*", a name, or "prefix*")."""
    patterns = {pattern for worker in measurement.workers for pattern in worker.queues}
    if not patterns:
        return ()
    return tuple(
        queue.name
        for queue in measurement.queues
        if queue.ready
        and not queue.paused
        and not any(
            queue.name.startswith(pattern[:-1]) if pattern.endswith("*") else queue.name == pattern
            for pattern in patterns
        )
    )
