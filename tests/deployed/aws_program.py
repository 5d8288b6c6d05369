"""`aws` as far as the runbook goes: commands and options as AWS's CLI makes them of the models.

Three operations that the emulator lacks or leaves empty are played here as AWS does them.
"""

import json
import os
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import jmespath  # type: ignore[import-untyped]  # it has no stubs
from botocore import xform_name

type Json = dict[str, Any]
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
ROTATION_FUNCTION, SUBSCRIBED_QUEUE = "ROTATION_FUNCTION", "SUBSCRIBED_QUEUE"


def main(words: list[str]) -> int:
    """Run one command; what it answers is printed as `--query` and `--output` ask."""
    service, command, *rest = words
    options = dict(_options(rest))
    query, output, _ = (options.pop(name, [""])[0] for name in ("query", "output", "max-items"))
    if (service, command) == ("logs", "tail"):
        return _tail(rest[0], options)
    played = PLAYED.get((service, command))
    answer = played(options) if played else _called(service, command, options)
    answer.pop("ResponseMetadata", None)
    shown = jmespath.search(query, answer) if query else answer
    print(_text(shown) if output == "text" else json.dumps(shown, indent=4, default=str))
    return 0


def _options(words: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Each `--name` with the words up to the next."""
    starts = [place for place, word in enumerate(words) if word.startswith("--")]
    for start, end in zip(starts, [*starts[1:], len(words)], strict=True):
        yield words[start][2:], words[start + 1 : end]


def _called(service: str, command: str, options: dict[str, list[str]]) -> Json:
    name: Any = service  # boto3's type stubs want a literal
    client = boto3.client(name)
    model = client.meta.service_model
    operation = {xform_name(each, "-"): each for each in model.operation_names}[command]
    members = model.operation_model(operation).input_shape.members
    known = {xform_name(each, "-"): each for each in members}
    arguments = {}
    for option, words in options.items():
        member = known.get(option) or known[option.removeprefix("no-")]
        arguments[member] = _value(members[member], words, positive=option in known)
    answer: Json = getattr(client, xform_name(operation))(**arguments)
    return answer


def _value(shape: Any, words: list[str], *, positive: bool) -> Any:
    match shape.type_name:
        case "boolean":
            return positive
        case "list":
            return words
        case "integer" | "long":
            return int(words[0])
        case "structure" | "map":
            (text,) = words
            return json.loads(text) if text.startswith("{") else _shorthand(shape, text)
    (text,) = words
    return Path(text.removeprefix("file://")).read_text() if text.startswith("file://") else text


def _shorthand(shape: Any, text: str) -> Json:
    pairs = dict(pair.split("=", 1) for pair in text.split(","))
    numbers = ("double", "float", "integer")
    return {
        name: float(value) if shape.members[name].type_name in numbers else value
        for name, value in pairs.items()
    }


def _text(value: Any) -> str:
    return "\t".join(map(_text, value)) if isinstance(value, list) else str(value)


def _tail(group: str, options: dict[str, list[str]]) -> int:
    since = options.get("since", ["10m"])[0]
    begin = time.time() - int(since[:-1]) * SECONDS[since[-1]]
    pattern = options.get("filter-pattern", [""])[0]
    found = boto3.client("logs").filter_log_events(
        logGroupName=group, startTime=int(begin * 1000), filterPattern=pattern
    )
    for event in found["events"]:
        print(event["timestamp"], event["logStreamName"], event["message"].rstrip())
    return 0


def _rotate(options: dict[str, list[str]]) -> Json:
    """The emulator's own copies the old value and starts nothing; AWS starts the four steps."""
    secrets, token = boto3.client("secretsmanager"), str(uuid.uuid4())
    pending = secrets.put_secret_value(
        SecretId=options["secret-id"][0], ClientRequestToken=token, VersionStages=["AWSPENDING"]
    )
    for step in STEPS:
        event = {"Step": step, "SecretId": pending["ARN"], "ClientRequestToken": token}
        answer = boto3.client("lambda").invoke(
            FunctionName=os.environ[ROTATION_FUNCTION], Payload=json.dumps(event)
        )
        if "FunctionError" in answer:
            raise SystemExit(answer["Payload"].read().decode())
    return {"ARN": pending["ARN"], "Name": pending["Name"], "VersionId": token}


def _start_move(options: dict[str, list[str]]) -> Json:
    """Each dead letter back into the queue that it came from."""
    queue = boto3.client("sqs")
    dead = queue.get_queue_url(QueueName=options["source-arn"][0].rpartition(":")[2])["QueueUrl"]
    while letters := queue.receive_message(QueueUrl=dead).get("Messages"):
        for letter in letters:
            queue.send_message(QueueUrl=os.environ[SUBSCRIBED_QUEUE], MessageBody=letter["Body"])
            queue.delete_message(QueueUrl=dead, ReceiptHandle=letter["ReceiptHandle"])
    return {"TaskHandle": "played"}


def _list_moves(options: dict[str, list[str]]) -> Json:
    source = options["source-arn"][0]
    return {"Results": [{"Status": "COMPLETED", "SourceArn": source}]}


PLAYED = {
    ("secretsmanager", "rotate-secret"): _rotate,
    ("sqs", "start-message-move-task"): _start_move,
    ("sqs", "list-message-move-tasks"): _list_moves,
}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
