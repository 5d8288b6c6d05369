"""Everything that no other reader knows: an event of AWS, a program's JSON, text, SNS's own."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ops_common.ops_events import Severity
from send_alerts.reading.arrival import Arrival
from send_alerts.reading.notice import Notice
from send_alerts.reading.services.common import name_in, notice, one_line
from send_alerts.reading.severities import WORDS, severity_of

MOST_FACTS = 8
LONGEST_JSON = 600
LONGEST_TEXT = 4000
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[_\-\s]+")
# What identifies an event for programs says nothing to people.
_OF_PROGRAMS = re.compile(
    r"(?:^|[-_ ])(?:id|ids|arn|version|token|etag|sequencer|checksum|schema)$|"
    r"(?:Id|ID|Arn|ARN|Version|Token)$|signature|password|secret|credential",
    re.IGNORECASE,
)
_BAD = re.compile(
    r"\b(fail\w*|error\w*|unsuccessful|aborted|expired|impaired|exceeded)\b", re.IGNORECASE
)
STATES = ("state", "status", "statusCode", "build-status", "result", "outcome", "eventType")
SEVERITIES = ("severity", "Severity", "level", "priority")


def from_event(arrival: Arrival) -> list[Notice]:
    """An event of EventBridge: its kind and resource, its plain fields, and its JSON at the end."""
    event = arrival.body
    kind, detail = str(event["detail-type"]), event.get("detail")
    detail = detail if isinstance(detail, Mapping) else {}
    resources = event.get("resources") or []
    names = [name_in(one) for one in resources if isinstance(one, str)]
    what = next((name for name in names if name), "") or _name(detail)
    state = next((str(detail[name]) for name in STATES if _plain(detail.get(name))), "")
    title = ": ".join(part for part in (kind, " ".join(p for p in (what, state) if p)) if part)
    severity = _severity(detail, f"{kind} {state}", Severity.INFO)
    facts = [("Source", str(event.get("source") or "")), *_facts(detail)]
    return [notice(arrival, title, severity, _with_json("", detail), facts=facts)]


def from_json(arrival: Arrival) -> list[Notice]:
    """JSON of a program, by SNS or written to the queue."""
    message = arrival.body
    words = next(
        (
            message[name]
            for name in ("message", "Message", "text", "description", "errorMessage")
            if isinstance(message.get(name), str)
        ),
        "",
    )
    named = next(
        (message[n] for n in ("title", "Title", "subject", "name") if _plain(message.get(n))), ""
    )
    title = arrival.subject or str(named) or (one_line(words)[:80] if words else "")
    where = f"by the topic {arrival.topic}" if arrival.topic else "in the alert queue"
    return [
        notice(
            arrival,
            title or f"Message {where}",
            _severity(message, title, Severity.WARNING),
            _with_json(words, message),
            facts=[("Topic", arrival.topic), *_facts(message)],
        )
    ]


def from_text(arrival: Arrival) -> list[Notice]:
    """Text: its subject or first line as title. Somebody sent it to people, so it is a warning."""
    text = str(arrival.body).replace("\r\n", "\n").strip()
    first = next((line for line in text.splitlines() if line.strip()), "")
    text = text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"
    facts = (("Topic", arrival.topic),)
    return [notice(arrival, arrival.subject or first, Severity.WARNING, text, facts=facts)]


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


def _severity(values: Mapping[str, Any], words: str, otherwise: Severity) -> Severity:
    for name in SEVERITIES:
        word = values.get(name)
        label = word.get("Label") if isinstance(word, Mapping) else word
        if isinstance(label, str) and any(label.lower() in known for known in WORDS.values()):
            return severity_of(label)[0]
    return Severity.WARNING if _BAD.search(words) else otherwise


def _name(detail: Mapping[str, Any]) -> str:
    for key, value in detail.items():
        if key.lower().endswith("name") and isinstance(value, str):
            return value
        if isinstance(value, Mapping) and isinstance(value.get("name"), str):
            return str(value["name"])
    return ""


def _facts(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in _leaves(values):
        if len(found) == MOST_FACTS:
            break
        if not _OF_PROGRAMS.search(name) and len(str(value)) <= 200:
            label = " ".join(_WORDS.split(name)).strip().lower()
            found.append((label[:1].upper() + label[1:], str(value)))
    return found


def _leaves(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Plain values, and those one level deeper under both names."""
    for name, value in values.items():
        if _plain(value):
            yield str(name), value
        elif isinstance(value, Mapping):
            yield from ((f"{name} {inner}", one) for inner, one in value.items() if _plain(one))


def _plain(value: Any) -> bool:
    return isinstance(value, (str, int, float)) and value != ""


def _with_json(words: str, values: Mapping[str, Any]) -> str:
    if not values:
        return words
    text = json.dumps(values, ensure_ascii=False, default=str).replace("```", "'''")
    text = text if len(text) <= LONGEST_JSON else f"{text[:LONGEST_JSON]}…"
    return f"{words}\n```\n{text}\n```".strip()
