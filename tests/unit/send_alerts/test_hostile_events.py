"""Whatever size, characters or time an event has: it is kept and sent."""

import json
from typing import Any

import pytest

from local.slack.limits import problem
from ops_common.ops_events import Severity
from send_alerts.reading.notice import LONGEST, Signal
from send_alerts.reading.parse import NotAnEvent, parse
from tests.unit.send_alerts.alert_world import NOON, STACK_INFO, AlertWorld

# Amazon DynamoDB Developer Guide, "Quotas": of an item, and of its key.
ITEM_BYTES, KEY_BYTES = 400 * 1024, 2048
HALF = "\ud83d"
"""Of a surrogate pair: JSON can write it, UTF-8 can't."""
OFFERS = ("ack", "silence", "close", "probe", "hold", "rollback")


def own(**detail: Any) -> dict[str, Any]:
    return {
        "id": "e-1",
        "source": "jiki.ops",
        "detail-type": "ScalerAtLimit",
        "region": "eu-west-1",
        "time": "2026-11-25T11:59:00Z",
        "detail": {
            "state": "open",
            "severity": "critical",
            "incident": "scaler:ScalerAtLimit:jiki-api-solid-queue",
            "title": "Held at its maximum",
            "text": "9 tasks would meet the target.",
            "occurredAt": "2026-11-25T11:59:00+00:00",
            "facts": {"service": "jiki-api-solid-queue", "required": 9},
        }
        | detail,
    }


def by_sns(message: str) -> dict[str, Any]:
    return {"Message": message, "MessageId": "m-1", "TopicArn": "arn:aws:sns:x:1:ops"}


HOSTILE = {
    "service": own(facts={"service": "s" * 2000, "required": 9}),
    "service of a probe": own(incident="probe:x", facts={"service": "s" * 2000}),
    "number": own(facts={"service": "jiki-api-solid-queue", "required": "9" * 2000}),
    "facts": own(facts={f"{number}" * 100: "ü" * 5000 for number in range(100)}),
    "key": own(incident="k" * 5000),
    "key in many bytes": own(incident="支" * 1000),
    "text": own(text="x" * 250_000),
    "title": own(title="ü" * 100_000),
    "half a character": own(title=f"half {HALF}", incident=f"mine {HALF}", text=HALF),
    "half a character as a name": {"id": HALF, "title": HALF, HALF: HALF},
    "by SNS": by_sns(json.dumps({"title": f"half {HALF}", "message": "m" * 250_000})),
    "nested": by_sns("[" * 100_000),
    "nested object": by_sns('{"a":' * 5000 + "1" + "}" * 5000),
    "never": own(occurredAt="0001-01-01T00:00:00Z"),
    "for ever": own(occurredAt="9999-12-31T23:59:59Z"),
    "a time of never": {"time": "0001-01-01T00:00:00Z", "detail-type": "x", "detail": {}},
}


@pytest.fixture
def world() -> AlertWorld:
    world = AlertWorld()
    world.offers = OFFERS
    return world


@pytest.mark.parametrize("event", HOSTILE.values(), ids=HOSTILE)
def test_it_is_kept_and_sent(world: AlertWorld, event: dict[str, Any]) -> None:
    # GIVEN an event with something in it that a channel or a table would refuse
    said = parse(json.dumps(event), NOON, STACK_INFO)
    assert isinstance(said, list)
    # WHEN it comes, and time passes
    world.notify(*said)
    world.let_time_pass(60 * 5)
    # THEN Slack got it, and the topic what Slack does not get alone
    assert world.threads.messages
    assert world.topic.published or said[0].severity is Severity.INFO
    assert all(problem(shown.content) == "" for shown in world.threads.messages)
    sent = json.dumps([world.topic.forms, [one.content for one in world.threads.messages]])
    assert HALF not in json.loads(json.dumps(sent))
    json.dumps(json.loads(sent), ensure_ascii=False).encode()
    # AND the table could hold it
    for key in world.items.incident_keys:
        name = f"incident#{key}"
        kept = json.dumps(world.items.read(name).document, ensure_ascii=False)
        assert len(name.encode()) <= KEY_BYTES
        assert len(kept.encode()) < ITEM_BYTES


def test_what_is_long_and_what_is_open_keep_their_end(world: AlertWorld) -> None:
    # GIVEN an incident whose key the table doesn't hold
    key = "k" * 5000
    (opening,) = parse(json.dumps(own(incident=key)), NOON, STACK_INFO)
    (end,) = parse(
        json.dumps(own(incident=key, state="resolved", occurredAt="2026-11-25T12:00:00Z")),
        NOON,
        STACK_INFO,
    )
    (other,) = parse(json.dumps(own(incident=f"{key}x")), NOON, STACK_INFO)
    # THEN its end finds it, and another one is another
    assert opening.key == end.key != other.key
    world.notify(opening)
    world.notify(end, at=1)
    assert not world.incident(opening.key).history.lasts


def test_a_button_that_holds_no_such_name_is_left_out_alone(world: AlertWorld) -> None:
    world.notify(*parse(json.dumps(HOSTILE["service"]), NOON, STACK_INFO))
    (root,) = world.threads.roots
    row = next(one for one in root.content["attachments"][0]["blocks"] if one["type"] == "actions")
    assert [one["action_id"] for one in row["elements"]] == ["ops_ack", "ops_silence", "ops_close"]


def test_texts_of_usual_length_are_left_as_they_are() -> None:
    text = "word " * 1000
    facts = {f"n{number}": "value" for number in range(60)}
    (found,) = parse(json.dumps(own(text=text, facts=facts)), NOON, STACK_INFO)
    assert (found.text, found.signal) == (text, Signal.OPEN)
    assert len(found.facts) >= len(facts)
    assert len(text) < LONGEST


def test_only_nesting_is_no_event() -> None:
    with pytest.raises(NotAnEvent):
        parse("[" * 100_000, NOON, STACK_INFO)
