"""What notifying people needs from outside, in one bundle."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from ops_common.alert_routes import Route
from ops_common.one_time_schedules import OneTimeSchedules
from send_alerts.channels.background import Background
from send_alerts.channels.chart import Chart
from send_alerts.channels.composites import Composites
from send_alerts.channels.deployed_images import DeployedImages
from send_alerts.channels.incidents import IncidentStore
from send_alerts.channels.queue import AlertQueue
from send_alerts.channels.slack import Threads, Webhook
from send_alerts.channels.storms import StormStore
from send_alerts.channels.topic import Topic
from send_alerts.incident.enqueue import Channels
from send_alerts.incident.follow_up import NotificationPolicy


class TryLater(Exception):
    """Not everybody has been notified; the record is to come back after `seconds`."""

    def __init__(self, reason: str, seconds: float) -> None:
        super().__init__(f"{reason}; again in {seconds:.0f} s")
        self.seconds = seconds


@dataclass(frozen=True)
class Ports:
    """The adapters, the clock, and how long this invocation may take."""

    incidents: IncidentStore
    storms: StormStore
    background: Background
    topic: Topic
    queue: AlertQueue
    schedules: OneTimeSchedules
    threads: Threads | None
    webhook: Webhook | None
    chart: Chart
    composites: Composites
    images: DeployedImages
    clock: Callable[[], datetime]
    wait: Callable[[float], None]
    deadline: datetime
    """Nothing is begun after it; Lambda ends the process soon after."""
    policy: NotificationPolicy
    offers: tuple[str, ...] = ()
    """Commands that a message may offer as buttons; none where nobody answers them."""
    stack: str = ""
    """Its name, in what programs know a notification by."""
    routes: tuple[Route, ...] = ()
    """Which channel a story goes to."""

    @cached_property
    def channels(self) -> Channels:
        """Which channels there are."""
        slack = self.threads is not None or self.webhook is not None
        return Channels(slack=slack, threads=self.threads is not None)
