"""The alert queue, from the side of its consumer: hide a message longer."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

LONGEST_VISIBILITY_SECONDS = 43_200


class AlertQueue(Protocol):
    """The port; tests give one that collects."""

    def hide(self, receipt_handle: str, seconds: float) -> None:
        """Keep a message that failed out of sight for so long."""


class SqsAlertQueue:
    """AlertQueue on SQS."""

    def __init__(self, client: "SQSClient", queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def hide(self, receipt_handle: str, seconds: float) -> None:
        """See AlertQueue."""
        self._client.change_message_visibility(
            QueueUrl=self._queue_url,
            ReceiptHandle=receipt_handle,
            VisibilityTimeout=min(max(0, round(seconds)), LONGEST_VISIBILITY_SECONDS),
        )
