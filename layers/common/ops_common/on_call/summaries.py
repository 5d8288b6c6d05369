"""What each item of the operations table says about itself to people: its attribute `summary`.

Whoever keeps an item writes its summary beside the document that nobody else reads; `/ops status`
and `make status` read the summaries alone.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from ops_common.datetimes import parse_optional

MOST_RECENT = 10
REFERENCE_LENGTH = 8


class Part(StrEnum):
    """What a summary is about; an incident has a class of its own."""

    SCALING = "scaling"
    ROTATION = "rotation"
    VERDICT = "verdict"


def reference(key: str) -> str:
    """A short name of an incident that people can type and a button can carry."""
    return hashlib.sha256(key.encode()).hexdigest()[:REFERENCE_LENGTH]


@dataclass(frozen=True)
class IncidentSummary:
    """One incident as a list shows it."""

    key: str
    name: str
    """What silences are matched against."""
    title: str
    severity: str
    opened_at: datetime
    closed_at: datetime | None = None
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None
    silenced_until: datetime | None = None

    @property
    def reference(self) -> str:
        """See `reference`."""
        return reference(self.key)

    @property
    def open(self) -> bool:
        """Whether it lasts."""
        return self.closed_at is None

    def as_text(self) -> str:
        """The attribute's value."""
        return json.dumps({"kind": "incident", **asdict(self)}, default=datetime.isoformat)


@dataclass(frozen=True)
class PartSummary:
    """What one part last did: a tick, a rotation, a verdict."""

    part: Part
    name: str
    """The service, the secret or the suite."""
    at: datetime
    text: str
    recent: tuple[tuple[datetime, str], ...] = ()
    """The newest texts that differ, newest first."""

    def as_text(self) -> str:
        """The attribute's value."""
        return json.dumps({"kind": self.part, **asdict(self)}, default=datetime.isoformat)

    def after(self, before: Self | None) -> Self:
        """With what went before, where this one says something else."""
        recent = before.recent if before else ()
        if not recent or recent[0][1] != self.text:
            recent = ((self.at, self.text), *recent)[:MOST_RECENT]
        return type(self)(self.part, self.name, self.at, self.text, recent)


def from_text(text: str) -> IncidentSummary | PartSummary:
    """Read what `as_text` gave. Raises LookupError, TypeError or ValueError on anything else."""
    values = json.loads(text)
    kind = values.pop("kind")
    if kind == "incident":
        for name in ("opened_at", "closed_at", "acknowledged_at", "silenced_until"):
            values[name] = parse_optional(values[name])
        return IncidentSummary(**values)
    return PartSummary(
        part=Part(kind),
        name=values["name"],
        at=datetime.fromisoformat(values["at"]),
        text=values["text"],
        recent=tuple((datetime.fromisoformat(at), said) for at, said in values["recent"]),
    )
