"""What the probes remember, as items `probe#…` of the operations table."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEPT = timedelta(days=90)
ROLLING_BACK = timedelta(hours=3)
"""How long after a deployment's failure the next one may be ECS's own roll back."""


class ProbeMemory:
    """Reports that were sent, task definitions that have passed, rollbacks that were made."""

    def __init__(self, client: "DynamoDBClient", table_name: str) -> None:
        self._client = client
        self._table = table_name

    def claim(self, subject: str, value: str, now: datetime) -> bool:
        """Whether `value` is news for the subject; the first to ask for it gets True."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key={"id": {"S": f"probe#{subject}"}},
                UpdateExpression="SET claimed = :value, expires_at = :expires",
                ConditionExpression="attribute_not_exists(claimed) OR claimed <> :value",
                ExpressionAttributeValues={
                    ":value": {"S": value},
                    ":expires": {"N": str(int((now + KEPT).timestamp()))},
                },
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return False
            raise
        return True

    def release(self, subject: str) -> None:
        """Take a claim back, because what it was made for has failed."""
        self._client.delete_item(TableName=self._table, Key={"id": {"S": f"probe#{subject}"}})

    def last_passed(self, service: str) -> str | None:
        """The task definition of the service's last deployment that passed."""
        item = self._item(f"passed#{service}")
        return item["task_definition"]["S"] if "task_definition" in item else None

    def passed_since(self, service: str, moment: datetime) -> bool:
        """Whether a deployment of the service has passed since then."""
        item = self._item(f"passed#{service}")
        return "passed_at" in item and datetime.fromisoformat(item["passed_at"]["S"]) > moment

    def failed_deployment(self, service: str, now: datetime) -> tuple[str, datetime] | None:
        """The service's deployment that ECS gave up last, and when, if that was not long ago."""
        item = self._item(f"failed#{service}")
        if "failed_at" not in item:
            return None
        failed_at = datetime.fromisoformat(item["failed_at"]["S"])
        return (item["deployment"]["S"], failed_at) if failed_at > now - ROLLING_BACK else None

    def remember_failed(self, service: str, deployment: str, now: datetime) -> None:
        """Remember that ECS gave up a deployment."""
        self._client.put_item(
            TableName=self._table,
            Item={
                "id": {"S": f"probe#failed#{service}"},
                "deployment": {"S": deployment},
                "failed_at": {"S": now.isoformat()},
                "expires_at": {"N": str(int((now + KEPT).timestamp()))},
            },
        )

    def load_test_passed_at(self) -> datetime | None:
        """When the suite `load` last passed on the minutes of a load test."""
        item = self._item("load_test")
        return datetime.fromisoformat(item["passed_at"]["S"]) if "passed_at" in item else None

    def remember_load_test(self, now: datetime) -> None:
        """Remember that a load test has passed; kept for good."""
        self._client.put_item(
            TableName=self._table,
            Item={"id": {"S": "probe#load_test"}, "passed_at": {"S": now.isoformat()}},
        )

    def remember_passed(self, service: str, task_definition: str, now: datetime) -> None:
        """Remember the task definition of a deployment that has passed; kept for good."""
        self._client.put_item(
            TableName=self._table,
            Item={
                "id": {"S": f"probe#passed#{service}"},
                "task_definition": {"S": task_definition},
                "passed_at": {"S": now.isoformat()},
            },
        )

    def _item(self, name: str) -> Any:
        key: Any = {"id": {"S": f"probe#{name}"}}
        return self._client.get_item(TableName=self._table, Key=key).get("Item", {})
