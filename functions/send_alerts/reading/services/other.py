"""Everything that no other reader knows: an event of AWS, a program's JSON, text, SNS's own."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ops_common.ops_events import Severity
from send_alerts.reading.arrival import Arrival
from send_alerts.reading.notice import Notice
from send_alerts.reading.services import stacks
from send_alerts.reading.services.common import SECRET, block, notice, one_line, shortened
from send_alerts.reading.services.states import first, plain, severity, state_of

MOST_FACTS = 8
LONGEST_TEXT = 4000
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[_\-\s]+")
# What identifies an event for programs says nothing to people.
_OF_PROGRAMS = re.compile(
    r"(?:^|[-_ ])(?:id|ids|arn|version|token|etag|sequencer|checksum|schema)$|"
    r"(?:Id|ID|Arn|ARN|Version|Token)$|signature|password|secret|credential",
    re.IGNORECASE,
)
_OF_NO_WORDS = re.compile(r"[0-9a-f-]{8,}|\d+", re.IGNORECASE)
"""Identifiers: long hexadecimal numbers and digits."""
SAYING = ("message", "Message", "text", "description", "summary", "errorMessage")
NAMING = ("title", "Title", "subject", "name", "alertname")


def from_event(arrival: Arrival) -> list[Notice]:
    """An event of EventBridge: its kind and resource, its plain fields, and its JSON at the end."""
    event = arrival.body
    kind, detail = str(event["detail-type"]), event.get("detail")
    words = detail.strip() if isinstance(detail, str) else ""
    detail = detail if isinstance(detail, Mapping) else {}
    resources = event.get("resources") or []
    names = [_resource_name(one) for one in resources if isinstance(one, str)]
    what = _name(detail) or next((name for name in names if name), "")
    state = state_of(detail)
    subject = " ".join(part for part in (what, state) if part)
    titled = detail["title"] if plain(detail.get("title")) else ""
    title = str(titled) or ": ".join(part for part in (kind, subject) if part)
    how_bad = severity(detail, kind, Severity.INFO, state)
    facts = [("Source", str(event.get("source") or "")), *_facts(detail)]
    return [notice(arrival, title, how_bad, _with_json(words, detail), facts=facts)]


def from_json(arrival: Arrival) -> list[Notice]:
    """JSON of a program, by SNS or written to the queue."""
    message = arrival.body
    words, named = first(message, SAYING), first(message, NAMING)
    title = arrival.subject or named or (one_line(words)[:80] if words else "") or _only(message)
    where = f"by the topic {arrival.topic}" if arrival.topic else "in the alert queue"
    return [
        notice(
            arrival,
            title or f"Message {where}",
            severity(message, title, Severity.WARNING, state_of(message)),
            _with_json(words, message),
            facts=[
                ("Topic", arrival.topic),
                *(fact for fact in _facts(message) if fact[1] not in (words, title)),
            ],
        )
    ]


def from_text(arrival: Arrival) -> list[Notice]:
    """Text: its subject or first line as title. Somebody sent it to people, so it is a warning.

    Of a shape that nobody foresaw, its JSON.
    AWS Backup and others add their state as an attribute (Backup Developer Guide, "Using Amazon
    SNS to track AWS Backup events").
    """
    if not isinstance(arrival.body, str):
        body = json.dumps(arrival.body, ensure_ascii=False, default=str)
        arrival = arrival._replace(body=body)
    if (of_stack := stacks.from_text(arrival)) is not None:
        return of_stack
    text = arrival.body.replace("\r\n", "\n").strip()
    first = next((line for line in text.splitlines() if line.strip()), "")
    text = shortened(text, LONGEST_TEXT)
    facts = (("Topic", arrival.topic),)
    title = arrival.subject or first or f"Empty message by the topic {arrival.topic}"
    state = state_of(arrival.attributes)
    how_bad = severity(arrival.attributes, "", Severity.WARNING, state)
    if state and state.lower() not in title.lower():
        title = f"{title}: {state}"
    return [notice(arrival, title, how_bad, text, facts=facts)]


def from_confirmation(arrival: Arrival) -> list[Notice]:
    """SNS asks for a subscription to be confirmed, or says that one has ended.

    No link: whoever opened it by accident would subscribe the queue to a stranger's topic.
    """
    envelope, topic = arrival.envelope, arrival.topic
    if envelope.get("Type") != "SubscriptionConfirmation":
        text = f"The alert queue no longer gets what the topic {arrival.topic_arn} sends."
        return [notice(arrival, f"Unsubscribed from the topic {topic}", Severity.WARNING, text)]
    text = (
        f"A topic of account {arrival.account or 'unknown'} wants to send to the alert queue. If"
        f" you want that, confirm it: aws sns confirm-subscription --topic-arn {arrival.topic_arn}"
        f" --token {envelope.get('Token') or 'TOKEN'}. Else leave it: it ends in three days."
    )
    title = f"Confirm the subscription to the topic {topic}?"
    return [notice(arrival, title, Severity.WARNING, text, facts=(("Topic", arrival.topic_arn),))]


def _resource_name(arn: str) -> str:
    """What an ARN is called; a part that only programs can read gives way to the one before.

    `stack/shop/1f0a…` is shop, and so is `execution:shop:7c2e…`.
    """
    parts = [part for part in re.split("[:/]", arn) if part]
    while len(parts) > 1 and _OF_NO_WORDS.fullmatch(parts[-1]):
        parts.pop()
    return parts[-1] if parts else ""


def _only(message: Mapping[str, Any]) -> str:
    """A message of one pair, such as ElastiCache's `{event: node}`."""
    pairs = [f"{name} {value}" for name, value in message.items() if isinstance(value, str)]
    return one_line(pairs[0])[:80] if len(pairs) == len(message) == 1 else ""


def _name(detail: Mapping[str, Any]) -> str:
    for key, value in detail.items():
        named = key.lower().endswith("name") and isinstance(value, str)
        if named and value and not _OF_NO_WORDS.fullmatch(value):
            return str(value)
        if isinstance(value, Mapping) and isinstance(value.get("name"), str):
            return str(value["name"])
    return ""


def _facts(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in _leaves(values):
        if len(found) == MOST_FACTS:
            break
        if not (_OF_PROGRAMS.search(name) or SECRET.search(name)) and len(str(value)) <= 200:
            label = " ".join(_WORDS.split(name)).strip().lower()
            found.append((label[:1].upper() + label[1:], str(value)))
    return found


def _leaves(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Plain values, and those one level deeper under both names."""
    for name, value in values.items():
        if plain(value):
            yield str(name), value
        elif isinstance(value, Mapping):
            yield from ((f"{name} {inner}", one) for inner, one in value.items() if plain(one))


def _with_json(words: str, values: Mapping[str, Any]) -> str:
    return f"{words}\n{block(values)}".strip() if values else words
