"""The SNS topic that everything loud goes to."""

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from send_alerts.words.notification import alarm_subject

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient


LONGEST_NAME = 256
"""An attribute that filters and people can still read."""


class Topic(Protocol):
    """The port; tests give one that collects."""

    def publish(self, subject: str, forms: Mapping[str, str], labels: Mapping[str, str]) -> None:
        """Publish one notification: its forms by protocol (`default`, `https`), and its labels."""


class SnsTopic:
    """Topic on SNS.

    One subject is all protocols': for on-call services it begins with the alarm's state.

    SNS knows no idempotent publish on a standard topic, so the delivery's name goes with it as an
    attribute: a program that subscribes can drop what it has seen.
    """

    def __init__(self, client: "SNSClient", topic_arn: str) -> None:
        self._client = client
        self._topic_arn = topic_arn

    def publish(self, subject: str, forms: Mapping[str, str], labels: Mapping[str, str]) -> None:
        """See Topic. Raises botocore's errors; the event is then tried again."""
        self._client.publish(
            TopicArn=self._topic_arn,
            Subject=alarm_subject(subject, labels.get("state", "")),
            Message=json.dumps(forms, ensure_ascii=False),
            MessageStructure="json",
            MessageAttributes={
                name: {"DataType": "String", "StringValue": shortened(value)}
                for name, value in labels.items()
            },
        )


def shortened(delivery: str) -> str:
    """A name that differs where the long one does."""
    if len(delivery) <= LONGEST_NAME:
        return delivery
    digest = hashlib.sha256(delivery.encode()).hexdigest()[:32]
    return f"{delivery[: LONGEST_NAME - len(digest) - 1]}~{digest}"
