"""send_alerts between stores in memory: what `make corpus` and `make preview` feed events to."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from local.stores_in_memory import BackgroundInMemory, ItemsInMemory
from send_alerts.channels.incidents import DynamoIncidents
from send_alerts.channels.slack import Posted
from send_alerts.channels.storms import DynamoStorms
from send_alerts.incident.follow_up import NotificationPolicy
from send_alerts.incident.incident import Incident
from send_alerts.notify import notify
from send_alerts.ports import Ports
from send_alerts.reading.parse import Said
from send_alerts.words.markup import Message


class Channel:
    """Threads and Topic: what was posted and published, in order."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, str]] = []
        self.roots: list[str] = []
        self.lines: list[str] = []

    def publish(
        self,
        subject: str,
        forms: Mapping[str, str],
        labels: Mapping[str, str],  # noqa: ARG002  # the port's signature
    ) -> None:
        """See Topic."""
        self.mails.append((subject, forms["default"]))

    def post(
        self,
        message: Message,
        delivery: str,  # noqa: ARG002  # the port's signature
        thread_ts: str = "",
        *,
        broadcast: bool = False,  # noqa: ARG002  # the port's signature
        channel: str = "",
    ) -> Posted:
        """See Threads."""
        (self.lines if thread_ts else self.roots).append(message.text)
        return Posted(channel or "C0ALERTS", f"{len(self.roots) + len(self.lines)}.0", thread_ts)

    def find(
        self,
        delivery: str,  # noqa: ARG002  # the port's signature
        since: datetime,  # noqa: ARG002  # the port's signature
        thread_ts: str = "",  # noqa: ARG002  # the port's signature
        *,
        channel: str = "",  # noqa: ARG002  # the port's signature
    ) -> Posted | None:
        """See Threads."""
        return None

    def update(self, channel: str, ts: str, message: Message) -> None:
        """See Threads."""

    def upload(self, channel: str, thread_ts: str, title: str, png: bytes) -> None:
        """See Threads."""


class Nothing:
    """AlertQueue, OneTimeSchedules, Chart, Composites and DeployedImages that do nothing."""

    def hide(self, receipt_handle: str, seconds: float) -> None:
        """See AlertQueue."""

    def put(self, name: str, at: datetime, payload: Mapping[str, Any]) -> None:
        """See OneTimeSchedules."""

    def delete(self, name: str) -> None:
        """See OneTimeSchedules."""

    def draw(self, widget: str) -> bytes:  # noqa: ARG002  # the port's signature
        """See Chart."""
        return b""

    def family_of(self, child: str) -> None:
        """See Composites."""

    def image_tag(self, cluster: str, service: str, deployment: str) -> str:  # noqa: ARG002  # the port's signature
        """See DeployedImages."""
        return ""


class AlertsInMemory:
    """One stack's send_alerts, with a clock that the caller sets."""

    def __init__(self) -> None:
        self._items, self._nothing = ItemsInMemory(), Nothing()
        self._incidents, self._storms = DynamoIncidents(self._items), DynamoStorms(self._items)
        self.background, self.channel = BackgroundInMemory(), Channel()

    def notify(self, said: Said, now: datetime) -> None:
        """Let it do what an event says."""
        ports = Ports(
            incidents=self._incidents,
            storms=self._storms,
            background=self.background,
            topic=self.channel,
            queue=self._nothing,
            schedules=self._nothing,
            threads=self.channel,
            webhook=None,
            chart=self._nothing,
            composites=self._nothing,
            images=self._nothing,
            clock=lambda: now,
            wait=lambda _: None,
            deadline=now + timedelta(minutes=1),
            policy=NotificationPolicy(),
        )
        notify(said, ports)

    def open_incidents(self) -> set[str]:
        """Keys of the incidents that last."""
        return {one.key for one in self._incidents_so_far() if one.history.lasts}

    def ended_incidents(self) -> set[str]:
        """Keys of those that are over."""
        over = [one for one in self._incidents_so_far() if not one.history.lasts]
        return {one.key for one in over if one.history.current}

    def _incidents_so_far(self) -> list[Incident]:
        return [self._incidents.load(key).incident for key in self._items.incident_keys]
