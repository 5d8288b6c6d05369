"""Which service is to work on which queue, and whose a worker is. Pure."""

from collections.abc import Mapping

from ops_common.answers.queue import Measurement
from scale_workers.policy.model import Share
from scale_workers.policy.queues import QueueList, lists_of, specificity


def share_of(
    service: str,
    hosts: Mapping[str, frozenset[str]],
    given: Mapping[str, tuple[QueueList, ...]],
    measurement: Measurement,
) -> Share | None:
    """What of a measurement is this service's; None where all of it is.

    A queue is for the service whose lists name it most closely; services that name it equally
    share its jobs. `hosts`: by service, those of its live workers. `given`: by service, its lists
    while none of its workers lives. Workers on no service's host are nobody's: they are left aside.
    """
    own = hosts[service]
    known = frozenset[str]().union(*hosts.values())
    foreign = {worker.hostname for worker in measurement.workers} - known
    if len(hosts) == 1:
        # Where no worker at all belongs to a task, their names show nothing.
        return Share(own) if foreign and own else None
    lists = {
        name: lists_of(one for one in measurement.workers if one.hostname in hosts[name])
        or given[name]
        for name in hosts
    }
    queues = {one.name for one in measurement.queues} | {one.name for one in measurement.flows}
    portions = {queue: _portion(service, queue, lists) for queue in queues}
    return Share(own, {queue: portion for queue, portion in portions.items() if portion})


def _portion(service: str, queue: str, lists: Mapping[str, tuple[QueueList, ...]]) -> float:
    closeness = {name: specificity(one, queue) for name, one in lists.items()}
    best = max(closeness.values())
    if not best:
        # Nobody's: of one that may still come up with a list of its own, else of the first.
        unknown = [name for name in lists if not lists[name]] or [next(iter(lists))]
        return 1 / len(unknown) if service in unknown else 0.0
    equals = [name for name in closeness if closeness[name] == best]
    return 1 / len(equals) if service in equals else 0.0


def foreign_workers(
    hosts: Mapping[str, frozenset[str]], measurement: Measurement
) -> tuple[str, ...]:
    """Hostnames of workers of no service of ours; none where no worker belongs to a task."""
    known = frozenset[str]().union(*hosts.values())
    seen = {worker.hostname for worker in measurement.workers}
    return tuple(sorted(seen - known)) if seen & known else ()
