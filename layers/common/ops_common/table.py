"""Whether the operations table takes writes, found out without writing."""

from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NO_ITEM = "attribute_exists(id) AND attribute_not_exists(id)"


def check_writable(client: "DynamoDBClient", table_name: str, item_id: str = "self-check") -> str:
    """Ask for a change on a condition that no item meets; DynamoDB answers that it isn't met.

    Raises ClientError where the role may not write, or the table is missing.
    """
    with suppress(client.exceptions.ConditionalCheckFailedException):
        # By PutItem, which every function that writes may do; not each may update.
        client.put_item(
            TableName=table_name, Item={"id": {"S": item_id}}, ConditionExpression=NO_ITEM
        )
    return f"table {table_name} can be written"
