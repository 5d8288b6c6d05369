"""Everything outside that a tick touches."""

from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

from ops_common.answers.queue import Measurement
from ops_common.ecs import Service
from ops_common.ops_events import PublishEvent
from ops_common.scaling_hold import Hold
from scale_workers.activity import Activity
from scale_workers.memory import Memories
from scale_workers.policy.model import NoMeasurement
from scale_workers.protection import Protection
from scale_workers.tasks import Tasks


class Services(Protocol):
    """The port to ECS services."""

    def describe(self, names: tuple[str, ...]) -> list[Service]:
        """The services in the order of `names`."""

    def set_desired(self, name: str, count: int) -> None:
        """Change a service's count."""


class WorkerPorts(NamedTuple):
    """What belongs to one worker service."""

    tasks: Tasks
    memories: Memories
    hold: Callable[[], Hold | None]
    """A person's hold on its count."""


class Ports(NamedTuple):
    """Everything outside that a tick touches."""

    services: Services
    workers: Mapping[str, WorkerPorts]
    """By worker service, in the order of WorkerServices."""
    protection: Protection
    activity: Activity
    measure: Callable[[], Measurement | NoMeasurement]
    publish: PublishEvent
