"""How many worker tasks to ask for. Pure: `now` is an argument, nothing is read or sent."""

from copy import replace
from datetime import datetime, timedelta

from scale_workers import reason, rhythm
from scale_workers.measurement import Measurement, NoMeasurement
from scale_workers.model import Decision, Limit, Memory, Policy, ServiceState, TaskNeed
from scale_workers.need import Need, need
from scale_workers.rates import observe


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
    memory = rhythm.note(workable, rates, before, memory, policy)
    needed = need(measurement, rates, service, policy, memory, now)
    ceiling, limit = _ceiling(service, policy)
    wanted = max(policy.min_tasks, needed.tasks)
    limits = (limit,) if wanted > ceiling else ()
    memory = _remember(memory, needed, policy, now)
    if min(wanted, ceiling) > service.desired:
        desired, held = min(wanted, ceiling), ""
    else:
        desired, held = _scale_in(measurement, service, policy, memory, now, wanted, ceiling)
    if desired != service.desired:
        memory = replace(memory, last_change_at=now)
    text = reason.explain(workable, rates, needed, service, policy, desired, ceiling, held)
    return Decision(desired, text, memory, wanted, limits)


def _blind(
    why: NoMeasurement, service: ServiceState, policy: Policy, memory: Memory, now: datetime
) -> Decision:
    # Raising to the minimum is safe in the dark, but its workers would wake a paused cluster.
    desired = service.desired if why.paused else max(service.desired, policy.min_tasks)
    memory = replace(
        memory,
        last_change_at=now if desired != service.desired else memory.last_change_at,
        # Patience starts anew: nobody knows what was needed meanwhile.
        needs=(),
    )
    return Decision(desired, reason.blind(why, service, desired), memory, desired)


def _ceiling(service: ServiceState, policy: Policy) -> tuple[int, Limit]:
    budget = policy.connections.worker_tasks(service.web_tasks)
    if budget is None or budget >= policy.max_tasks:
        return max(policy.min_tasks, policy.max_tasks), Limit.MAX_TASKS
    return max(policy.min_tasks, budget), Limit.CONNECTIONS


def _remember(memory: Memory, needed: Need, policy: Policy, now: datetime) -> Memory:
    start = now - timedelta(seconds=policy.patience_seconds)
    needs = tuple(one for one in memory.needs if start <= one.at < now)
    return replace(memory, needs=(*needs, TaskNeed(now, needed.at_ease, needed.steady)))


def _scale_in(
    measurement: Measurement,
    service: ServiceState,
    policy: Policy,
    memory: Memory,
    now: datetime,
    wanted: int,
    ceiling: int,
) -> tuple[int, str]:
    """The count after this tick, and what holds it above the need, if anything does."""
    last_tick = now - timedelta(seconds=policy.tick_seconds * 1.5)
    highest = max(max(one.steady, one.tasks * (one.at >= last_tick)) for one in memory.needs)
    target = min(max(policy.min_tasks, highest), ceiling)
    if target >= service.desired:
        if wanted >= min(service.desired, ceiling):
            return service.desired, ""
        if memory.needs[-1].tasks >= service.desired:
            return service.desired, "the rest would soon be too few"
        return service.desired, f"{target} were needed a moment ago"
    if service.rolling_out:
        return service.desired, "a deployment is rolling out"
    # The window is covered when its oldest tick is no younger than the patience less one tick.
    covered = (now - memory.needs[0].at).total_seconds() + policy.tick_seconds
    if covered < policy.patience_seconds and service.desired <= ceiling:
        return service.desired, "the need has not been lower for long enough"
    busy = service.busy
    if busy is None:
        busy = len({worker.hostname for worker in measurement.workers if worker.in_flight})
    desired = max(target, service.desired - policy.scale_in_step)
    if busy > desired:
        return min(busy, service.desired), f"{busy} tasks run jobs"
    return desired, ""
