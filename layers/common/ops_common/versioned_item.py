"""JSON documents in the operations table that only whoever saw their last version may change."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from botocore.exceptions import ClientError

from .packed_text import pack, unpack

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEPT_FOR = timedelta(days=30)
NO_VERSION = 0
"""The version of an item that isn't there."""


class Conflict(Exception):
    """Somebody else has changed the item since it was read."""


class Stored(NamedTuple):
    """An item as read; without an item, as it is made."""

    version: int = NO_VERSION
    document: Any = None
    summary: str = ""


class Items(Protocol):
    """The port of the documents; tests and the local world keep them in memory."""

    def read(self, item_id: str) -> Stored:
        """The item as it stands."""

    def write(
        self,
        item_id: str,
        seen_version: int,
        document: Mapping[str, Any],
        now: datetime,
        summary: str = "",
        due_at: datetime | None = None,
    ) -> int:
        """The new version. Raises Conflict."""

    def due_before(self, at: datetime) -> list[str]:
        """The ids of the items whose `due_at` is earlier."""


class VersionedItems:
    """Items of one table; reads are consistent, writes conditional, each expires by itself.

    Packed ones take a fraction of the bytes, for whoever writes each minute; both are read.
    """

    def __init__(
        self,
        client: "DynamoDBClient",
        table_name: str,
        kept_for: timedelta = KEPT_FOR,
        *,
        attribute: str = "document",
        packed: bool = False,
    ) -> None:
        self._client = client
        self._table_name = table_name
        self._kept_for = kept_for
        self._attribute = attribute
        self._packed = packed

    def read(self, item_id: str) -> Stored:
        """See Items. A document that isn't JSON is None, with the version that a write must name.

        Raises botocore's errors.
        """
        item = self._client.get_item(
            TableName=self._table_name, Key={"id": {"S": item_id}}, ConsistentRead=True
        ).get("Item", {})
        version = int(item.get("version", {}).get("N", NO_VERSION))
        try:
            document = json.loads(_text(item, self._attribute))
        except ValueError:
            document = None
        return Stored(version, document, _text(item, "summary"))

    def write(
        self,
        item_id: str,
        seen_version: int,
        document: Mapping[str, Any],
        now: datetime,
        summary: str = "",
        due_at: datetime | None = None,
    ) -> int:
        """The new version. Raises Conflict, and botocore's errors.

        `summary` is what `/ops status` shows of the item (ops_common.on_call.summaries), `due_at`
        when something is to happen to it (`due_before`). A version that is no number is none.
        """
        unchanged = (
            "version = :seen OR (:seen = :none AND"
            " (attribute_not_exists(version) OR NOT attribute_type(version, :number)))"
        )
        text = json.dumps(document, ensure_ascii=False)
        try:
            self._client.put_item(
                TableName=self._table_name,
                Item=({"summary": self._value(summary)} if summary else {})
                | ({"due_at": {"N": str(int(due_at.timestamp()))}} if due_at else {})
                | {
                    "id": {"S": item_id},
                    "version": {"N": str(seen_version + 1)},
                    self._attribute: self._value(text),
                    "expires_at": {"N": str(int((now + self._kept_for).timestamp()))},
                },
                ConditionExpression=unchanged,
                ExpressionAttributeValues={
                    ":seen": {"N": str(seen_version)},
                    ":none": {"N": str(NO_VERSION)},
                    ":number": {"S": "N"},
                },
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                raise Conflict(item_id) from None
            raise
        return seen_version + 1

    def due_before(self, at: datetime) -> list[str]:
        """See Items; the whole table is read. Raises botocore's errors."""
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._table_name,
            ProjectionExpression="id",
            FilterExpression="due_at < :at",
            ExpressionAttributeValues={":at": {"N": str(int(at.timestamp()))}},
        )
        return [item["id"]["S"] for page in pages for item in page["Items"]]

    def _value(self, text: str) -> Mapping[str, Any]:
        return pack(text) if self._packed else {"S": text}


def _text(item: Mapping[str, Any], attribute: str) -> str:
    """An attribute's text, packed or not; empty where it is neither."""
    try:
        return unpack(item[attribute])
    except (LookupError, ValueError):
        return ""
