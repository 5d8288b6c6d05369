"""Answers about the database as a system: connections, Solid Queue's processes, migrations."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from .answer import Answer


@dataclass(frozen=True)
class ConnectionUsage(Answer):
    """`connection_usage`: connections in use, and the limit."""

    used: int
    max_connections: int
    reserved: int
    """Those of the limit that are kept for superusers."""
    by_application: Mapping[str, int]
    """Of this database, the most first."""

    @property
    def usable(self) -> int:
        """What ordinary users may have."""
        return self.max_connections - self.reserved


@dataclass(frozen=True)
class QueueProcess(Answer):
    """One row of solid_queue_processes."""

    kind: str
    hostname: str
    registered_at: datetime
    heartbeat_age_seconds: float
    claims: int
    """At most 1,000 are counted."""


@dataclass(frozen=True)
class QueueProcesses(Answer):
    """`queue_processes`: Solid Queue's processes, the newest first."""

    processes: tuple[QueueProcess, ...]
    orphaned_claims: int
    """Claims whose process has no row."""
    alive_seconds: float
    """The age of a heartbeat from which a supervisor removes the row."""


@dataclass(frozen=True)
class Migrations(Answer):
    """`migrations`: whether Rails' migration lock is held, and the schemas' newest versions."""

    running: bool
    versions: Mapping[str, str | None]
    """By schema; None where its table of versions is empty."""
