"""How many worker tasks to ask for. Pure: `now` is an argument, nothing is read or sent."""

from copy import replace
from datetime import datetime, timedelta

from ops_common.answers.queue import Measurement
from scale_workers.policy import missing, reason
from scale_workers.policy.history import Memory, RequiredTasks, ServiceMemory
from scale_workers.policy.model import NoMeasurement, Policy, ServiceState
from scale_workers.policy.outcome import FREE, Decision, Held, HeldBy
from scale_workers.policy.pools import Pools, divide
from scale_workers.policy.queues import idle_beside
from scale_workers.policy.rates import ready_total, rolled_back
from scale_workers.policy.requirement import Requirement, requirement

CHANGES_KEPT_FOR = timedelta(days=1)


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
    lost = rolled_back(measurement, memory)
    pools = divide(measurement, service.share, memory, policy)
    watched = _watch(measurement, pools, service, memory.service, policy.tick_seconds, now)
    overdue = missing.overdue(watched.missing, policy.tick_seconds, now)
    expected = replace(service, desired=service.desired - overdue)
    needed, memory = requirement(measurement, pools, expected, policy, memory, now)
    ceiling, limit = _ceiling(service, policy)
    required = max(policy.min_tasks, needed.capacity.tasks)
    memory = _remember(replace(memory, service=watched), needed, policy, now)
    if min(required, ceiling) > service.desired:
        desired, held = min(required, ceiling), FREE
    else:
        busy = _busy(pools, service)
        desired, held = _scale_in(busy, service, policy, memory, now, required, ceiling)
    if required > ceiling:
        held = Held(limit, ceiling)
    if policy.held_until:
        held = Held(HeldBy.HOLD, policy.min_tasks)
    elif overdue:
        held = Held(HeldBy.MISSING, overdue)
    if desired != service.desired:
        memory = replace(memory, last_change_at=now)
    memory = replace(memory, service=_with_counts(watched, service, desired, now))
    text = reason.explain(measurement, pools, needed, service, policy, desired, held, lost)
    return Decision(desired, text, memory, required, held.by, pools, needed)


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
        service=_with_counts(memory.service, service, desired, now),
    )
    held_by = HeldBy.ASLEEP if why.paused else HeldBy.NO_MEASUREMENT
    return Decision(desired, reason.blind(why, service, desired), memory, desired, held_by)


def _watch(
    measurement: Measurement,
    pools: Pools,
    service: ServiceState,
    before: ServiceMemory,
    tick_seconds: float,
    now: datetime,
) -> ServiceMemory:
    hosts = {one.hostname for group in pools.groups for one in group.view.workers}
    return replace(
        before,
        lists=pools.lists,
        missing=missing.note(before.missing, service, len(hosts), tick_seconds, now),
        idle_beside=idle_beside(measurement),
        ready_total=ready_total(measurement),
    )


def _with_counts(
    before: ServiceMemory, service: ServiceState, desired: int, now: datetime
) -> ServiceMemory:
    """With the count that this tick leaves, and with the time of a change that wasn't ours.

    What is asked for and what becomes of it may differ, by tasks that turned out to be busy.
    """
    changed = tuple(at for at in before.changed_by_others if now - at < CHANGES_KEPT_FOR)
    if before.counts and not min(before.counts) <= service.desired <= max(before.counts):
        changed = (*changed, now)
    return replace(before, counts=(service.desired, desired), changed_by_others=changed)


def _ceiling(service: ServiceState, policy: Policy) -> tuple[int, HeldBy]:
    allowed = service.allowance
    if allowed is None:
        allowed = policy.connections.worker_tasks(service.web_tasks)
    if allowed is None or allowed >= policy.max_tasks:
        return max(policy.min_tasks, policy.max_tasks), HeldBy.MAXIMUM
    return max(policy.min_tasks, allowed), HeldBy.CONNECTIONS


def _remember(memory: Memory, needed: Requirement, policy: Policy, now: datetime) -> Memory:
    start = now - timedelta(seconds=policy.patience_seconds)
    earlier = tuple(one for one in memory.required if start <= one.at < now)
    latest = RequiredTasks(now, needed.comfortable, needed.steady)
    return replace(memory, required=(*earlier, latest))


def _busy(pools: Pools, service: ServiceState) -> int:
    if service.busy is not None:
        return service.busy
    workers = [one for group in pools.groups for one in group.view.workers]
    return len({worker.hostname for worker in workers if worker.in_flight})


def _scale_in(
    busy: int,
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
    desired = max(target, service.desired - policy.scale_in_step)
    if busy > desired:
        return min(busy, service.desired), Held(HeldBy.BUSY, busy)
    return desired, FREE
