"""What is known of one incident key, and what is still to be sent about it. Plain values only."""

from copy import replace
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from ops_common.alert_routes import Destination
from send_alerts.incident.episodes import Episode, episode_at
from send_alerts.incident.history import History
from send_alerts.incident.outbox_entry import EntryKind, OutboxEntry
from send_alerts.reading.notice import Hold, Notice


class RootMessage(NamedTuple):
    """The Slack message that stands for the incident; the thread hangs on it."""

    channel: str
    ts: str
    posted_for: datetime
    """The time of the transition that it was posted for: it covers the incident of then."""
    shown: str
    """Fingerprint of what it shows."""
    digest: bool = False
    """It is a storm's, and stands for many: lines hang on it, the incident doesn't edit it."""


class FollowUpDue(NamedTuple):
    """The newest message to ourselves; any other number is stale."""

    number: int
    due_at: datetime | None
    """None once it has arrived."""


ACKNOWLEDGED_FOR = timedelta(hours=8)
"""So long after somebody has said to be on it, reminders begin again."""
MOST_ACTIONS = 20


class Acknowledgement(NamedTuple):
    """Somebody is on it."""

    by: str
    at: datetime


@dataclass(frozen=True)
class Incident:
    """Everything that is kept under one incident key; what follows from it is read off it once."""

    key: str
    history: History = field(default_factory=History)
    subject: Notice | None = None
    """The newest notice that opened it; else the first of any kind."""
    changes: tuple[str, ...] = ()
    """What had changed just before it opened."""
    root: RootMessage | None = None
    folded_for: datetime | None = None
    """Part of a storm: the time of the transition that was folded."""
    storm: str = ""
    """The key of that storm."""
    part_of: str = ""
    """The composite alarm that it is a child of, as long as that one is open."""
    outbox: tuple[OutboxEntry, ...] = ()
    end_mail: OutboxEntry | None = None
    """The end for SNS, which waits until the incident can't come back as the same one."""
    flapping_notified: bool = False
    announced_for: datetime | None = None
    """The time of the transition by which people were first notified."""
    notified_at: datetime | None = None
    """When all channels last got something of it (our clock); reminders count from here."""
    hold: Hold | None = None
    follow_up: FollowUpDue | None = None
    acknowledgement: Acknowledgement | None = None
    actions: tuple[str, ...] = ()
    """What people did to it, the newest last: each is done once."""
    destination: Destination = field(default_factory=Destination)
    """Where the rules of AlertRoutes send it."""
    offers: tuple[str, ...] = ()
    """The commands that its message may offer as buttons; none where nobody answers them."""

    @cached_property
    def acknowledged(self) -> Acknowledgement | None:
        """Of the incident as it lasts now; one that has ended since needs another one."""
        known, episode = self.acknowledgement, self.history.current
        if known is None or episode is None or episode.closed_at or known.at < episode.opened_at:
            return None
        return known

    @property
    def shown_episode(self) -> Episode | None:
        """The incident that the root message shows: the newest, unless that is shown elsewhere."""
        newest = self.history.current
        if self.root is None or newest is None:
            return None
        elsewhere = self.hold is not None or bool(self.part_of) or self.folded(newest.opened_at)
        return episode_at(self.history.episodes, self.root.posted_for) if elsewhere else newest

    def root_covers(self, at: datetime) -> bool:
        """Whether what happened at `at` belongs below the present root message."""
        return self.root is not None and self._covers(self.root.posted_for, at)

    def folded(self, at: datetime) -> bool:
        """Whether what happened at `at` belongs to a storm's digest."""
        if self.folded_for is None:
            return False
        known = self.history.episodes
        return episode_at(known, self.folded_for) == episode_at(known, at)

    def announced(self, at: datetime) -> bool:
        """Whether people were notified of the incident that `at` falls into."""
        return self.announced_for is not None and self._covers(self.announced_for, at)

    def _covers(self, known: datetime, at: datetime) -> bool:
        episode = episode_at(self.history.episodes, at)
        return episode is None or known >= episode.opened_at


def first_announcement(before: Incident, after: Incident) -> OutboxEntry | None:
    """The new entry by which people are first notified of an incident, if there is one."""
    known = {entry.id for entry in before.outbox}
    unannounced = replace(after, announced_for=before.announced_for)
    return next(
        (
            entry
            for entry in after.outbox
            if entry.id not in known
            and entry.kind in (EntryKind.OPENED, EntryKind.FLAPPING)
            and not unannounced.announced(entry.at)
        ),
        None,
    )
