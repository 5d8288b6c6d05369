"""What the fields of a log entry say, whatever format they came in."""

from dataclasses import dataclass

from probe_deployment.logs.exceptions import Raised, raised
from probe_deployment.logs.rows import Level


@dataclass(frozen=True, slots=True)
class Entry:
    """What the fields of an entry say, each None or empty where it has none."""

    level: Level | None
    status: int | None
    message: str
    error: Raised | None
    source: str
    """The controller or the logger."""
    trace: tuple[str, ...]
    of_request: bool
    text: str
    """For people, where there is neither a message nor an exception."""
    nested: str = ""
    """A whole event of another writer (a log router puts it into `log`)."""


def error_of(text: str) -> Raised | None:
    """The exception in a field of text; its class is empty where the text names none."""
    row = text.strip().partition("\n")[0][:4000]
    return (raised(row) or Raised("", row)) if row else None
