"""The alert queue, from the side of its consumer: hide a message longer, send one to ourselves."""

import json
from typing import TYPE_CHECKING, Protocol

from ops_common.ops_events import SOURCE
from send_alerts.reading.parse import FOLLOW_UP

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

LONGEST_VISIBILITY_SECONDS = 43_200


class AlertQueue(Protocol):
    """The port; tests give one that collects."""

    def hide(self, receipt_handle: str, seconds: float) -> None:
        """Keep a message that failed out of sight for so long."""

    def send_follow_up(self, key: str, number: int, seconds: float) -> None:
        """Send the follow-up message of an incident, to arrive after so long."""


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

    def send_follow_up(self, key: str, number: int, seconds: float) -> None:
        """See AlertQueue."""
        event = {
            "source": SOURCE,
            "detail-type": FOLLOW_UP,
            "detail": {"key": key, "number": number},
        }
        self._client.send_message(
            QueueUrl=self._queue_url,
            MessageBody=json.dumps(event),
            DelaySeconds=min(max(0, round(seconds)), 900),
        )
