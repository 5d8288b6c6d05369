"""A group's view of a measurement: its queues, its workers, its share of what started. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from ops_common.answers.queue import Measurement, QueueDepth, QueueFlow
from scale_workers.policy.history import Memory
from scale_workers.policy.model import Share
from scale_workers.policy.queues import QueueList, covers
from scale_workers.policy.service_time import seconds_since


@dataclass(frozen=True)
class Group:
    """Pools that share queues which no other pool works on, and what there is of both."""

    name: str
    """The pools' lists; empty for the whole."""
    view: Measurement
    observed: Measurement
    """The same with all who work on these queues, also those of no service of ours."""
    threads_per_task: int | None
    """By the lists that are remembered, where no worker lives."""
    queues: tuple[str, ...] = ()
    """Those with jobs, for the reason."""


def own_view(measurement: Measurement, share: Share | None) -> Measurement:
    """What of the measurement is the service's own."""
    if share is None:
        return measurement
    own = tuple(one for one in measurement.workers if one.hostname in share.hosts)
    if share.portions is None:
        return replace(measurement, workers=own)
    portions = share.portions
    return replace(
        measurement,
        workers=own,
        queues=tuple(
            _scaled_depth(one, portions[one.name])
            for one in measurement.queues
            if portions.get(one.name)
        ),
        flows=tuple(
            _scaled_flow(one, portions[one.name])
            for one in measurement.flows
            if portions.get(one.name)
        ),
    )


def _scaled_depth(depth: QueueDepth, portion: float) -> QueueDepth:
    return replace(
        depth, ready=round(depth.ready * portion), estimate=round(depth.estimate * portion)
    )


def _scaled_flow(flow: QueueFlow, portion: float) -> QueueFlow:
    return QueueFlow(
        flow.name,
        round(flow.in_flight * portion),
        round(flow.long_running * portion),
        round(flow.due_scheduled * portion),
        round(flow.soon_due_scheduled * portion),
        round(flow.completed * portion),
    )


def whole_group(
    own: Measurement, everything: Measurement, left_aside: Collection[str], threads: int | None
) -> Group:
    """The only one, of a service whose threads all take every job."""
    view = _whole(own, left_aside)
    return Group("", view, replace(view, workers=everything.workers), threads)


def _whole(measurement: Measurement, left_aside: Collection[str]) -> Measurement:
    """The measurement without what nobody works on, and without claims that nobody holds."""
    dead = measurement.dead_workers
    lost = sum(one.in_flight for one in dead) + measurement.orphaned_claims
    lost_long = sum(one.long_running for one in dead) + measurement.orphaned_claims
    aside = [flow for flow in measurement.flows if flow.name in left_aside]
    due = measurement.due_scheduled - sum(flow.due_scheduled for flow in aside)
    view = replace(
        measurement,
        queues=_workable(measurement, left_aside),
        in_flight=max(0, measurement.in_flight - lost),
        long_running=max(0, measurement.long_running - lost_long),
        due_scheduled=0 if _nobody_dispatches(measurement) else max(0, due),
        soon_due_scheduled=max(
            0, measurement.soon_due_scheduled - sum(flow.soon_due_scheduled for flow in aside)
        ),
    )
    # The median is of all rows: those that nobody takes would have it say when they came.
    all_taken = not left_aside and not any(one.paused and one.jobs for one in measurement.queues)
    return _with_waits(view, view.median_wait_seconds if all_taken else None)


def group(
    own: Measurement,
    everything: Measurement,
    pools: frozenset[QueueList],
    lists: tuple[QueueList, ...],
    known: tuple[tuple[QueueList, int], ...],
    names: Collection[str],
    memory: Memory,
) -> Group:
    """Pools that share queues which no other pool of the service works on."""
    mine = {name for name in names if {one for one in lists if covers(one, name)} <= pools}
    name = "|".join(",".join(one) for one in sorted(pools))
    flows = tuple(flow for flow in own.flows if flow.name in mine)
    in_flight = sum(flow.in_flight for flow in flows)
    view = replace(
        own,
        queues=tuple(one for one in own.queues if one.name in mine and not one.paused),
        flows=flows,
        workers=tuple(one for one in own.workers if one.queues in pools),
        dead_workers=tuple(one for one in own.dead_workers if one.queues in pools),
        in_flight=in_flight,
        long_running=sum(flow.long_running for flow in flows),
        due_scheduled=0
        if _nobody_dispatches(everything)
        else sum(flow.due_scheduled for flow in flows),
        soon_due_scheduled=sum(flow.soon_due_scheduled for flow in flows),
        recurring_soon=own.recurring_soon if pools == set(lists) else 0,
        enqueued_total=None,
        started_total=_started(everything, flows, in_flight, memory, name),
    )
    threads = None if own.workers else sum(each for queues, each in known if queues in pools)
    with_jobs = tuple(one.name for one in view.queues if one.jobs)
    view = _with_waits(view, None)
    everyone = tuple(one for one in everything.workers if one.queues in pools)
    return Group(name, view, replace(view, workers=everyone), threads, with_jobs)


def _started(
    everything: Measurement,
    flows: Sequence[QueueFlow],
    in_flight: int,
    memory: Memory,
    name: str,
) -> int | None:
    """A counter of the group's own: of all that ended since, the share that its queues have."""
    before = memory.pools.get(name)
    if before is None or before.started_total is None:
        return 0
    if everything.started_total is None or memory.started_total is None:
        return None
    if seconds_since(everything, memory) is None:
        return before.started_total
    running = sum(flow.in_flight for flow in everything.flows)
    ended = everything.started_total - memory.started_total - (running - memory.in_flight)
    completed = sum(flow.completed for flow in everything.flows)
    # Where finished jobs aren't kept, what runs shows how the threads are shared.
    share = (
        sum(flow.completed for flow in flows) / completed
        if completed
        else in_flight / running
        if running
        else 0.0
    )
    more = round(max(0, ended) * share) + in_flight - before.in_flight
    return before.started_total + max(0, more)


def _workable(measurement: Measurement, left_aside: Collection[str]) -> tuple[QueueDepth, ...]:
    return tuple(one for one in measurement.queues if not one.paused and one.name not in left_aside)


def _nobody_dispatches(measurement: Measurement) -> bool:
    """Due jobs that no task's worker will see; the first task brings a dispatcher along."""
    return measurement.due_jobs_whose_dispatcher_is_missing > 0 and bool(measurement.workers)


def _with_waits(view: Measurement, median_wait_seconds: float | None) -> Measurement:
    """With the oldest wait of its own queues, and the median of the longest of them."""
    known = [one for one in view.queues if one.oldest_wait_seconds]
    oldest = max((one.oldest_wait_seconds for one in known), default=None)
    if oldest is None:
        oldest = view.oldest_wait_seconds if view.queues else 0.0
    if median_wait_seconds is None:
        longest = max(view.queues, key=lambda one: one.jobs, default=None)
        median_wait_seconds = longest.median_wait_seconds if longest else 0.0
    return replace(view, oldest_wait_seconds=oldest, median_wait_seconds=median_wait_seconds)
