"""What the fields of a log entry say, whatever format they came in."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
    raw: str | Mapping[str, Any]
    nested: str = ""
    """A whole event of another writer (a log router puts it into `log`)."""

    @property
    def text(self) -> str:
        """For people, where there is neither a message nor an exception."""
        return self.raw if isinstance(self.raw, str) else json.dumps(self.raw, ensure_ascii=False)


def error_of(text: str) -> Raised | None:
    """The exception in a field of text; its class is empty where the text names none."""
    row = text.strip().partition("\n")[0][:4000]
    return (raised(row) or Raised("", row)) if row else None
