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


class Ports(NamedTuple):
    """Everything outside that a tick touches."""

    services: Services
    tasks: Tasks
    protection: Protection
    activity: Activity
    memories: Memories
    look: Callable[[], Measurement | NoMeasurement]
    hold: Callable[[], Hold | None]
    """A person's hold on the service's count."""
    others: Mapping[str, Tasks]
    """Tasks of the other worker services, by the service."""
    publish: PublishEvent
