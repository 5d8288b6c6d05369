"""What a service requires: the greatest requirement of its groups of pools. Pure."""

from copy import replace
from datetime import datetime
from typing import NamedTuple

from ops_common.answers.queue import Measurement, QueueDepth
from scale_workers.policy import burst_prediction
from scale_workers.policy.group_view import Group
from scale_workers.policy.history import Memory
from scale_workers.policy.model import Policy, ServiceState
from scale_workers.policy.pools import Pools
from scale_workers.policy.rates import Rates, observe
from scale_workers.policy.required_capacity import RequiredCapacity, required_capacity


class Requirement(NamedTuple):
    """The group that requires most, and what the groups together ask for."""

    group: Group
    rates: Rates
    capacity: RequiredCapacity
    comfortable: int
    """More than this is too many for every group."""
    steady: int


def requirement(
    measurement: Measurement,
    pools: Pools,
    service: ServiceState,
    policy: Policy,
    memory: Memory,
    now: datetime,
) -> tuple[Requirement, Memory]:
    """Each group's rates and capacity by its own memory, and the memory afterwards."""
    found: list[tuple[Group, Rates, RequiredCapacity]] = []
    streams: dict[str, Memory] = {}
    for group in pools.groups:
        before = memory if not group.name else memory.pools.get(group.name, Memory())
        before = replace(before, last_change_at=memory.last_change_at)
        rates, after = observe(group.observed, before)
        own = policy
        if group.threads_per_task:
            own = replace(policy, threads_per_task=group.threads_per_task)
        after = burst_prediction.note(group.view, rates, before, after, own)
        view, weighed = _weighed(group.view, rates, policy)
        found.append((group, rates, required_capacity(view, weighed, service, own, after, now)))
        streams[group.name] = after
    # Of equals the widest: it says more.
    group, rates, capacity = max(
        reversed(found), key=lambda one: (one[2].tasks, one[2].comfortable)
    )
    needed = Requirement(
        group,
        rates,
        capacity,
        max(one.comfortable for _, _, one in found),
        max(one.steady for _, _, one in found),
    )
    if "" in streams:
        return needed, replace(streams[""], pools={}, service=memory.service)
    return needed, replace(
        memory,
        measured_at=measurement.taken_at,
        enqueued_total=measurement.enqueued_total,
        started_total=measurement.started_total,
        in_flight=sum(flow.in_flight for flow in measurement.flows),
        pools=streams,
    )


def _weighed(view: Measurement, rates: Rates, policy: Policy) -> tuple[Measurement, Rates]:
    """Jobs of a queue with a target of its own, as so many that share the service's target."""
    if not any(queue.name in policy.queue_targets for queue in view.queues):
        return view, rates
    queues = tuple(_weighed_depth(queue, policy) for queue in view.queues)
    oldest = max((queue.oldest_wait_seconds for queue in queues), default=0.0)
    weighed = replace(rates, ready=sum(queue.jobs for queue in queues))
    return replace(view, queues=queues, oldest_wait_seconds=oldest), weighed


def _weighed_depth(queue: QueueDepth, policy: Policy) -> QueueDepth:
    if queue.name not in policy.queue_targets:
        return queue
    target = policy.queue_targets[queue.name]
    weight = policy.target_latency_seconds / target if target else 0.0
    return replace(
        queue,
        ready=round(queue.ready * weight),
        estimate=round(queue.estimate * weight),
        oldest_wait_seconds=queue.oldest_wait_seconds * weight,
    )
