"""One notification of one incident for one channel, and what is known of the attempts at it."""

from copy import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple


class Channel(StrEnum):
    """Where an entry goes."""

    SNS = "sns"
    SLACK = "slack"
    SCHEDULE = "schedule"
    """Not a place where people read: a message to ourselves, its follow-up."""


class EntryKind(StrEnum):
    """What an entry says."""

    OPENED = "opened"
    AGAIN = "again"
    WORSE = "worse"
    REOPENED = "reopened"
    FLAPPING = "flapping"
    CONTRIBUTOR = "contributor"
    ROLLING_BACK = "rolling_back"
    ROLLED_BACK = "rolled_back"
    PART_OF = "part_of"
    PARTLY_OVER = "partly_over"
    RESOLVED = "resolved"
    CALM = "calm"
    NO_DATA = "no_data"
    REMINDER = "reminder"
    ACKNOWLEDGED = "acknowledged"
    PERSON = "person"
    NOTE = "note"
    SUMMARY = "summary"
    FOLLOW_UP = "follow_up"


class OutboxEntry(NamedTuple):
    """One notification that one channel has not confirmed yet."""

    id: str
    channel: Channel
    kind: EntryKind
    at: datetime
    text: str = ""
    late: bool = False
    """Something newer was already known when this arrived."""
    tried_at: datetime | None = None
    """When the first attempt began whose outcome nobody knows; None when there was none."""
    settles_at: datetime | None = None
    """From then on the last of these has landed or never will."""
    tried_in: tuple[str, ...] = ()
    """The threads that these attempts were for. Later events may change where it would go now."""
    place: str = ""
    """Another Slack channel than its incident's, for one that is sent there too."""

    def trying(self, now: datetime, settle: timedelta, thread_ts: str) -> "OutboxEntry":
        """With an attempt whose outcome nobody knows (yet)."""
        tried = replace(self, tried_at=self.tried_at or now, settles_at=now + settle)
        return tried.trying_in(thread_ts)

    def trying_in(self, thread_ts: str) -> "OutboxEntry":
        """With one more place where the attempt may have gone; empty for the channel itself."""
        return replace(self, tried_in=tuple(dict.fromkeys((*self.tried_in, thread_ts))))

    def untried(self) -> "OutboxEntry":
        """With nothing that may have been posted."""
        return replace(self, tried_at=None, settles_at=None, tried_in=())

    def through(self, channel: Channel) -> "OutboxEntry":
        """The same by another channel, not tried yet."""
        name = self.id.removesuffix(f"/{self.channel}")
        return replace(self.untried(), id=f"{name}/{channel}", channel=channel)
