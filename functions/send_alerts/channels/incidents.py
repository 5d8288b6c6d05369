"""Incidents and storms in DynamoDB: items that only whoever saw their last version may change."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from botocore.exceptions import ClientError

from send_alerts.incident.incident import Incident
from send_alerts.incident.storm import Storms

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEPT_FOR = timedelta(days=30)
"""After its last event an incident is forgotten; a replay later than that is told anew."""
ATTEMPTS = 20
STORMS_ID = "storm#newest"


class Conflict(Exception):
    """Somebody else changed the item since it was read."""


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
        self._items = _Items(client, table_name)

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
        self._items = _Items(client, table_name)

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


class _Items:
    """JSON documents with a version; reads are consistent, writes conditional."""

    def __init__(self, client: "DynamoDBClient", table_name: str) -> None:
        self._client = client
        self._table_name = table_name

    def read(self, item_id: str) -> tuple[int, dict[str, Any]]:
        """Version and document; 0 and nothing where there is no such item."""
        item = self._client.get_item(
            TableName=self._table_name, Key={"id": {"S": item_id}}, ConsistentRead=True
        ).get("Item")
        if not item:
            return 0, {}
        return int(item["version"]["N"]), json.loads(item["document"]["S"])

    def write(
        self, item_id: str, seen_version: int, document: Mapping[str, Any], now: datetime
    ) -> int:
        """The new version. Raises Conflict."""
        unchanged = "version = :seen OR (:seen = :none AND attribute_not_exists(id))"
        try:
            self._client.put_item(
                TableName=self._table_name,
                Item={
                    "id": {"S": item_id},
                    "version": {"N": str(seen_version + 1)},
                    "document": {"S": json.dumps(document, ensure_ascii=False)},
                    "expires_at": {"N": str(int((now + KEPT_FOR).timestamp()))},
                },
                ConditionExpression=unchanged,
                ExpressionAttributeValues={":seen": {"N": str(seen_version)}, ":none": {"N": "0"}},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                raise Conflict(item_id) from None
            raise
        return seen_version + 1
