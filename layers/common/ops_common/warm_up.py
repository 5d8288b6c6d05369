"""A client's first calls in the init phase, up to the moment at which each would be sent.

Only then does botocore read the operation's model, choose the endpoint and make a signer: 1 ms of
CPU for each operation, which at 256 MB lasts 7 ms once the first event is there.
"""

import encodings.idna  # noqa: F401  # the first connection loads it
from contextlib import suppress
from typing import Any

# What most answers consist of; the values are never sent.
FIRST_CALLS: dict[str, dict[str, dict[str, Any]]] = {
    "cloudwatch": {"describe_alarms": {}, "get_metric_widget_image": {"MetricWidget": "{}"}},
    "dynamodb": {
        "get_item": {"TableName": "name", "Key": {"id": {"S": "id"}}},
        "put_item": {"TableName": "name", "Item": {"id": {"S": "id"}}},
        "scan": {"TableName": "name"},
        "update_item": {"TableName": "name", "Key": {"id": {"S": "id"}}},
    },
    "ecs": {
        "describe_services": {"cluster": "name", "services": ["name"]},
        "list_tasks": {"cluster": "name"},
        "describe_tasks": {"cluster": "name", "tasks": ["name"]},
    },
    "events": {"put_events": {"Entries": [{"Source": "jiki.ops"}]}},
    "lambda": {"invoke": {"FunctionName": "name", "Payload": b"{}"}},
    "logs": {"filter_log_events": {"logGroupName": "name"}},
    "scheduler": {
        "create_schedule": {
            "Name": "name",
            "ScheduleExpression": "at(2026-08-01T12:00:00)",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {"Arn": "arn", "RoleArn": "arn"},
        }
    },
    "secretsmanager": {
        "get_secret_value": {"SecretId": "name"},
        "put_secret_value": {"SecretId": "name", "SecretString": "-"},
        "update_secret_version_stage": {"SecretId": "name", "VersionStage": "name"},
    },
    "sns": {"publish": {"TopicArn": "arn:aws:sns:eu-west-1:123456789012:name", "Message": "-"}},
    "sqs": {"send_message": {"QueueUrl": "https://sqs.example.org/name", "MessageBody": "-"}},
    "ssm": {"get_parameter": {"Name": "name"}},
}


class _NotSent(Exception):
    """Ends the call where the network would begin."""


def warm_up(client: Any) -> None:
    """Make a client's first calls but for the network. What fails, a real call will fail at too."""
    events = client.meta.events
    events.register_first("before-send", _stop)
    for method, parameters in FIRST_CALLS[client.meta.service_model.service_name].items():
        with suppress(Exception):
            getattr(client, method)(**parameters)
    events.unregister("before-send", _stop)


def _stop(**_: Any) -> None:
    raise _NotSent
