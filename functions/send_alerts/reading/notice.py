"""One thing that an event says, in our own words: the input of everything after parsing."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, Self

from ops_common.datetimes import parse_optional
from ops_common.ops_events import Severity


class Signal(StrEnum):
    """What a notice does to its incident.

    OPEN starts it or is repeated, RESOLVED ends it, NO_DATA does neither. CONTRIBUTOR is a line of
    its incident: a series of an alarm, a child of a composite; it starts and ends nothing.
    ROLLING_BACK is an opening that says to which deployment ECS goes back. NOTE is notified of once
    and starts nothing; CHANGE is only remembered as "what changed just before".
    """

    OPEN = "open"
    RESOLVED = "resolved"
    NO_DATA = "no_data"
    CONTRIBUTOR = "contributor"
    ROLLING_BACK = "rolling_back"
    NOTE = "note"
    CHANGE = "change"


OPENING = (Signal.OPEN, Signal.ROLLING_BACK)


class Part(StrEnum):
    """Which part of a story a notice is about: an alarm has one, a service several."""

    WHOLE = "whole"
    DEPLOYMENT = "deployment"
    TASKS = "tasks"
    STARTS = "starts"
    PROBE = "probe"
    SERIES = "series"
    """What contributes to an alarm: each series by its ref."""


NEXT_DEPLOYMENT = "next"
"""The ref of a rolling back whose deployment is still to come."""


LONGEST = 16_000
"""Bytes of a text, and characters of a notice."""
LONGEST_KEY = 1000
"""The table's keys have 2,048 bytes at most."""
LONGEST_LINK = 3000
"""Slack takes no longer one."""


class Link(NamedTuple):
    """Where to read on."""

    label: str
    url: str


class Guide(NamedTuple):
    """What a person needs first; the runbook's section says the same, and more."""

    impact: str = ""
    """Who is hurt, and whether it can wait."""
    check: str = ""
    """The one command to type next."""
    over: str = ""
    """When it is over."""


class Hold(NamedTuple):
    """Nobody is notified for now, by AWS's or a person's wish."""

    until: datetime | None
    """None: until a later event says otherwise."""
    by: str
    """Who holds it back, in words."""
    ends_with_next: bool = True
    """A later notice without a hold lifts it; a person's silence stays."""
    announce_later: bool = False
    """What began and ended meanwhile is announced when it ends."""


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
    widget: str = ""
    """CloudWatch metric widget (JSON) that shows the metric with its threshold."""
    part: Part = Part.WHOLE
    ref: str = ""
    """What two events of one part differ by: a task, a deployment, a contributor."""
    label: str = ""
    """What the story's title says of it: the error of a task, the image of a deployment."""
    hold: Hold | None = None
    environment: str = ""
    """What people call the environment it is of."""
    children: tuple[str, ...] = ()
    """Of a composite alarm: the incident keys of the alarms that its rule names."""
    tags: tuple[tuple[str, str], ...] = ()
    """All of the alarm's, by which it is routed; the first of them are facts."""
    guide: Guide = Guide()

    def fitting(self) -> Self:
        """As the table, SNS and Slack take it: what is too long is cut, with a mark, and in UTF-8.

        An item of the table has 400 KB at most, with the text of each message that is still to go.
        """
        return self._replace(
            key=_shortened(self.key),
            name=_cut(self.name, LONGEST_KEY),
            title=_cut(self.title, LONGEST_KEY),
            text=_cut(self.text, LONGEST),
            facts=tuple((_cut(name, 200), _cut(value, 2000)) for name, value in self.facts[:40]),
            links=tuple(link for link in self.links if len(link.url) <= LONGEST_LINK),
            widget=self.widget if len(self.widget) <= LONGEST else "",
            ref=_shortened(self.ref),
            label=_cut(self.label, 200),
            tags=tuple((_cut(name, 200), _cut(value, 300)) for name, value in self.tags[:50]),
            guide=Guide(*(_cut(text, 2000) for text in self.guide)),
        )

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """What `jsonable` made of one."""
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
            since=parse_optional(values["since"]),
            widget=values["widget"],
            part=Part(values["part"]),
            ref=values["ref"],
            label=values["label"],
            hold=hold_from_json(values["hold"]),
            environment=values["environment"],
            children=tuple(values["children"]),
            tags=tuple((name, value) for name, value in values.get("tags", ())),
            guide=Guide(**values.get("guide", {})),
        )


def hold_from_json(values: Mapping[str, Any] | None) -> Hold | None:
    """What `jsonable` made of a hold."""
    if values is None:
        return None
    until, later = parse_optional(values["until"]), bool(values.get("announce_later"))
    return Hold(until, values["by"], values["ends_with_next"], later)


def _cut(text: str, most: int) -> str:
    """At most so many bytes of UTF-8, in which half a surrogate pair is no character."""
    encoded = text.encode(errors="replace")
    return encoded[:most].decode(errors="ignore") + ("…" if len(encoded) > most else "")


def _shortened(name: str) -> str:
    """A name that differs where the long one does."""
    known = _cut(name, LONGEST_KEY)
    digest = hashlib.sha256(name.encode(errors="replace")).hexdigest()[:32]
    return name if known == name else f"{known}{digest}"
