"""The worker service's tasks, and which of them run jobs."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol

from ops_common.answers.queue import Measurement, Worker
from ops_common.tasks import Task as EcsTask
from ops_common.tasks import of_service

if TYPE_CHECKING:
    from mypy_boto3_ecs import ECSClient


class Task(NamedTuple):
    """One task that ECS wants to run."""

    arn: str
    running: bool
    started_at: datetime | None
    hostnames: frozenset[str]
    """Every name under which a process in it may have registered."""
    zone: str = ""
    """Its availability zone."""


class Occupation(NamedTuple):
    """Which tasks hold a job, by matching processes to network interfaces."""

    busy: tuple[Task, ...]
    idle: tuple[Task, ...]
    """Those best stopped first: not up yet, then without a worker, then of the fullest zone, then
    the longest running."""
    unmatched: tuple[str, ...]
    """Hostnames of live workers that hold jobs and belong to no task that was listed."""

    @property
    def busy_tasks(self) -> int:
        """How many tasks at least must stay."""
        return len(self.busy) + len(self.unmatched)


class Tasks(Protocol):
    """The port to the service's tasks."""

    def list(self) -> list[Task]:
        """The tasks that ECS means to keep running."""


class EcsTasks:
    """Tasks of one service, by ListTasks and DescribeTasks."""

    def __init__(self, client: "ECSClient", cluster: str, service: str) -> None:
        self._client = client
        self._cluster = cluster
        self._service = service

    def list(self) -> list[Task]:
        """See Tasks. One that has begun to stop since it was listed is no longer ours to count."""
        found = of_service(self._client, self._cluster, self._service, "RUNNING")
        return [
            Task(
                each.arn,
                each.running,
                each.started_at,
                frozenset(_hostnames(each)),
                each.availability_zone,
            )
            for each in found
        ]


def _hostnames(task: EcsTask) -> set[str]:
    names = {task.private_dns_name}
    if address := task.private_address:
        # A VPC without DNS hostnames: the container still calls itself ip-10-1-2-3.
        names |= {address, "ip-" + address.replace(".", "-")}
    return _forms(names)


def _forms(names: set[str]) -> set[str]:
    """Each name, and its first label (an address has none)."""
    full = {name.lower() for name in names if name}
    return full | {name.split(".")[0] for name in full if not name[0].isdigit()}


def occupation(
    tasks: list[Task], measurement: Measurement, aside: Collection[str] = ()
) -> Occupation:
    """Match the measurement's processes to tasks. `aside`: hostnames of workers that aren't ours.

    A process without a heartbeat may still run what it has claimed, so where it matches a task
    that task is busy; where it matches none, its task is gone and it holds nobody back.
    """
    held = {name for worker in _holders(measurement, alive=True) for name in _names(worker)}
    held |= {name for worker in _holders(measurement, alive=False) for name in _names(worker)}
    known = {name for worker in measurement.workers for name in _names(worker)}
    idle = [task for task in tasks if not task.hostnames & held]
    everyone = {name for task in tasks for name in task.hostnames}
    return Occupation(
        busy=tuple(task for task in tasks if task.hostnames & held),
        idle=tuple(_best_first(idle, tasks, known)),
        unmatched=tuple(
            sorted(
                {
                    worker.hostname
                    for worker in _holders(measurement, alive=True)
                    if not _names(worker) & everyone and worker.hostname not in aside
                }
            )
        ),
    )


def _best_first(idle: list[Task], tasks: list[Task], known: set[str]) -> list[Task]:
    """Each from the zone that is the fullest when those before it are gone."""
    zones = Counter(task.zone for task in tasks)
    left, ordered = list(idle), []
    while left:
        task = min(
            left,
            key=lambda one: (
                one.running,
                bool(one.hostnames & known),
                -zones[one.zone],
                one.started_at.timestamp() if one.started_at else 0.0,
            ),
        )
        zones[task.zone] -= 1
        left.remove(task)
        ordered.append(task)
    return ordered


def _holders(measurement: Measurement, *, alive: bool) -> list[Worker]:
    workers = measurement.workers if alive else measurement.dead_workers
    return [worker for worker in workers if worker.in_flight]


def hosts_of(tasks: list[Task], measurement: Measurement) -> frozenset[str]:
    """Hostnames of the live workers that belong to these tasks."""
    names = {name for task in tasks for name in task.hostnames}
    return frozenset(worker.hostname for worker in measurement.workers if _names(worker) & names)


def _names(worker: Worker) -> set[str]:
    return _forms({worker.hostname})
