"""One run: events travel bus, rule, queue and event source mapping to the deployed function."""

import json
import random
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from benchmarks.alerts.load import (
    Load,
    as_entry,
    messages,
    of_the_load,
    sent,
    timeline,
    transition,
    unheard,
)
from benchmarks.alerts.stage import Stage
from benchmarks.alerts.trouble import Faults, killer
from local.slack import SlackStandIn

# Each transition is to be counted, so none is folded into a storm.
VARIABLES = {"STORM_THRESHOLD": "1000000", "REMINDER_HOURS": "0"}
# What a message of the queue may cost after a kill, without hours of watching it.
FUNCTION_SECONDS, VISIBILITY_SECONDS = 15, 18
GIVE_UP_SECONDS = 2 * 3600
PROGRESS_SECONDS = 60


@dataclass(frozen=True)
class Result:
    """What became of the load."""

    sent: list[dict[str, Any]]
    transitions: int
    seconds: float
    kills: int
    slack_calls: int
    slack_faults: int
    lost: int
    shown_twice: int
    in_channel: int
    in_threads: int
    notified: int
    notified_again: int
    openings_not_notified: int
    messages_not_notified: int
    dead_letters: int


def run(stage: Stage, load: Load) -> Result:
    """Send, wait until the queue is empty, count."""
    numbers = random.Random(load.seed)
    events = timeline(load, numbers) + messages(load)
    arriving = sent(events, load, numbers)
    faults = Faults(load.seed + 1)
    before = len(stage.slack.calls)
    with _hurried(stage), _subscribed(stage) as inbox:
        stage.slack.fail_by(faults)
        started = time.monotonic()
        try:
            with killer(stage.outputs["SendAlertsFunction"], load) as killed:
                _put(stage, arriving)
                _wait_until_empty(stage)
        finally:
            stage.slack.recover()
        seconds = time.monotonic() - started
        shown = Counter(_shown(stage.slack))
        notifications = list(_notified(stage, inbox))
        notified = Counter(delivery for delivery, _ in notifications)
    transitions = {transition(event) for event in events}
    mine = [message for message in stage.slack.messages if _delivery(message.content)]
    return Result(
        sent=arriving,
        transitions=len(transitions),
        seconds=seconds,
        kills=len(killed),
        slack_calls=len(stage.slack.calls) - before,
        slack_faults=faults.count,
        lost=len({f"{one}/slack" for one in transitions} - set(shown)),
        shown_twice=sum(count - 1 for count in shown.values()),
        in_channel=sum(not message.thread_ts for message in mine),
        in_threads=sum(bool(message.thread_ts) for message in mine),
        notified=len(notified),
        notified_again=sum(count - 1 for count in notified.values()),
        openings_not_notified=unheard(events, dict(notifications)),
        messages_not_notified=len(
            {f"{transition(one)}/sns" for one in events if "MessageId" in one} - set(notified)
        ),
        dead_letters=_depth(stage, "AlertDeadLetterQueueUrl"),
    )


@contextmanager
def _hurried(stage: Stage) -> Iterator[None]:
    """With times that don't make a kill long to watch; afterwards as the template has it."""
    functions, queues = stage.client("lambda"), stage.client("sqs")
    name, url = stage.outputs["SendAlertsFunction"], stage.outputs["AlertQueueUrl"]
    known = functions.get_function_configuration(FunctionName=name)
    attributes = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]

    def put(variables: Mapping[str, str], timeout: int, changed: dict[str, str]) -> None:
        functions.update_function_configuration(
            FunctionName=name, Timeout=timeout, Environment={"Variables": dict(variables)}
        )
        queues.set_queue_attributes(QueueUrl=url, Attributes=changed)

    variables = known["Environment"]["Variables"]
    # The queue gives up as late as it can: a lost event is to be the function's fault.
    dead = queues.get_queue_attributes(
        QueueUrl=stage.outputs["AlertDeadLetterQueueUrl"], AttributeNames=["QueueArn"]
    )["Attributes"]["QueueArn"]
    redrive = json.dumps({"deadLetterTargetArn": dead, "maxReceiveCount": 1000})
    hurried = {"VisibilityTimeout": str(VISIBILITY_SECONDS), "RedrivePolicy": redrive}
    kept = {"VisibilityTimeout": attributes["VisibilityTimeout"]}
    kept["RedrivePolicy"] = attributes.get("RedrivePolicy", redrive)
    put(variables | VARIABLES, FUNCTION_SECONDS, hurried)
    try:
        yield
    finally:
        put(variables, known["Timeout"], kept)


@contextmanager
def _subscribed(stage: Stage) -> Iterator[str]:
    """The URL of a queue that gets what the topic gets."""
    sqs, sns = stage.client("sqs"), stage.client("sns")
    inbox: str = sqs.create_queue(QueueName="subscriber-of-the-load")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=inbox, AttributeNames=["QueueArn"])
    subscription = sns.subscribe(
        TopicArn=stage.outputs["AlertTopicArn"],
        Protocol="sqs",
        Endpoint=arn["Attributes"]["QueueArn"],
    )["SubscriptionArn"]
    yield inbox
    sns.unsubscribe(SubscriptionArn=subscription)


def _put(stage: Stage, arriving: list[dict[str, Any]]) -> None:
    bus, queues, url = stage.client("events"), stage.client("sqs"), stage.outputs["AlertQueueUrl"]
    for start in range(0, len(arriving), 10):
        some = arriving[start : start + 10]
        for message in (one for one in some if "MessageId" in one):
            queues.send_message(QueueUrl=url, MessageBody=json.dumps(message))
        if entries := [as_entry(event) for event in some if "MessageId" not in event]:
            answer = bus.put_events(Entries=entries)
            if answer["FailedEntryCount"]:
                raise RuntimeError(f"the bus refused events: {answer['Entries']}")


def _depth(stage: Stage, queue: str) -> int:
    attributes = stage.client("sqs").get_queue_attributes(
        QueueUrl=stage.outputs[queue], AttributeNames=["All"]
    )["Attributes"]
    # Delayed ones are messages to ourselves, of incidents that wait for a time.
    names = ("", "NotVisible")
    return sum(int(attributes.get(f"ApproximateNumberOfMessages{name}", 0)) for name in names)


def _wait_until_empty(stage: Stage) -> None:
    started = said = time.monotonic()
    while depth := _depth(stage, "AlertQueueUrl"):
        now = time.monotonic()
        if now - started > GIVE_UP_SECONDS:
            raise RuntimeError(f"the queue is not empty after {GIVE_UP_SECONDS} s")
        if now - said >= PROGRESS_SECONDS:
            said = now
            print(f"{now - started:5.0f} s: {depth} messages left in the queue", flush=True)
        time.sleep(0.2)


def _delivery(content: dict[str, Any]) -> str:
    """The name of the load's delivery; empty for a message of anybody else."""
    name = str((content.get("metadata") or {}).get("event_payload", {}).get("delivery", ""))
    return name if of_the_load(name) else ""


def _shown(slack: SlackStandIn) -> Iterator[str]:
    for message in slack.messages:
        if name := _delivery(message.content):
            yield name


def _notified(stage: Stage, inbox: str) -> Iterator[tuple[str, str]]:
    """Delivery and subject of each notification of the load."""
    sqs = stage.client("sqs")
    while messages := sqs.receive_message(QueueUrl=inbox, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            body = json.loads(message["Body"])
            name = body["MessageAttributes"]["delivery"]["Value"]
            if of_the_load(name):
                yield name, body["Subject"]
            sqs.delete_message(QueueUrl=inbox, ReceiptHandle=message["ReceiptHandle"])
