"""How many worker tasks to ask for. Pure: `now` is an argument, nothing is read or sent."""

from copy import replace
from datetime import datetime, timedelta

from scale_workers.policy import burst_prediction, reason
from scale_workers.policy.measurement import Measurement, NoMeasurement
from scale_workers.policy.model import (
    FREE,
    Decision,
    Held,
    HeldBy,
    Memory,
    Policy,
    RequiredTasks,
    ServiceState,
)
from scale_workers.policy.rates import observe
from scale_workers.policy.required_capacity import RequiredCapacity, required_capacity


def decide(
    measurement: Measurement | NoMeasurement,
    service: ServiceState,
    policy: Policy,
    memory: Memory,
    now: datetime,
) -> Decision:
    """Decide on the tick at `now`: out at once, in only after patience and in steps.

    Never takes a task away without a measurement, during a rollout, or below the busy ones.
    Where connections or `max_tasks` are the limit, it stops there and says so. `min_tasks` wins
    over the connection budget: a person asked for it.
    """
    if isinstance(measurement, NoMeasurement):
        return _blind(measurement, service, policy, memory, now)
    before = memory
    workable = measurement.with_unserved_paused()
    rates, memory = observe(workable, before)
    memory = burst_prediction.note(workable, rates, before, memory, policy)
    capacity = required_capacity(measurement, rates, service, policy, memory, now)
    ceiling, limit = _ceiling(service, policy)
    required = max(policy.min_tasks, capacity.tasks)
    memory = _remember(memory, capacity, policy, now)
    if min(required, ceiling) > service.desired:
        desired, held = min(required, ceiling), FREE
    else:
        desired, held = _scale_in(measurement, service, policy, memory, now, required, ceiling)
    if required > ceiling:
        held = Held(limit, ceiling)
    if desired != service.desired:
        memory = replace(memory, last_change_at=now)
    text = reason.explain(workable, rates, capacity, service, policy, desired, held)
    return Decision(desired, text, memory, required, held.by)


def _blind(
    why: NoMeasurement, service: ServiceState, policy: Policy, memory: Memory, now: datetime
) -> Decision:
    # Raising to the minimum is safe in the dark, but its workers would wake a paused cluster.
    desired = service.desired if why.paused else max(service.desired, policy.min_tasks)
    memory = replace(
        memory,
        last_change_at=now if desired != service.desired else memory.last_change_at,
        # Patience starts anew: nobody knows what was needed meanwhile.
        required=(),
    )
    held_by = HeldBy.ASLEEP if why.paused else HeldBy.NO_MEASUREMENT
    return Decision(desired, reason.blind(why, service, desired), memory, desired, held_by)


def _ceiling(service: ServiceState, policy: Policy) -> tuple[int, HeldBy]:
    budget = policy.connections.worker_tasks(service.web_tasks)
    if budget is None or budget >= policy.max_tasks:
        return max(policy.min_tasks, policy.max_tasks), HeldBy.MAXIMUM
    return max(policy.min_tasks, budget), HeldBy.CONNECTIONS


def _remember(memory: Memory, capacity: RequiredCapacity, policy: Policy, now: datetime) -> Memory:
    start = now - timedelta(seconds=policy.patience_seconds)
    earlier = tuple(one for one in memory.required if start <= one.at < now)
    latest = RequiredTasks(now, capacity.comfortable, capacity.steady)
    return replace(memory, required=(*earlier, latest))


def _scale_in(
    measurement: Measurement,
    service: ServiceState,
    policy: Policy,
    memory: Memory,
    now: datetime,
    required: int,
    ceiling: int,
) -> tuple[int, Held]:
    """The count after this tick, and what holds it above the required one, if anything does."""
    last_tick = now - timedelta(seconds=policy.tick_seconds * 1.5)
    highest = max(max(one.steady, one.tasks * (one.at >= last_tick)) for one in memory.required)
    target = min(max(policy.min_tasks, highest), ceiling)
    if target >= service.desired:
        if required >= min(service.desired, ceiling):
            return service.desired, FREE
        if memory.required[-1].tasks >= service.desired:
            return service.desired, Held(HeldBy.FORECAST)
        return service.desired, Held(HeldBy.RECENT_NEED, target)
    if service.rolling_out:
        return service.desired, Held(HeldBy.ROLLOUT)
    # The window is covered when its oldest tick is no younger than the patience less one tick.
    covered = (now - memory.required[0].at).total_seconds() + policy.tick_seconds
    if covered < policy.patience_seconds and service.desired <= ceiling:
        return service.desired, Held(HeldBy.PATIENCE)
    busy = service.busy
    if busy is None:
        busy = len({worker.hostname for worker in measurement.workers if worker.in_flight})
    desired = max(target, service.desired - policy.scale_in_step)
    if busy > desired:
        return min(busy, service.desired), Held(HeldBy.BUSY, busy)
    return desired, FREE
