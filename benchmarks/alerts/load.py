"""The load: alarms that open and end, and JSON by SNS; shuffled, some of it repeated."""

import json
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from local.events import read_event

PREFIX = "load-"


@dataclass(frozen=True)
class Load:
    """What is sent, and what goes wrong meanwhile."""

    alarms: int
    events: int
    messages: int = 0
    """JSON by SNS whose own fields name neither a time nor an id."""
    repeats: float = 0.1
    kill_every_seconds: tuple[float, float] = (20, 60)
    most_kills: int = 1000
    seed: int = 1


def timeline(load: Load, numbers: random.Random) -> list[dict[str, Any]]:
    """ALARM and OK in turns for each alarm, two minutes to an hour apart."""
    template = read_event("alerts/alarm_metric")
    events = []
    for alarm in range(load.alarms):
        at = datetime.now(UTC) - timedelta(hours=12)
        was, since = "OK", at
        for _ in range(load.events // load.alarms):
            at += timedelta(minutes=numbers.choice((2, 5, 60)), milliseconds=numbers.random())
            state = "ALARM" if was == "OK" else "OK"
            events.append(_event(template, f"{PREFIX}{alarm:03}", (state, at), (was, since)))
            was, since = state, at
    return events


def messages(load: Load) -> list[dict[str, Any]]:
    """What programs say by SNS, as a queue holds it: two differ by their envelopes alone."""
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    return [
        {
            "Type": "Notification",
            "MessageId": f"{PREFIX}{number:04}",
            "TopicArn": "arn:aws:sns:eu-west-1:123456789012:programs",
            "Message": json.dumps({"program": "nightly-import", "status": "failed"}),
            "Timestamp": (start + timedelta(seconds=number)).isoformat(),
        }
        for number in range(load.messages)
    ]


def sent(events: list[dict[str, Any]], load: Load, numbers: random.Random) -> list[dict[str, Any]]:
    """As they arrive: some twice, in no order."""
    arriving = events + numbers.sample(events, round(load.repeats * len(events)))
    numbers.shuffle(arriving)
    return arriving


def transition(event: dict[str, Any]) -> str:
    """The delivery's name without its channel, as send_alerts forms it."""
    if "MessageId" in event:
        return f"note:{event['MessageId']}@{event['Timestamp']}/note"
    detail = event["detail"]
    signal = "open" if detail["state"]["value"] == "ALARM" else "resolved"
    return f"alarm:{event['resources'][0]}@{detail['state']['timestamp']}/{signal}"


def alarm_of(delivery: str) -> str:
    """The alarm's name in a delivery's; empty for what is no alarm of the load."""
    name = delivery.split("@")[0].rpartition(":alarm:")[2]
    return name if name.startswith(PREFIX) else ""


def of_the_load(delivery: str) -> bool:
    """Whether the delivery's name is one of the load's."""
    return bool(alarm_of(delivery)) or delivery.startswith(f"note:{PREFIX}")


def unheard(events: list[dict[str, Any]], subjects: dict[str, str]) -> int:
    """Alarms of which SNS never got an opening or a flapping; subjects by the delivery's name.

    One whose ends all arrive before its openings is first sent as flapping. A late opening has the
    subject of how the alarm stands now.
    """
    names = {event["detail"]["alarmName"] for event in events if "detail" in event}
    notified = {
        alarm_of(delivery)
        for delivery, subject in subjects.items()
        if "/open/" in delivery or "[FLAPPING]" in subject
    }
    return len(names - notified)


def as_entry(event: dict[str, Any]) -> dict[str, Any]:
    """The event as PutEvents takes it."""
    return {
        "Source": event["source"],
        "DetailType": event["detail-type"],
        "Detail": json.dumps(event["detail"]),
        "Resources": event["resources"],
    }


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
    arn = template["resources"][0].rpartition(":")[0]
    return {**template, "resources": [f"{arn}:{name}"], "detail": detail}
