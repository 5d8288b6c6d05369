"""Pools: workers of one queue list, and the queues that only certain pools work on. Pure.

Tasks are enough when, for each group of pools, they carry the jobs that no other pool takes. So
the requirement of a service is the greatest of its groups (Hall's theorem for jobs and threads).
With one pool there is one group, and it is the whole measurement.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ops_common.answers.queue import Measurement, Worker
from scale_workers.policy.group_view import Group, group, own_view, whole_group
from scale_workers.policy.history import Memory
from scale_workers.policy.model import Policy, Share
from scale_workers.policy.queues import QueueList, covers, idle_beside, lists_of, unserved

MOST_GROUPS = 16
EVERYTHING = ("*",)
OTHER = "\0"
"""Stands for any queue that no list names."""


@dataclass(frozen=True)
class Pools:
    """A service's part of a measurement."""

    groups: tuple[Group, ...]
    unserved: tuple[str, ...]
    """Queues with ready jobs that none of its lists covers."""
    stalled: tuple[str, ...]
    """Queues whose jobs wait beside idle threads, in two measurements."""
    lists: tuple[tuple[QueueList, int], ...]
    """To be remembered."""
    ignored: tuple[str, ...] = ()
    """Queues with jobs that bring no task, because a person said so."""


def divide(measurement: Measurement, share: Share | None, memory: Memory, policy: Policy) -> Pools:
    """The groups of the service's pools, each with its view of the measurement."""
    own = own_view(measurement, share)
    workers = own.workers
    known = _known_lists(workers, memory, policy)
    ignored = {name for name, target in policy.queue_targets.items() if not target}
    by_queue = bool(ignored) or (share is not None and share.portions is not None)
    remembered = known
    if not known and by_queue:
        # Nobody knows its lists: a first task would show them.
        known = ((EVERYTHING, policy.threads_per_task),)
    lists = tuple(queues for queues, _ in known)
    nobody = unserved(own, lists)
    # Where finished jobs aren't kept, short ones start and end unseen between measurements.
    unseen = measurement.completed is None and measurement.started_total != memory.started_total
    beside = set[str]() if unseen else {*memory.service.idle_beside}
    stalled = tuple(name for name in idle_beside(own) if name in beside)
    left_aside = {*nobody, *stalled, *ignored}
    names = {one.name for one in own.queues} | {one.name for one in own.flows}
    names -= left_aside
    if len(lists) <= 1 and not by_queue:
        threads = known[0][1] if known and not workers else None
        groups: tuple[Group, ...] = (whole_group(own, measurement, left_aside, threads),)
    else:
        groups = tuple(
            group(own, measurement, pools, lists, known, names, memory)
            for pools in _unions(names, lists)
        )
    with_jobs = tuple(one.name for one in own.queues if one.name in ignored and one.jobs)
    return Pools(groups, nobody, stalled, remembered, with_jobs)


def _known_lists(
    workers: Sequence[Worker], memory: Memory, policy: Policy
) -> tuple[tuple[QueueList, int], ...]:
    """Each list with its threads per task; those remembered while no worker lives."""
    lists = lists_of(workers)
    if lists:
        hosts = max(1, len({worker.hostname for worker in workers}))
        return tuple(
            (queues, max(1, round(_threads(workers, (queues,)) / hosts))) for queues in lists
        )
    if policy.queues:
        return ((policy.queues, policy.threads_per_task),)
    return memory.service.lists


def _threads(workers: Sequence[Worker], lists: Collection[QueueList]) -> int:
    return sum(worker.threads for worker in workers if worker.queues in lists)


def _unions(names: Collection[str], lists: tuple[QueueList, ...]) -> list[frozenset[QueueList]]:
    """The sets of pools that some jobs can't do without: each queue's, and their unions."""
    named = {name for queues in lists for name in queues if not name.endswith("*")}
    signatures = {
        frozenset(one for one in lists if covers(one, name)) for name in {*names, *named, OTHER}
    } - {frozenset[QueueList]()}
    found = set(signatures)
    for signature in sorted(signatures, key=sorted):
        if len(found) > MOST_GROUPS:
            break
        found |= {signature | other for other in found}
    if signatures:
        found.add(frozenset[QueueList]().union(*signatures))
    ordered = sorted(found, key=lambda one: (len(one), sorted(one)))
    # The narrow ones are where jobs wait; the last is all of them.
    return ordered if len(ordered) <= MOST_GROUPS else [*ordered[: MOST_GROUPS - 1], ordered[-1]]
