"""What is known of one incident key, and what is still to be told about it. Plain values only."""

from collections.abc import Mapping
from copy import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Self

from ops_common.jsonable import jsonable
from send_alerts.incident.history import Episode, History, episode_at, episodes
from send_alerts.incident.outbox_entry import OutboxEntry
from send_alerts.reading.notice import Notice


class RootMessage(NamedTuple):
    """The Slack message that stands for the incident; the thread hangs on it."""

    channel: str
    ts: str
    posted_for: datetime
    """The time of the transition that it was posted for: it covers the incident of then."""
    shown: str
    """Fingerprint of what it shows."""


class FollowUpDue(NamedTuple):
    """The newest message to ourselves; any other number is stale."""

    number: int
    due_at: datetime | None
    """None once it has arrived."""


class Policy(NamedTuple):
    """How much is told; all but `flaps_until_quiet` are parameters of the stack."""

    flap_window: timedelta = timedelta(minutes=10)
    """Re-opened so soon after its end, it is the same incident."""
    reminder: timedelta = timedelta(hours=4)
    """Told again after so long in alarm; zero for never."""
    flaps_until_quiet: int = 2
    """Re-opened so often, it is flapping: told once, then only in its thread until it is calm."""
    storm_threshold: int = 10
    """More new incidents within a minute are told together."""


class Incident(NamedTuple):
    """Everything that is kept under one incident key."""

    key: str
    history: History = History()
    subject: Notice | None = None
    """The newest notice that opened it; else the first of any kind."""
    changes: tuple[str, ...] = ()
    """What had changed just before it opened."""
    root: RootMessage | None = None
    folded_for: datetime | None = None
    """Told within a storm: the time of the transition that was folded."""
    outbox: tuple[OutboxEntry, ...] = ()
    flapping_notified: bool = False
    notified_at: datetime | None = None
    """When people last heard of it aloud (our clock); reminders count from here."""
    silenced_until: datetime | None = None
    summarised: int = 0
    """Of a storm: how many members the last summary named."""
    follow_up: FollowUpDue | None = None

    def episodes(self, policy: Policy) -> list[Episode]:
        """The incidents of this key, oldest first."""
        return episodes(self.history.entries, policy.flap_window)

    def current(self, policy: Policy) -> Episode | None:
        """The newest incident of this key."""
        found = self.episodes(policy)
        return found[-1] if found else None

    def shown_episode(self, policy: Policy) -> Episode | None:
        """The incident that the Slack head shows: the newest, unless that is told elsewhere."""
        found = self.episodes(policy)
        if not found or self.root is None:
            return None
        elsewhere = self.silenced_until is not None or self.folded(found[-1].opened_at, policy)
        return episode_at(found, self.root.posted_for) if elsewhere else found[-1]

    def root_covers(self, at: datetime, policy: Policy) -> bool:
        """Whether what happened at `at` belongs below the present head."""
        return self.root is not None and _covers(self.root.posted_for, at, self.episodes(policy))

    def folded(self, at: datetime, policy: Policy) -> bool:
        """Whether what happened at `at` belongs to a storm's message."""
        return self.folded_for is not None and _covers(self.folded_for, at, self.episodes(policy))

    def without(self, delivery: OutboxEntry) -> "Incident":
        """The delivery is confirmed, or given up."""
        return replace(
            self, outbox=tuple(other for other in self.outbox if other.id != delivery.id)
        )

    def with_entry(self, delivery: OutboxEntry) -> "Incident":
        """The delivery as it now stands, in its place."""
        return replace(
            self,
            outbox=tuple(delivery if one.id == delivery.id else one for one in self.outbox),
        )

    def as_json(self) -> dict[str, Any]:
        """Plain values, to be kept."""
        return {
            **jsonable(replace(self, history=History())),
            "history": self.history.as_json(),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """What `as_json` made."""
        root, follow_up = values["root"], values["follow_up"]
        return cls(
            key=values["key"],
            history=History.from_json(values["history"]),
            subject=values["subject"] and Notice.from_json(values["subject"]),
            changes=tuple(values["changes"]),
            root=root and RootMessage(**{**root, "posted_for": _time(root["posted_for"])}),
            folded_for=_time(values["folded_for"]),
            outbox=tuple(OutboxEntry.from_json(row) for row in values["outbox"]),
            flapping_notified=values["flapping_notified"],
            notified_at=_time(values["notified_at"]),
            silenced_until=_time(values["silenced_until"]),
            summarised=values["summarised"],
            follow_up=follow_up
            and FollowUpDue(**{**follow_up, "due_at": _time(follow_up["due_at"])}),
        )


def _covers(posted_for: datetime, at: datetime, found: list[Episode]) -> bool:
    episode = episode_at(found, at)
    return episode is None or posted_for >= episode.opened_at


def _time(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None
