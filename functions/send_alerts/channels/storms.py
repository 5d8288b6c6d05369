"""The one item that counts new incidents: only whoever saw its last version may change it."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Protocol

from ops_common.datetimes import parse_optional
from ops_common.jsonable import jsonable
from ops_common.ops_events import Severity
from ops_common.versioned_item import Conflict, Items
from send_alerts.incident.storm import Opening, Storms, join

ATTEMPTS = 20
STORMS_ID = "storm#newest"


class StormStore(Protocol):
    """The port of the one item that counts new incidents; tests give one in memory."""

    def read(self) -> Storms:
        """As it stands."""

    def join(
        self, opening: Opening, now: datetime, threshold: int, begins: Callable[[str], None]
    ) -> str:
        """Count a new incident; the key of the storm that it belongs to, if any. Raises Conflict.

        `begins` is called with the key of one that begins by it, before that is written.
        """


class DynamoStorms:
    """StormStore on the table of the stack."""

    def __init__(self, items: Items) -> None:
        self._items = items

    def read(self) -> Storms:
        """See StormStore."""
        return self._read()[1]

    def join(
        self, opening: Opening, now: datetime, threshold: int, begins: Callable[[str], None]
    ) -> str:
        """See StormStore; tried again as long as somebody else was faster."""
        for _ in range(ATTEMPTS):
            version, before = self._read()
            after, key = join(before, opening, now, threshold)
            if after == before:
                return key
            if key and key != before.key:
                begins(key)
            with suppress(Conflict):
                self._items.write(STORMS_ID, version, jsonable(after), datetime.now(UTC))
                return key
        raise Conflict(STORMS_ID)

    def _read(self) -> tuple[int, Storms]:
        version, values, _ = self._items.read(STORMS_ID)
        try:
            return version, Storms() if values is None else _storms(values)
        except (KeyError, TypeError, ValueError):
            return version, Storms()


def _storms(values: Mapping[str, Any]) -> Storms:
    """What `jsonable` made. Raises KeyError, TypeError or ValueError on another form."""
    return Storms(
        recent=tuple(_opening(row) for row in values["recent"]),
        started_at=parse_optional(values["started_at"]),
        joined_at=parse_optional(values["joined_at"]),
        members=tuple(_opening(row) for row in values["members"]),
    )


def _opening(row: Mapping[str, Any]) -> Opening:
    return Opening(
        row["key"],
        datetime.fromisoformat(row["opened_at"]),
        datetime.fromisoformat(row["counted_at"]),
        row["title"],
        Severity(row["severity"]),
        row.get("environment", ""),
    )
