"""Each request once, and not too many of one person: an item for each person and minute.

The minute is the signed one, so that a request sent again meets the item of the first time.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import ClientError

from answer_slack.refusal import Refusal, Refused

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MOST_A_MINUTE = 20
KEPT = timedelta(minutes=15)
"""Longer than Slack's signature holds, before and after its time."""


class Seen(Protocol):
    """The port; tests give one in memory."""

    def record(self, user: str, signed_at: datetime, signature: str) -> None:
        """Take a request in. Raises Refused for one that was seen, or that is one too many."""


class DynamoSeen:
    """Seen as items `seen#…` of the operations table."""

    def __init__(self, client: "DynamoDBClient", table_name: str) -> None:
        self._client = client
        self._table_name = table_name

    def record(self, user: str, signed_at: datetime, signature: str) -> None:
        """See Seen; both in one conditional write."""
        minute = signed_at.strftime("%Y-%m-%dT%H:%M")
        try:
            self._client.update_item(
                TableName=self._table_name,
                Key={"id": {"S": f"seen#{user}#{minute}"}},
                UpdateExpression="ADD signatures :one, requests :count SET expires_at = :expires",
                ConditionExpression="attribute_not_exists(id) OR"
                " (requests < :most AND NOT contains(signatures, :signature))",
                ExpressionAttributeValues={
                    ":one": {"SS": [signature]},
                    ":signature": {"S": signature},
                    ":count": {"N": "1"},
                    ":most": {"N": str(MOST_A_MINUTE)},
                    ":expires": {"N": str(int((signed_at + KEPT).timestamp()))},
                },
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            before: Any = error.response.get("Item", {})
            signatures = before.get("signatures", {}).get("SS", [])
            seen = signature in signatures
            raise Refused(Refusal.REPLAYED if seen else Refusal.TOO_MANY) from None
