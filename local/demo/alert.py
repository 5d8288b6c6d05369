"""The story of an alarm that opens, flaps and is over: one message, one thread."""

import copy
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from local.demo.hurry import hurried
from local.demo.narrator import Narrator
from local.slack import Failure, Message
from local.slack.requests import ANA, EVE
from local.world import World
from paths import ROOT

NAME = "jiki-api-web-cpu-high"
FLAP_WINDOW_SECONDS = 4


def play(world: World, say: Narrator) -> None:
    """Each event travels bus, rule, queue, deployed function."""
    say.title("Alerts: one thread per incident")
    with hurried(world, "SendAlerts", {"FLAP_WINDOW_SECONDS": str(FLAP_WINDOW_SECONDS)}):
        _play(world, say)


def _play(world: World, say: Narrator) -> None:
    say.step("An alarm goes off; Slack answers its first call with HTTP 500, having posted or not")
    notified = len(world.sns_messages())
    world.slack.fail_next(Failure(status=500, after_the_work=True, method="chat.postMessage"))
    started = datetime.now(UTC)
    _put(world, "alarm_metric", started, "ALARM", "OK")
    say.expect(
        "SNS has it although Slack failed", world.wait_for(lambda: bool(_mails(world, notified)))
    )
    mail = _mails(world, notified)[0]
    say.quote("SNS, as a subscriber got it", f"{mail['Subject']}\n\n{mail['Message']}")
    say.expect("Slack shows it", world.wait_for(lambda: bool(_roots(world))))
    root = _roots(world)[0]
    say.quote("Slack, the message in the channel", _text(root))

    say.step("It flaps: OK and ALARM in turns; one event comes twice, one late")
    times = [started + timedelta(seconds=second) for second in (1, 2, 3, 4, 5)]
    states = ("OK", "ALARM", "OK", "ALARM", "OK")
    events = list(zip(times, states, strict=True))
    for at, state in (events[0], events[1], events[1], events[3], events[2], events[4]):
        _put(world, "alarm_metric" if state == "ALARM" else "alarm_metric_ok", at, state)
    threaded = world.wait_for(lambda: len(_thread(world, root)) >= len(events), 90)
    say.expect("each change is one line in the thread", threaded)
    calm = world.wait_for(lambda: "Resolved" in root.text, 60)
    say.expect(f"calm for {FLAP_WINDOW_SECONDS} s, the message is green", calm)
    say.quote("Slack, the thread", "\n".join(_text(line) for line in _thread(world, root)))
    say.quote("Slack, the same message now", _text(root))
    say.table(("SNS, all of it",), [(mail["Subject"],) for mail in _mails(world, notified)])
    say.expect("the channel has one message for it", len(_roots(world)) == 1)
    deliveries = [
        message.content["metadata"]["event_payload"]["delivery"]
        for message in (root, *_thread(world, root))
    ]
    say.expect("nothing is shown twice", len(deliveries) == len(set(deliveries)))
    _act(world, say)


def _act(world: World, say: Narrator) -> None:
    say.step("It goes off once more; ana acts on it from Slack, by requests that Slack signs")
    time.sleep(FLAP_WINDOW_SECONDS)
    _put(world, "alarm_metric", datetime.now(UTC), "ALARM", "OK")
    world.wait_for(lambda: len(_roots(world)) == 2)
    root = _roots(world)[-1]
    world.slack.app.press(root, "ack", EVE)
    refused = [str(message["text"]) for who, message in world.slack.app.ephemeral if who == EVE.id]
    say.expect("eve, who is no operator, may not, and gets an answer that says so", bool(refused))
    for value, words in (
        ("ack", "Acknowledged by ana"),
        ("silence", "Silenced ("),
        ("close", "Closed by ana"),
    ):
        world.slack.app.press(root, value, ANA)
        said = world.wait_for(partial(_says, world, root, words))
        say.expect(f"{value}: the thread says who did it", said)
    say.expect("the message is green", world.wait_for(lambda: "Resolved" in root.text))
    say.quote("Slack, the thread", "\n".join(_text(line) for line in _thread(world, root)))


def _says(world: World, root: Message, words: str) -> bool:
    return any(words in _text(line) for line in _thread(world, root))


def _put(world: World, name: str, at: datetime, state: str, was: str = "") -> None:
    path = ROOT / "events" / "alerts" / f"{name}.json"
    event: dict[str, Any] = copy.deepcopy(json.loads(path.read_text()))
    detail = event["detail"]
    detail["state"] |= {"value": state, "timestamp": at.isoformat(timespec="milliseconds")}
    detail["previousState"] = {"value": was or ("OK" if state == "ALARM" else "ALARM")}
    world.put_event(event)
    time.sleep(0.2)


def _mails(world: World, skip: int) -> list[dict[str, Any]]:
    return [mail for mail in world.sns_messages()[skip:] if NAME in mail["Subject"]]


def _roots(world: World) -> list[Message]:
    return [
        message
        for message in world.slack.messages
        if NAME in message.text and not message.thread_ts
    ]


def _thread(world: World, root: Message) -> list[Message]:
    return world.slack.thread(root.ts)


def _text(message: Message) -> str:
    parts = [message.text]
    for attachment in message.content.get("attachments", []):
        for block in attachment["blocks"]:
            parts += _block_texts(block)
    return "\n".join(parts)


def _block_texts(block: Mapping[str, Any]) -> list[str]:
    if block["type"] == "actions":
        return []
    texts = [block["text"]] if "text" in block else []
    texts += block.get("fields", []) + block.get("elements", [])
    # A button's text is an object, and a menu has none: neither is read.
    return [str(text["text"]) for text in texts if isinstance(text.get("text"), str)]
