"""A client's first call in the init phase, up to the moment at which it would be sent.

Only then does botocore read the operation's model, choose the endpoint and make a signer: 1 ms of
CPU for each client, which at 256 MB lasts 7 ms once the first event is there.
"""

import encodings.idna  # noqa: F401  # the first connection loads it
from contextlib import suppress
from typing import Any

# What most answers begin with; the values are never sent.
FIRST_CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "cloudwatch": ("describe_alarms", {}),
    "dynamodb": ("get_item", {"TableName": "name", "Key": {"id": {"S": "id"}}}),
    "ecs": ("describe_services", {"cluster": "name", "services": ["name"]}),
    "events": ("put_events", {"Entries": [{"Source": "jiki.ops"}]}),
    "lambda": ("invoke", {"FunctionName": "name", "Payload": b"{}"}),
    "logs": ("filter_log_events", {"logGroupName": "name"}),
    "scheduler": ("get_schedule", {"Name": "name"}),
    "secretsmanager": ("get_secret_value", {"SecretId": "name"}),
    "sns": ("publish", {"TopicArn": "arn:aws:sns:eu-west-1:123456789012:name", "Message": "-"}),
    "sqs": ("send_message", {"QueueUrl": "https://sqs.example.org/name", "MessageBody": "-"}),
    "ssm": ("get_parameter", {"Name": "name"}),
}


class _NotSent(Exception):
    """Ends the call where the network would begin."""


def warm_up(client: Any) -> None:
    """Make a client's first call but for the network. Whatever fails, a real call will fail too."""
    method, parameters = FIRST_CALLS[client.meta.service_model.service_name]
    events = client.meta.events
    events.register_first("before-send", _stop)
    with suppress(Exception):
        getattr(client, method)(**parameters)
    events.unregister("before-send", _stop)


def _stop(**_: Any) -> None:
    raise _NotSent
