"""A rotation that waits for a second person: one item of the operations table."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

WAITS = timedelta(minutes=10)


@dataclass(frozen=True)
class Confirmation:
    """What was asked for, by whom, and until when a second person may confirm it."""

    code: str
    by: str
    until: datetime


class Confirmations(Protocol):
    """The port; tests give one in memory."""

    def ask(self, by: str, now: datetime) -> Confirmation:
        """A new one in the place of the last."""

    def take(self, code: str, by: str, now: datetime) -> Confirmation | None:
        """The waiting one, once, if the code is its own and somebody else asked for it."""


class DynamoConfirmations:
    """Confirmations on the table of the stack."""

    def __init__(self, client: "DynamoDBClient", table_name: str) -> None:
        self._client = client
        self._table_name = table_name

    def ask(self, by: str, now: datetime) -> Confirmation:
        """See Confirmations."""
        asked = Confirmation(secrets.token_hex(3), by, now + WAITS)
        self._client.put_item(
            TableName=self._table_name,
            Item={
                "id": {"S": "confirm#rotate"},
                "code": {"S": asked.code},
                "by": {"S": by},
                "until": {"N": str(int(asked.until.timestamp()))},
                "expires_at": {"N": str(int(asked.until.timestamp()))},
            },
        )
        return asked

    def take(self, code: str, by: str, now: datetime) -> Confirmation | None:
        """See Confirmations; removed in the same call."""
        try:
            item = self._client.delete_item(
                TableName=self._table_name,
                Key={"id": {"S": "confirm#rotate"}},
                ConditionExpression="code = :code AND #by <> :by AND #until > :now",
                ExpressionAttributeNames={"#by": "by", "#until": "until"},
                ExpressionAttributeValues={
                    ":code": {"S": code.lower()},
                    ":by": {"S": by},
                    ":now": {"N": str(int(now.timestamp()))},
                },
                ReturnValues="ALL_OLD",
            )["Attributes"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return None
            raise
        until = datetime.fromtimestamp(int(item["until"]["N"]), now.tzinfo)
        return Confirmation(item["code"]["S"], item["by"]["S"], until)
