"""What send_alerts keeps, in memory: the table's items, changes, silences, families."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ops_common.on_call.summaries import PartSummary
from ops_common.versioned_item import Conflict, Stored
from send_alerts.channels.incidents import INCIDENT_ID


class ItemsInMemory:
    """Items, as JSON text."""

    def __init__(self) -> None:
        self._items: dict[str, Stored] = {}
        self._due: dict[str, datetime | None] = {}

    def read(self, item_id: str) -> Stored:
        """See Items."""
        stored = self._items.get(item_id, Stored(document="null"))
        return stored._replace(document=json.loads(stored.document))

    def write(
        self,
        item_id: str,
        seen_version: int,
        document: Mapping[str, Any],
        now: datetime,  # noqa: ARG002  # the port's signature
        summary: str = "",
        due_at: datetime | None = None,
    ) -> int:
        """See Items."""
        if self.read(item_id).version != seen_version:
            raise Conflict(item_id)
        self._due[item_id] = due_at
        self._items[item_id] = Stored(seen_version + 1, json.dumps(document), summary)
        return seen_version + 1

    def due_before(self, at: datetime) -> list[str]:
        """See Items."""
        return [item_id for item_id, due in self._due.items() if due and due < at]

    @property
    def incident_keys(self) -> list[str]:
        """Of every incident that was ever saved."""
        prefix = INCIDENT_ID.format(key="")
        return [name.removeprefix(prefix) for name in self._items if name.startswith(prefix)]


class BackgroundInMemory:
    """Background; silences are matched by the exact name."""

    def __init__(self) -> None:
        self.changes: list[tuple[datetime, str]] = []
        self.silences: dict[str, datetime] = {}
        self.parts: list[PartSummary] = []
        self._parents: dict[str, str] = {}

    def remember(self, key: str, at: datetime, title: str) -> None:  # noqa: ARG002  # the port's signature
        """See Background."""
        self.changes.append((at, title))

    def changes_before(self, at: datetime) -> tuple[str, ...]:
        """See Background."""
        return tuple(title for changed_at, title in self.changes if changed_at <= at)

    def silenced_until(self, name: str, now: datetime) -> datetime | None:
        """See Background."""
        until = self.silences.get(name)
        return until if until and until > now else None

    def record(self, summary: PartSummary) -> None:
        """See Background."""
        self.parts.append(summary)

    def silence(self, pattern: str, until: datetime) -> None:
        """See Background."""
        self.silences[pattern] = until

    def unsilence(self, pattern: str) -> None:
        """See Background."""
        self.silences.pop(pattern, None)

    def remember_children(self, parent: str, children: Sequence[str]) -> None:
        """See Background."""
        self._parents |= dict.fromkeys(children, parent)

    def parent_of(self, child: str) -> str:
        """See Background."""
        return self._parents.get(child, "")
