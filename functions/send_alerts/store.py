"""Incidents in DynamoDB: one item each, changed only by whoever saw its last version."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import ClientError

from send_alerts.incident import Incident

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEPT_FOR = timedelta(days=30)
"""After its last event an incident is forgotten; a replay later than that is told anew."""


class Conflict(Exception):
    """Somebody else changed the item since it was read."""


@dataclass(frozen=True)
class Held:
    """An incident as read, with what is needed to write it back."""

    incident: Incident
    version: int
    leased_until: datetime | None
    """Until then another invocation is telling people; it alone may."""


class IncidentStore(Protocol):
    """The port; tests give one in memory."""

    def load(self, key: str) -> Held:
        """The incident of a key, a new one if there is none."""

    def save(self, held: Held, now: datetime) -> Held:
        """Write it back; the new version. Raises Conflict."""


class DynamoIncidents:
    """IncidentStore on the table of the stack."""

    def __init__(self, client: "DynamoDBClient", table_name: str) -> None:
        self._client = client
        self._table_name = table_name

    def load(self, key: str) -> Held:
        """See IncidentStore; a consistent read."""
        item: dict[str, Any] = dict(
            self._client.get_item(
                TableName=self._table_name,
                Key={"id": {"S": f"incident#{key}"}},
                ConsistentRead=True,
            ).get("Item", {})
        )
        if not item:
            return Held(Incident(key), 0, None)
        leased = item.get("leased_until", {}).get("S")
        return Held(
            Incident.from_json(json.loads(item["document"]["S"])),
            int(item["version"]["N"]),
            datetime.fromisoformat(leased) if leased else None,
        )

    def save(self, held: Held, now: datetime) -> Held:
        """See IncidentStore; one conditional put."""
        item: dict[str, Any] = {
            "id": {"S": f"incident#{held.incident.key}"},
            "version": {"N": str(held.version + 1)},
            "document": {"S": json.dumps(held.incident.as_json(), ensure_ascii=False)},
            "expires_at": {"N": str(int((now + KEPT_FOR).timestamp()))},
        }
        if held.leased_until:
            item["leased_until"] = {"S": held.leased_until.isoformat()}
        condition = "version = :seen" if held.version else "attribute_not_exists(id)"
        values = {":seen": {"N": str(held.version)}} if held.version else None
        try:
            self._client.put_item(
                TableName=self._table_name,
                Item=item,
                ConditionExpression=condition,
                **({"ExpressionAttributeValues": values} if values else {}),  # type: ignore[arg-type]
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                raise Conflict(held.incident.key) from None
            raise
        return Held(held.incident, held.version + 1, held.leased_until)
