"""`make bench-alerts`: is an alert lost or shown twice, on a very bad day?

The real template is deployed into the emulator. Alarm events, shuffled and some of them repeated,
travel bus, rule, queue and event source mapping to `send_alerts`, while the Slack stand-in fails a
third of all calls (429, 500 with and without having posted, no answer at all) and the function's
process is killed now and then. In the end every transition must stand in Slack once.
"""

import argparse
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from local import deploy
from local.ministack import ROOT, MiniStack
from local.slack import Failure, SlackStandIn
from local.world import NETWORK, SLACK_TOKEN_PARAMETER, UNKNOWN_TO_THE_EMULATOR

FAULT_SHARE = 1 / 3
# What a call meets when it fails, and how often of a hundred.
FAULTS: tuple[tuple[int, dict[str, Any]], ...] = (
    (45, {"status": 429, "error": "ratelimited", "retry_after_seconds": 1}),
    (25, {"status": 500}),
    (25, {"status": 500, "after_the_work": True}),
    (3, {"delay_seconds": 7}),
    (2, {"delay_seconds": 7, "after_the_work": True}),
)
# Each transition is to be counted, so none is folded into a storm.
PARAMETERS = NETWORK | UNKNOWN_TO_THE_EMULATOR | {"StormThreshold": "1000000", "ReminderHours": "0"}
# The template's is six times the function's timeout, which after a kill is long to watch.
VISIBILITY_SECONDS = 35
KILL_EVERY_SECONDS = (10, 30)
GIVE_UP_SECONDS = 3600


@dataclass(frozen=True)
class Load:
    """What is sent."""

    alarms: int
    events: int
    repeats: float = 0.1
    kills: bool = True
    seed: int = 1


@dataclass(frozen=True)
class Result:
    """What became of it."""

    sent: int
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
    dead_letters: int


class FlakySlack(SlackStandIn):
    """Fails a share of all calls."""

    def __init__(self, random_numbers: random.Random) -> None:
        super().__init__()
        self._random = random_numbers
        self.faults = 0

    def _next_failure(self, method: str) -> Failure | None:  # noqa: ARG002  # any method
        if self._random.random() >= FAULT_SHARE:
            return None
        self.faults += 1
        weights = [weight for weight, _ in FAULTS]
        (chosen,) = self._random.choices([fault for _, fault in FAULTS], weights)
        return Failure(**chosen)


def run(load: Load) -> Result:
    """Deploy, send, wait until the queue is empty, count."""
    numbers = random.Random(load.seed)
    slack = FlakySlack(random.Random(load.seed + 1))
    with MiniStack.start() as emulator, slack.start():
        outputs = _deploy(emulator, slack)
        inbox = _subscribe(emulator, outputs["AlertTopicArn"])
        events = _timeline(load, numbers)
        sent = events + numbers.sample(events, round(load.repeats * len(events)))
        numbers.shuffle(sent)
        started = time.monotonic()
        with _killer(outputs["SendAlertsFunction"], random.Random(load.seed + 2), load) as killed:
            _put(emulator, sent)
            _wait_until_empty(emulator, outputs["AlertQueueUrl"])
        seconds = time.monotonic() - started
        transitions = {_transition(event) for event in events}
        shown = Counter(_shown(slack))
        notified = Counter(_notified(emulator, inbox))
        return Result(
            sent=len(sent),
            transitions=len(transitions),
            seconds=seconds,
            kills=len(killed),
            slack_calls=len(slack.calls),
            slack_faults=slack.faults,
            lost=len({f"{one}/slack" for one in transitions} - set(shown)),
            shown_twice=sum(count - 1 for count in shown.values()),
            in_channel=sum(not message.thread_ts for message in slack.messages),
            in_threads=sum(bool(message.thread_ts) for message in slack.messages),
            notified=len(notified),
            notified_again=sum(count - 1 for count in notified.values()),
            openings_not_notified=_unheard(events, set(notified)),
            dead_letters=_depth(emulator, outputs["AlertDeadLetterQueueUrl"]),
        )


def _deploy(emulator: MiniStack, slack: SlackStandIn) -> dict[str, str]:
    emulator.client("ssm").put_parameter(
        Name=SLACK_TOKEN_PARAMETER, Value=slack.token, Type="SecureString"
    )
    with TemporaryDirectory(prefix="jiki-build-") as folder:
        deploy.build(Path(folder))
        outputs = deploy.deploy(emulator, Path(folder), PARAMETERS | _addresses(emulator, slack))
    for schedule in emulator.client("scheduler").list_schedules()["Schedules"]:
        emulator.client("scheduler").delete_schedule(Name=schedule["Name"])
    emulator.client("sqs").set_queue_attributes(
        QueueUrl=outputs["AlertQueueUrl"],
        Attributes={"VisibilityTimeout": str(VISIBILITY_SECONDS)},
    )
    return outputs


def _addresses(emulator: MiniStack, slack: SlackStandIn) -> dict[str, str]:
    return {
        "AwsEndpointUrl": emulator.url,
        "SlackApiUrl": slack.url,
        "SlackTokenParameter": SLACK_TOKEN_PARAMETER,
        "SlackChannel": slack.channel,
    }


def _subscribe(emulator: MiniStack, topic: str) -> str:
    sqs = emulator.client("sqs")
    inbox: str = sqs.create_queue(QueueName="subscriber")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=inbox, AttributeNames=["QueueArn"])
    emulator.client("sns").subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=arn["Attributes"]["QueueArn"]
    )
    return inbox


def _timeline(load: Load, numbers: random.Random) -> list[dict[str, Any]]:
    """ALARM and OK in turns for each alarm, minutes to an hour apart."""
    template = json.loads((ROOT / "events/alerts/alarm_metric.json").read_text())
    events = []
    for alarm in range(load.alarms):
        at = datetime.now(UTC) - timedelta(hours=12)
        was, since = "OK", at
        for _ in range(load.events // load.alarms):
            at += timedelta(minutes=numbers.choice((2, 5, 60)), milliseconds=numbers.random())
            state = "ALARM" if was == "OK" else "OK"
            events.append(_event(template, f"alarm-{alarm:03}", (state, at), (was, since)))
            was, since = state, at
    return events


def _event(
    template: dict[str, Any],
    name: str,
    state: tuple[str, datetime],
    previous: tuple[str, datetime],
) -> dict[str, Any]:
    (value, at), (was, since) = state, previous
    detail = {
        **template["detail"],
        "alarmName": name,
        "state": {**template["detail"]["state"], "value": value, "timestamp": at.isoformat()},
        "previousState": {"value": was, "timestamp": since.isoformat()},
    }
    return {**template, "detail": detail}


def _transition(event: dict[str, Any]) -> str:
    """The delivery's name without its channel, as send_alerts forms it."""
    detail = event["detail"]
    signal = "open" if detail["state"]["value"] == "ALARM" else "resolved"
    return f"alarm:{detail['alarmName']}@{detail['state']['timestamp']}/{signal}"


def _put(emulator: MiniStack, events: list[dict[str, Any]]) -> None:
    bus = emulator.client("events")
    for start in range(0, len(events), 10):
        answer = bus.put_events(
            Entries=[
                {
                    "Source": event["source"],
                    "DetailType": event["detail-type"],
                    "Detail": json.dumps(event["detail"]),
                    "Resources": event["resources"],
                }
                for event in events[start : start + 10]
            ]
        )
        if answer["FailedEntryCount"]:
            raise RuntimeError(f"the bus refused events: {answer['Entries']}")


@contextmanager
def _killer(function: str, numbers: random.Random, load: Load) -> Iterator[list[int]]:
    """Kills the function's process at random times; the list grows with each."""
    killed: list[int] = []
    stop = threading.Event()

    def kill() -> None:
        while load.kills and not stop.wait(numbers.uniform(*KILL_EVERY_SECONDS)):
            for process in _processes_of(function):
                with suppress(psutil.Error):
                    process.kill()
                    killed.append(process.pid)

    thread = threading.Thread(target=kill, daemon=True)
    thread.start()
    try:
        yield killed
    finally:
        stop.set()
        thread.join()


def _processes_of(function: str) -> list[psutil.Process]:
    """The function's processes below this one: the emulator is our child."""
    found = []
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if process.environ().get("AWS_LAMBDA_FUNCTION_NAME") == function:
                found.append(process)
    return found


def _depth(emulator: MiniStack, queue_url: str) -> int:
    attributes = emulator.client("sqs").get_queue_attributes(
        QueueUrl=queue_url, AttributeNames=["All"]
    )["Attributes"]
    # Delayed ones are messages to ourselves, of incidents that wait for a time.
    names = ("", "NotVisible")
    return sum(int(attributes.get(f"ApproximateNumberOfMessages{name}", 0)) for name in names)


def _wait_until_empty(emulator: MiniStack, queue_url: str) -> None:
    deadline = time.monotonic() + GIVE_UP_SECONDS
    while _depth(emulator, queue_url):
        if time.monotonic() > deadline:
            raise RuntimeError(f"the queue is not empty after {GIVE_UP_SECONDS} s")
        time.sleep(0.5)


def _shown(slack: SlackStandIn) -> Iterator[str]:
    for message in slack.messages:
        metadata = message.content.get("metadata")
        if metadata:
            yield str(metadata["event_payload"]["delivery"])


def _notified(emulator: MiniStack, inbox: str) -> Iterator[str]:
    sqs = emulator.client("sqs")
    while messages := sqs.receive_message(QueueUrl=inbox, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            yield json.loads(message["Body"])["MessageAttributes"]["delivery"]["Value"]
            sqs.delete_message(QueueUrl=inbox, ReceiptHandle=message["ReceiptHandle"])


def _unheard(events: list[dict[str, Any]], notified: set[str]) -> int:
    """Alarms of which SNS never heard an opening."""
    names = {event["detail"]["alarmName"] for event in events}
    heard = {one.split("@")[0].removeprefix("alarm:") for one in notified if "/open/sns" in one}
    return len(names - heard)


def show(result: Result, console: Console) -> None:
    """The table of `make bench-alerts`."""
    table = Table(title="Alerts on a very bad day", title_justify="left")
    table.add_column("what")
    table.add_column("", justify="right")
    for name, value in (
        ("events sent, repeats included", result.sent),
        ("transitions among them", result.transitions),
        ("calls to Slack / failed on purpose", f"{result.slack_calls} / {result.slack_faults}"),
        ("times the process was killed", result.kills),
        ("transitions missing in Slack", result.lost),
        ("transitions shown twice in Slack", result.shown_twice),
        ("messages in the channel / events", f"{result.in_channel} / {result.sent}"),
        ("lines in threads", result.in_threads),
        ("alarms whose opening SNS never heard of", result.openings_not_notified),
        ("SNS notifications / of these repeated after a kill",
         f"{result.notified + result.notified_again} / {result.notified_again}"),
        ("messages in the dead-letter queue", result.dead_letters),
        ("events per second", f"{result.sent / result.seconds:.1f}"),
    ):  # fmt: skip
        table.add_row(name, str(value))
    console.print(table)


def main() -> int:
    """Run with what the command line asks for; 0 only if nothing was lost or shown twice."""
    parser = argparse.ArgumentParser(prog="make bench-alerts", description=__doc__)
    parser.add_argument("--alarms", type=int, default=100)
    parser.add_argument("--events", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    result = run(Load(given.alarms, given.events, seed=given.seed))
    show(result, Console())
    return 1 if result.lost or result.shown_twice or result.openings_not_notified else 0


if __name__ == "__main__":
    raise SystemExit(main())
