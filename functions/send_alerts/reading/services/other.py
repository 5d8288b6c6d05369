"""Everything that no other reader knows: an event of AWS, a program's JSON, text, SNS's own."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ops_common.ops_events import Severity
from send_alerts.reading.arrival import Arrival
from send_alerts.reading.notice import Notice
from send_alerts.reading.services.common import notice, one_line
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
    r"\b(fail\w*|error\w*|unsuccessful|aborted|expired|impaired|exceeded|fault\w*|warn\w*"
    r"|rollback|denied|unhealthy|timed out|critical|lost|interrupt\w*)\b",
    re.IGNORECASE,
)
_OF_NO_WORDS = re.compile(r"[0-9a-f-]{8,}|\d+", re.IGNORECASE)
"""Identifiers: long hexadecimal numbers and digits."""
STATES = ("state", "status", "statusCode", "build-status", "result", "outcome", "eventType")
SEVERITIES = ("severity", "Severity", "Label", "level", "priority")
SAYING = ("message", "Message", "text", "description", "summary", "errorMessage")
NAMING = ("title", "Title", "subject", "name", "alertname")


def from_event(arrival: Arrival) -> list[Notice]:
    """An event of EventBridge: its kind and resource, its plain fields, and its JSON at the end."""
    event = arrival.body
    kind, detail = str(event["detail-type"]), event.get("detail")
    detail = detail if isinstance(detail, Mapping) else {}
    resources = event.get("resources") or []
    names = [_resource_name(one) for one in resources if isinstance(one, str)]
    what = _name(detail) or next((name for name in names if name), "")
    state = _first(detail, STATES)
    subject = " ".join(part for part in (what, state) if part)
    title = str(detail.get("title") or "") or ": ".join(part for part in (kind, subject) if part)
    severity = _severity(detail, f"{kind} {state}", Severity.INFO)
    facts = [("Source", str(event.get("source") or "")), *_facts(detail)]
    return [notice(arrival, title, severity, _with_json("", detail), facts=facts)]


def from_json(arrival: Arrival) -> list[Notice]:
    """JSON of a program, by SNS or written to the queue."""
    message = arrival.body
    words, named = _first(message, SAYING), _first(message, NAMING)
    title = arrival.subject or named or (one_line(words)[:80] if words else "")
    where = f"by the topic {arrival.topic}" if arrival.topic else "in the alert queue"
    return [
        notice(
            arrival,
            title or f"Message {where}",
            _severity(message, title, Severity.WARNING),
            _with_json(words, message),
            facts=[
                ("Topic", arrival.topic),
                *(fact for fact in _facts(message) if fact[1] not in (words, title)),
            ],
        )
    ]


def from_text(arrival: Arrival) -> list[Notice]:
    """Text: its subject or first line as title. Somebody sent it to people, so it is a warning."""
    text = str(arrival.body).replace("\r\n", "\n").strip()
    first = next((line for line in text.splitlines() if line.strip()), "")
    text = text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"
    facts = (("Topic", arrival.topic),)
    title = arrival.subject or first or f"Empty message by the topic {arrival.topic}"
    return [notice(arrival, title, Severity.WARNING, text, facts=facts)]


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
    labels = (str(value).lower() for value in _values(values, SEVERITIES))
    if label := next((one for one in labels if any(one in known for known in WORDS.values())), ""):
        return severity_of(label)[0]
    if counted := [name for name in ("critical", "high") if _counts(values, name)]:
        return severity_of(counted[0])[0]
    # REPLICATION_TASK_FAILED is three words.
    return Severity.WARNING if _BAD.search(words.replace("_", " ")) else otherwise


def _counts(values: Mapping[str, Any], severity: str) -> bool:
    """Whether it counts findings of a severity, as a scan of an image does."""
    counts = [value for name, value in values.items() if "severity" in str(name).lower()]
    return any(
        str(name).lower() == severity and isinstance(number, int) and number > 0
        for one in counts
        if isinstance(one, Mapping)
        for name, number in one.items()
    )


def _values(values: Mapping[str, Any], names: Sequence[str]) -> Iterator[Any]:
    """Plain values of these names, in their order; those one level deeper after them."""
    inner = [value for value in values.values() if isinstance(value, Mapping)]
    for each in (values, *inner):
        yield from (each[name] for name in names if _plain(each.get(name)))


def _first(values: Mapping[str, Any], names: Sequence[str]) -> str:
    return next((str(value) for value in _values(values, names)), "")


def _resource_name(arn: str) -> str:
    """What an ARN is called; a part that only programs can read gives way to the one before.

    `stack/shop/1f0a…` is shop, and so is `execution:shop:7c2e…`.
    """
    parts = [part for part in re.split("[:/]", arn) if part]
    while len(parts) > 1 and _OF_NO_WORDS.fullmatch(parts[-1]):
        parts.pop()
    return parts[-1] if parts else ""


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
