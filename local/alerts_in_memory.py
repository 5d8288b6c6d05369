"""send_alerts between stores in memory: what `make corpus` and `make preview` feed events to."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from ops_common.on_call.summaries import PartSummary
from ops_common.versioned_item import Conflict
from send_alerts.channels.incidents import Held
from send_alerts.channels.slack import Posted
from send_alerts.incident.follow_up import Policy
from send_alerts.incident.incident import Incident
from send_alerts.incident.storm import Storms
from send_alerts.notify import notify
from send_alerts.ports import Ports
from send_alerts.reading.parse import Said
from send_alerts.words.slack_blocks import Message

FLAP_WINDOW = timedelta(minutes=10)


class IncidentsInMemory:
    """IncidentStore."""

    def __init__(self) -> None:
        self.held: dict[str, Held] = {}

    def load(self, key: str) -> Held:
        """See IncidentStore."""
        new = Incident.from_json(Incident(key).as_json(), FLAP_WINDOW)
        return self.held.get(key, Held(new, 0, None))

    def save(self, held: Held, now: datetime) -> Held:  # noqa: ARG002  # the port's signature
        """See IncidentStore."""
        key = held.incident.key
        if self.load(key).version != held.version:
            raise Conflict(key)
        text = json.dumps(held.incident.as_json())
        kept = Incident.from_json(json.loads(text), FLAP_WINDOW)
        self.held[key] = Held(kept, held.version + 1, held.leased_until)
        return self.held[key]


class StormsInMemory:
    """StormStore."""

    def __init__(self) -> None:
        self.storms = Storms()

    def read(self) -> Storms:
        """See StormStore."""
        return self.storms

    def change[T](self, change: Callable[[Storms], tuple[Storms, T]]) -> T:
        """See StormStore."""
        self.storms, result = change(self.storms)
        return result


class MemoryInMemory:
    """Memory; silences are matched by the exact name."""

    def __init__(self) -> None:
        self.changes: list[tuple[datetime, str]] = []
        self._silences: dict[str, datetime] = {}
        self._parents: dict[str, str] = {}

    def remember(self, key: str, at: datetime, title: str) -> None:  # noqa: ARG002
        """See Memory."""
        self.changes.append((at, title))

    def changes_before(self, at: datetime) -> tuple[str, ...]:
        """See Memory."""
        return tuple(title for changed_at, title in self.changes if changed_at <= at)

    def silenced_until(self, name: str, now: datetime) -> datetime | None:
        """See Memory."""
        until = self._silences.get(name)
        return until if until and until > now else None

    def record(self, summary: PartSummary) -> None:
        """See Memory."""

    def silence(self, pattern: str, until: datetime) -> None:
        """See Memory."""
        self._silences[pattern] = until

    def unsilence(self, pattern: str) -> None:
        """See Memory."""
        self._silences.pop(pattern, None)

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
        labels: Mapping[str, str],  # noqa: ARG002
    ) -> None:
        """See Topic."""
        self.mails.append((subject, forms["default"]))

    def post(
        self,
        message: Message,
        delivery: str,  # noqa: ARG002
        thread_ts: str = "",
        *,
        broadcast: bool = False,  # noqa: ARG002
        channel: str = "",
    ) -> Posted:
        """See Threads."""
        (self.lines if thread_ts else self.roots).append(message.text)
        return Posted(channel or "C0ALERTS", f"{len(self.roots) + len(self.lines)}.0", thread_ts)

    def find(
        self,
        delivery: str,  # noqa: ARG002
        since: datetime,  # noqa: ARG002
        thread_ts: str = "",  # noqa: ARG002
        *,
        channel: str = "",  # noqa: ARG002
    ) -> Posted | None:
        """See Threads."""
        return None

    def update(self, channel: str, ts: str, message: Message) -> None:
        """See Threads."""

    def upload(self, channel: str, thread_ts: str, title: str, png: bytes) -> None:
        """See Threads."""


class Nothing:
    """AlertQueue, OneTimeSchedules, Chart and DeployedImages that do nothing."""

    def hide(self, receipt_handle: str, seconds: float) -> None:
        """See AlertQueue."""

    def put(self, name: str, at: datetime, payload: Mapping[str, Any]) -> None:
        """See OneTimeSchedules."""

    def delete(self, name: str) -> None:
        """See OneTimeSchedules."""

    def draw(self, widget: str) -> bytes:  # noqa: ARG002
        """See Chart."""
        return b""

    def image_tag(self, cluster: str, service: str, deployment: str) -> str:  # noqa: ARG002
        """See DeployedImages."""
        return ""


class AlertsInMemory:
    """One stack's send_alerts, with a clock that the caller sets."""

    def __init__(self) -> None:
        self.incidents, self.memory, self.channel = IncidentsInMemory(), MemoryInMemory(), Channel()
        self._storms, self._nothing = StormsInMemory(), Nothing()

    def notify(self, said: Said, now: datetime) -> None:
        """Let it do what an event says."""
        ports = Ports(
            incidents=self.incidents,
            storms=self._storms,
            memory=self.memory,
            topic=self.channel,
            queue=self._nothing,
            schedules=self._nothing,
            threads=self.channel,
            webhook=None,
            chart=self._nothing,
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
        found = {key: held.incident.current for key, held in self.incidents.held.items()}
        return {key: episode.open for key, episode in found.items() if episode is not None}
