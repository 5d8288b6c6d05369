"""What one tick leaves for the next: one item in the operations table.

Losing it is harmless, so nothing here stops a tick but `Overtaken`, which means that another run
has done this one's work.
"""

from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple, Protocol, Self

from botocore.exceptions import BotoCoreError, ClientError

from ops_common.observability import logger
from ops_common.on_call.summaries import Part, PartSummary, from_text
from ops_common.versioned_item import NO_VERSION, Conflict, Items
from scale_workers.policy.conditions import Conditions
from scale_workers.policy.history import Memory
from scale_workers.policy.stored_values import parse_datetime


class Overtaken(Exception):
    """Another run has written since this one read: it has decided on newer figures."""


class Remembered(NamedTuple):
    """Everything that is remembered, as read or to be written."""

    memory: Memory = Memory()
    conditions: Conditions = Conditions()
    wake_at: datetime | None = None
    """When the next scheduled job needs a worker, as last measured."""
    reason: str = ""
    """Why the tick decided so: written for people alone, and not read again."""

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "memory": self.memory.as_json(),
            "conditions": self.conditions.as_json(),
            "wake_at": self.wake_at and self.wake_at.isoformat(),
        }

    @classmethod
    def from_json(cls, values: Any) -> Self:
        """Read what `as_json` gave; a part that is something else is forgotten."""
        if not isinstance(values, dict):
            return cls()
        try:
            wake_at = parse_datetime(values["wake_at"]) if values.get("wake_at") else None
        except (TypeError, ValueError):
            wake_at = None
        return cls(
            Memory.from_json(values.get("memory")),
            Conditions.from_json(values.get("conditions")),
            wake_at,
        )


class Memories(Protocol):
    """The port; tests give one in a variable."""

    def load(self) -> Remembered:
        """What the last tick left; a fresh one where that can't be had or read."""

    def save(self, remembered: Remembered, now: datetime) -> bool:
        """Whether it was kept. Raises Overtaken if another run saved since `load`."""


class StoredMemories:
    """The item `scaling#<service>`; its summary holds the last reasons, for `/ops why`."""

    def __init__(self, items: Items, service: str) -> None:
        self._items = items
        self._service = service
        self._id = f"scaling#{service}"
        self._version: int | None = None
        """As last read or written; None before that."""
        self._summary: PartSummary | None = None

    def load(self) -> Remembered:
        """See Memories."""
        try:
            version, document, summary = self._items.read(self._id)
        except (ClientError, BotoCoreError) as error:
            logger.warning("memory could not be read", reason=str(error))
            return Remembered()
        self._version = version
        with suppress(LookupError, TypeError, ValueError):
            found = from_text(summary)
            self._summary = found if isinstance(found, PartSummary) else None
        if document is None and version != NO_VERSION:
            logger.warning("memory was not JSON and is forgotten")
        return Remembered.from_json(document)

    def save(self, remembered: Remembered, now: datetime) -> bool:
        """See Memories. Without a successful `load` nothing is written over."""
        if self._version is None:
            return False
        summary = PartSummary(Part.SCALING, self._service, now, remembered.reason)
        summary = summary.after(self._summary)
        try:
            self._version = self._items.write(
                self._id, self._version, remembered.as_json(), now, summary.as_text()
            )
        except Conflict:
            raise Overtaken("another run has decided meanwhile") from None
        except (ClientError, BotoCoreError) as error:
            logger.warning("memory could not be written", reason=str(error))
            return False
        self._summary = summary
        return True
