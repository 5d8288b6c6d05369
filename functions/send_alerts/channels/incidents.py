"""Incidents and storms in DynamoDB: items that only whoever saw their last version may change."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol

from ops_common.versioned_item import Conflict, VersionedItems
from send_alerts.incident.incident import Incident
from send_alerts.incident.storm import Storms

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ATTEMPTS = 20
STORMS_ID = "storm#newest"


class Held(NamedTuple):
    """An incident as read, with what is needed to write it back."""

    incident: Incident
    version: int
    leased_until: datetime | None
    """Until then another invocation is telling people; it alone may."""


class IncidentStore(Protocol):
    """The port of the incidents; tests give one in memory."""

    def load(self, key: str) -> Held:
        """The incident of a key, a new one if there is none."""

    def save(self, held: Held, now: datetime) -> Held:
        """Write it back; the new version. Raises Conflict."""


class StormStore(Protocol):
    """The port of the one item that counts new incidents; tests give one in memory."""

    def change[T](self, change: Callable[[Storms], tuple[Storms, T]]) -> T:
        """Change it, and give what `change` gave beside. Raises Conflict."""


class DynamoIncidents:
    """IncidentStore on the table of the stack."""

    def __init__(self, client: "DynamoDBClient", table_name: str) -> None:
        self._items = VersionedItems(client, table_name)

    def load(self, key: str) -> Held:
        """See IncidentStore."""
        version, values = self._items.read(f"incident#{key}")
        if not values:
            return Held(Incident(key), 0, None)
        leased = values.pop("leased_until")
        return Held(
            Incident.from_json(values), version, datetime.fromisoformat(leased) if leased else None
        )

    def save(self, held: Held, now: datetime) -> Held:
        """See IncidentStore."""
        leased = held.leased_until and held.leased_until.isoformat()
        document = {**held.incident.as_json(), "leased_until": leased}
        version = self._items.write(f"incident#{held.incident.key}", held.version, document, now)
        return Held(held.incident, version, held.leased_until)


class DynamoStorms:
    """StormStore on the table of the stack."""

    def __init__(self, client: "DynamoDBClient", table_name: str) -> None:
        self._items = VersionedItems(client, table_name)

    def change[T](self, change: Callable[[Storms], tuple[Storms, T]]) -> T:
        """See StormStore; tried again as long as somebody else was faster."""
        for _ in range(ATTEMPTS):
            version, values = self._items.read(STORMS_ID)
            before = Storms.from_json(values) if values else Storms()
            after, result = change(before)
            if after == before:
                return result
            with suppress(Conflict):
                self._items.write(STORMS_ID, version, after.as_json(), datetime.now(UTC))
                return result
        raise Conflict(STORMS_ID)
