"""send_alerts between stores in memory: what `make corpus` and `make preview` feed events to."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from ops_common.on_call.summaries import PartSummary
from ops_common.versioned_item import NO_VERSION, Conflict
from send_alerts.channels.incidents import INCIDENT_ID, DynamoIncidents, DynamoStorms
from send_alerts.channels.slack import Posted
from send_alerts.incident.follow_up import Policy
from send_alerts.notify import notify
from send_alerts.ports import Ports
from send_alerts.reading.parse import Said
from send_alerts.words.slack_blocks import Message


class ItemsInMemory:
    """Items, as JSON text."""

    def __init__(self) -> None:
        self._items: dict[str, tuple[int, str]] = {}
        self._due: dict[str, datetime | None] = {}

    def read(self, item_id: str) -> tuple[int, Any]:
        """See Items."""
        version, text = self._items.get(item_id, (NO_VERSION, "null"))
        return version, json.loads(text)

    def write(
        self,
        item_id: str,
        seen_version: int,
        document: Mapping[str, Any],
        now: datetime,  # noqa: ARG002  # the port's signature
        summary: str = "",  # noqa: ARG002  # the port's signature
        due_at: datetime | None = None,
    ) -> int:
        """See Items."""
        if self.read(item_id)[0] != seen_version:
            raise Conflict(item_id)
        self._due[item_id] = due_at
        self._items[item_id] = (seen_version + 1, json.dumps(document))
        return seen_version + 1

    def due_before(self, at: datetime) -> list[str]:
        """See Items."""
        return [item_id for item_id, due in self._due.items() if due and due < at]

    @property
    def incident_keys(self) -> list[str]:
        """Of every incident that was ever saved."""
        prefix = INCIDENT_ID.format(key="")
        return [name.removeprefix(prefix) for name in self._items if name.startswith(prefix)]


class MemoryInMemory:
    """Memory; silences are matched by the exact name."""

    def __init__(self) -> None:
        self.changes: list[tuple[datetime, str]] = []
        self.silences: dict[str, datetime] = {}
        self.parts: list[PartSummary] = []
        self._parents: dict[str, str] = {}

    def remember(self, key: str, at: datetime, title: str) -> None:  # noqa: ARG002  # the port's signature
        """See Memory."""
        self.changes.append((at, title))

    def changes_before(self, at: datetime) -> tuple[str, ...]:
        """See Memory."""
        return tuple(title for changed_at, title in self.changes if changed_at <= at)

    def silenced_until(self, name: str, now: datetime) -> datetime | None:
        """See Memory."""
        until = self.silences.get(name)
        return until if until and until > now else None

    def record(self, summary: PartSummary) -> None:
        """See Memory."""
        self.parts.append(summary)

    def silence(self, pattern: str, until: datetime) -> None:
        """See Memory."""
        self.silences[pattern] = until

    def unsilence(self, pattern: str) -> None:
        """See Memory."""
        self.silences.pop(pattern, None)

    def remember_children(self, parent: str, children: Sequence[str]) -> None:
        """See Memory."""
        self._parents |= dict.fromkeys(children, parent)

    def parent_of(self, child: str) -> str:
        """See Memory."""
        return self._parents.get(child, "")


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
        self.memory, self.channel = MemoryInMemory(), Channel()

    def notify(self, said: Said, now: datetime) -> None:
        """Let it do what an event says."""
        ports = Ports(
            incidents=self._incidents,
            storms=self._storms,
            memory=self.memory,
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
        )
        notify(said, ports, Policy())

    def open_incidents(self) -> set[str]:
        """Keys of the incidents that last."""
        return {key for key, opened in self._episodes().items() if opened}

    def ended_incidents(self) -> set[str]:
        """Keys of those that are over."""
        return {key for key, opened in self._episodes().items() if not opened}

    def _episodes(self) -> dict[str, bool]:
        keys = self._items.incident_keys
        found = {key: self._incidents.load(key).incident.current for key in keys}
        return {key: episode.open for key, episode in found.items() if episode is not None}
