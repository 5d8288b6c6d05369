"""What one tick leaves for the next: one item in the operations table.

Losing it is harmless, so nothing here stops a tick but `Overtaken`, which means that another run
has done this one's work.
"""

import json
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, Self

from botocore.exceptions import BotoCoreError, ClientError

from ops_common.observability import logger
from ops_common.on_call.summaries import Part, PartSummary, from_text
from ops_common.packed_text import pack, unpack
from scale_workers.policy.conditions import Conditions
from scale_workers.policy.history import Memory
from scale_workers.policy.parsing import parse_datetime

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEPT_SECONDS = 30 * 24 * 3600


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


class DynamoMemories:
    """The item `scaling#<service>`: the state as packed JSON beside a version number.

    Its summary holds the last reasons, for `/ops why`.
    """

    def __init__(self, client: "DynamoDBClient", table: str, service: str) -> None:
        self._client = client
        self._table = table
        self._service = service
        self._key = {"id": {"S": f"scaling#{service}"}}
        self._summary: PartSummary | None = None
        self._version: Any = None
        """The attribute as it was read, whatever its type is."""
        self._loaded = False

    def load(self) -> Remembered:
        """See Memories."""
        try:
            item = self._client.get_item(
                TableName=self._table, Key=self._key, ConsistentRead=True
            ).get("Item", {})
        except (ClientError, BotoCoreError) as error:
            logger.warning("memory could not be read", reason=str(error))
            return Remembered()
        self._loaded = True
        self._version = item.get("version")
        with suppress(LookupError, TypeError, ValueError):
            summary = from_text(unpack(item["summary"]))
            self._summary = summary if isinstance(summary, PartSummary) else None
        try:
            return Remembered.from_json(json.loads(unpack(item.get("state", {"S": "null"}))))
        except (LookupError, ValueError):
            logger.warning("memory was not JSON and is forgotten")
            return Remembered()

    def save(self, remembered: Remembered, now: datetime) -> bool:
        """See Memories. Without a successful `load` nothing is written over."""
        if not self._loaded:
            return False
        summary = PartSummary(Part.SCALING, self._service, now, remembered.reason)
        summary = summary.after(self._summary)
        version = {"N": str(int((self._version or {}).get("N", 0)) + 1)}
        values: dict[str, Any] = {
            ":state": pack(json.dumps(remembered.as_json())),
            ":version": version,
            ":summary": pack(summary.as_text()),
            ":expires": {"N": str(int(now.timestamp()) + KEPT_SECONDS)},
        }
        condition = "attribute_not_exists(version)"
        if self._version is not None:
            condition = "version = :read"
            values[":read"] = self._version
        try:
            self._client.update_item(
                TableName=self._table,
                Key=self._key,
                UpdateExpression="SET #state = :state, version = :version, expires_at = :expires,"
                " summary = :summary",
                ConditionExpression=condition,
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues=values,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                raise Overtaken("another run has decided meanwhile") from None
            logger.warning("memory could not be written", reason=str(error))
            return False
        except BotoCoreError as error:
            logger.warning("memory could not be written", reason=str(error))
            return False
        self._version, self._summary = version, summary
        return True
