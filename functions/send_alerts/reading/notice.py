"""One thing that an event says, in our own words: the input of everything after parsing."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple, Self

from ops_common.jsonable import jsonable
from ops_common.ops_events import Severity


class Signal(StrEnum):
    """What a notice does to its incident.

    OPEN starts it or is repeated, RESOLVED ends it, NO_DATA does neither. NOTE is told once and
    starts nothing; CHANGE is told to nobody, only remembered as "what changed just before".
    """

    OPEN = "open"
    RESOLVED = "resolved"
    NO_DATA = "no_data"
    NOTE = "note"
    CHANGE = "change"


class Link(NamedTuple):
    """A place to look at next."""

    label: str
    url: str


class Notice(NamedTuple):
    """One thing that happened; `key` is the incident it belongs to."""

    key: str
    signal: Signal
    occurred_at: datetime
    name: str
    """What silences are matched against: the alarm's name, or the incident key."""
    title: str
    severity: Severity
    text: str
    facts: tuple[tuple[str, str], ...] = ()
    links: tuple[Link, ...] = ()
    was: Signal | None = None
    """The state before, where the event itself says so."""
    since: datetime | None = None
    """Since when it was in the state before."""
    quiet_seconds: int = 0
    """Above 0, an open incident ends by itself after so long without a repeat."""
    widget: str = ""
    """CloudWatch metric widget (JSON) that shows the metric with its threshold."""

    def checked(self) -> Self:
        """Itself. Events come from outside: raises TypeError where a field isn't text."""
        texts = [self.key, self.name, self.title, self.text, self.widget]
        texts += [text for fact in self.facts for text in fact]
        texts += [text for link in self.links for text in (link.label, link.url)]
        if not all(isinstance(text, str) for text in texts):
            raise TypeError("a field that should be text is none")
        return self

    def as_json(self) -> dict[str, Any]:
        """Plain values, to be kept with the incident."""
        return dict(jsonable(self))

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """What `as_json` made."""
        return cls(
            key=values["key"],
            signal=Signal(values["signal"]),
            occurred_at=datetime.fromisoformat(values["occurred_at"]),
            name=values["name"],
            title=values["title"],
            severity=Severity(values["severity"]),
            text=values["text"],
            facts=tuple((name, value) for name, value in values["facts"]),
            links=tuple(Link(**link) for link in values["links"]),
            was=values["was"] and Signal(values["was"]),
            since=values["since"] and datetime.fromisoformat(values["since"]),
            quiet_seconds=values["quiet_seconds"],
            widget=values["widget"],
        )


def instant(value: Any) -> datetime:
    """An ISO 8601 time as UTC. Raises ValueError or TypeError where it is none."""
    time = datetime.fromisoformat(value)
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
