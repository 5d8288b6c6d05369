"""What one question found."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """What a finding means."""

    FITS = "fits"
    NOTE = "note"
    """Works, and something ought to be known or changed."""
    UNFIT = "doesn't fit"
    """A part has to stay off, or the app has to change first."""
    BREAKS = "would break"
    """Deployed as it stands, production would be hurt."""
    UNREAD = "not read"


@dataclass(frozen=True)
class Finding:
    """One answer; `remedy` where there is something to do."""

    level: Level
    about: str
    observed: str
    remedy: str = ""


def names(chosen: Mapping[str, str], *lists: str) -> list[str]:
    """The services of some of the three lists."""
    return [name for each in lists for name in chosen.get(each, "").split(",") if name]
