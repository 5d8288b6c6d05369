"""Runs in the emulator: the AWS calls of a recording, by clients made before the first event.

What a handler of thirty lines that makes the same calls would take: no validation, no decisions,
no log. BARE_CALLS is the recording, of which the first event's calls are made; BARE_SLACK_POSTS
messages to Slack come after them.
"""

import base64
import json
import os
from pathlib import Path
from typing import Any

import boto3
from botocore import xform_name
from botocore.exceptions import ClientError

_RECORDED = [json.loads(line) for line in Path(os.environ["BARE_CALLS"]).read_text().splitlines()]
_CALLS = [call for call in _RECORDED if call["event"] == 1]
_CLIENTS = {call["service"]: boto3.client(call["service"]) for call in _CALLS}
_POSTS = int(os.environ.get("BARE_SLACK_POSTS", "0"))
if _POSTS:
    from slack_sdk import WebClient

    _SLACK = WebClient(os.environ["BARE_SLACK_TOKEN"], base_url=os.environ["BARE_SLACK_URL"])


def handler(event: Any, context: Any) -> dict[str, Any]:  # noqa: ARG001  # Lambda's signature
    """Make the calls in their order."""
    for call in _CALLS:
        method = getattr(_CLIENTS[call["service"]], xform_name(call["operation"]))
        parameters = {name: _value(value) for name, value in call["parameters"].items()}
        try:
            answer = method(**parameters)
        except ClientError:
            continue  # a condition that the recorded run met
        if "Payload" in answer:
            answer["Payload"].read()
    for _ in range(_POSTS):
        _SLACK.chat_postMessage(channel=os.environ["BARE_SLACK_CHANNEL"], text="CPU is high")
    return {"ok": True}


def _value(value: Any) -> Any:
    match value:
        case {"base64": str(text)}:
            return base64.b64decode(text)
        case dict():
            return {name: _value(each) for name, each in value.items()}
        case list():
            return [_value(each) for each in value]
    return value
