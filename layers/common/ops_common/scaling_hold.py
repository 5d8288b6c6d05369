"""A person's hold on a service's task count: `make hold` writes it, scale_workers reads it.

One item `hold#<service>` of the operations table; it ends by itself at its time.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class BadHold(ValueError):
    """The table holds something else at a hold's place."""

    def __init__(self, service: str) -> None:
        super().__init__(f"{_key(service)} is no hold")
        self.service = service


@dataclass(frozen=True)
class Hold:
    """Keep the service at so many tasks until then."""

    service: str
    tasks: int
    until: datetime
    """With a time zone."""
    by: str = ""
    """Who asked for it, as the reason names them."""

    def as_item(self) -> dict[str, Any]:
        """The item's attributes; `expires_at` is the table's time to live, in epoch seconds."""
        return {
            "id": {"S": _key(self.service)},
            "tasks": {"N": str(self.tasks)},
            "until": {"S": self.until.isoformat()},
            "by": {"S": self.by},
            "expires_at": {"N": str(int(self.until.timestamp()))},
        }

    @classmethod
    def from_item(cls, service: str, item: dict[str, Any]) -> Self:
        """Read what `as_item` gave. Raises BadHold for anything else."""
        try:
            until = datetime.fromisoformat(item["until"]["S"])
            tasks = int(item["tasks"]["N"])
            by = item.get("by", {}).get("S", "")
        except (KeyError, TypeError, ValueError) as error:
            raise BadHold(service) from error
        if until.tzinfo is None or tasks < 0:
            raise BadHold(service)
        return cls(service, tasks, until, by)


class Holds:
    """The holds of the operations table."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def put(self, hold: Hold) -> None:
        """Hold the service; an earlier hold of it is replaced. Raises ClientError."""
        self._client.put_item(TableName=self._table, Item=hold.as_item())

    def get(self, service: str, now: datetime) -> Hold | None:
        """The hold of now. Raises ClientError, and ValueError for an item that is no hold."""
        found = self._client.get_item(
            TableName=self._table, Key={"id": {"S": _key(service)}}, ConsistentRead=True
        ).get("Item")
        hold = Hold.from_item(service, found) if found else None
        # DynamoDB removes expired items hours later.
        return hold if hold and now < hold.until else None

    def remove(self, service: str) -> None:
        """End a hold before its time; without one nothing happens. Raises ClientError."""
        self._client.delete_item(TableName=self._table, Key={"id": {"S": _key(service)}})


def _key(service: str) -> str:
    return f"hold#{service}"
