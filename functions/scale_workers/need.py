"""How many tasks the queue is worth, before any limit."""

import math
from dataclasses import dataclass
from datetime import datetime

from scale_workers.model import Measurement, Memory, Policy, ServiceState
from scale_workers.rates import Rates
from scale_workers.staffing import threads_for

RELUCTANCE = 1.15
"""A task is taken away only if the rest could carry this much more load: no flapping at an edge."""


@dataclass(frozen=True)
class Need:
    """Tasks worth having, and the figures that say why."""

    tasks: int
    """Fewer than this is too few."""
    at_ease: int
    """More than this is too many; never below `tasks`."""
    backlog: int
    """Jobs that could start now, or within the look-ahead, were there a thread for each."""
    left: float
    """What of the backlog will be left when a task asked for now is up."""
    threads_per_task: int
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
    """Steady part by Erlang, plus the drain of what the present tasks leave over."""
    per_task = threads_per_task(measurement, policy)
    unserved = _unserved(measurement)
    ready = rates.ready - sum(
        queue.ready for queue in measurement.queues if queue.name in unserved and not queue.paused
    )
    soon = measurement.due_scheduled + measurement.soon_due_scheduled + measurement.recurring_soon
    backlog = ready + soon
    left = _left_over(backlog, measurement, rates, service, policy, memory, now, per_task)
    most = max(policy.max_tasks, policy.min_tasks, 1) * per_task
    drain = left * rates.service_seconds / drain_seconds(policy)

    def tasks(load: float) -> int:
        steady = threads_for(
            load * rates.arrivals_per_second,
            rates.service_seconds,
            policy.target_latency_seconds,
            most,
        )
        return math.ceil((steady + drain) / per_task)

    least = 0 if rates.quiet and not backlog and not measurement.in_flight else 1
    wanted = max(least, tasks(1.0))
    return Need(wanted, max(wanted, tasks(RELUCTANCE)), backlog, left, per_task, unserved)


def drain_seconds(policy: Policy) -> float:
    """How long the drain may take once the new tasks are up.

    What is left of the target after the start-up; and where the start-up alone takes longer than
    the target, as long as the start-up took: to drain faster costs more in start-ups than in work.
    """
    return max(policy.target_latency_seconds - policy.start_up_seconds, policy.start_up_seconds)


def threads_per_task(measurement: Measurement, policy: Policy) -> int:
    """By the live workers' own word, else by the policy's."""
    hosts = {worker.hostname for worker in measurement.workers if worker.threads}
    if not hosts:
        return max(1, policy.threads_per_task)
    return max(1, round(sum(worker.threads for worker in measurement.workers) / len(hosts)))


def _left_over(
    backlog: int,
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
    thread_seconds = per_task * (
        min(up, service.desired) * policy.start_up_seconds
        + coming * (policy.start_up_seconds - arrival)
    )
    comes = rates.arrivals_per_second * policy.start_up_seconds
    return max(0.0, backlog + comes - thread_seconds / rates.service_seconds)


def _unserved(measurement: Measurement) -> tuple[str, ...]:
    """Queues with ready jobs that no live worker's list covers ("*", a name, or "prefix*")."""
    patterns = {pattern for worker in measurement.workers for pattern in worker.queues}
    if not patterns or "*" in patterns:
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
