"""The alert queue's batches, made of the single events in events/alerts.

`send_alerts` is started by batches of an SQS queue, whose bodies are JSON inside JSON and thus hard
to read. So each event stands in a file of its own, and `python -m local.alert_batches` writes the
batches of events/send_alerts from them.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

EVENTS = Path(__file__).parent.parent / "events"
FIRST_RECEIVED_AT = datetime(2026, 11, 25, 4, 0, 0, 1000, tzinfo=UTC)
QUEUE_ARN = "arn:aws:sqs:eu-west-1:123456789012:jiki-ops-alerts"
BATCHES = {
    "alarms": "alarm_*",
    "alarms_by_sns": "sns_*",
    "ecs": "ecs_*",
    "operator": "operator_*",
    "own": "own_*",
    "services": "service_*",
    "unknown": "unknown_*",
    "follow_up": "follow_up",
    "sweep": "sweep",
}


def batch(
    bodies: Iterable[Any], *, first_received_at: datetime = FIRST_RECEIVED_AT
) -> dict[str, Any]:
    """The event that Lambda gets for these bodies; text stays as it is, all else becomes JSON."""
    first_received = int(first_received_at.timestamp() * 1000)
    return {
        "Records": [
            {
                "messageId": f"00000000-0000-4000-8000-{number:012}",
                "receiptHandle": f"receipt-{number}",
                "body": body if isinstance(body, str) else json.dumps(body, ensure_ascii=False),
                "attributes": {
                    "ApproximateReceiveCount": "1",
                    "SentTimestamp": str(first_received - 1),
                    "SenderId": "AIDAEXAMPLE",
                    "ApproximateFirstReceiveTimestamp": str(first_received),
                },
                "messageAttributes": {},
                "md5OfBody": "",
                "eventSource": "aws:sqs",
                "eventSourceARN": QUEUE_ARN,
                "awsRegion": "eu-west-1",
            }
            for number, body in enumerate(bodies, start=1)
        ]
    }


def rendered(name: str) -> str:
    """The text of one file of events/send_alerts."""
    files = sorted((EVENTS / "alerts").glob(f"{BATCHES[name]}.json"))
    return json.dumps(batch(json.loads(file.read_text()) for file in files), indent=2) + "\n"


def main() -> None:
    """Write all of them."""
    for name in BATCHES:
        (EVENTS / "send_alerts" / f"{name}.json").write_text(rendered(name))


if __name__ == "__main__":
    main()
