"""What the readers of AWS's services share."""

import json
import re
from collections.abc import Mapping, Sequence
from copy import replace
from datetime import datetime
from typing import Any

from ops_common.ops_events import Severity
from send_alerts.reading import links
from send_alerts.reading.arrival import Arrival
from send_alerts.reading.notice import Guide, Link, Notice, Signal

OVER = "AWS sends the good news, or you close it"
LONGEST_LINE, LONGEST_BLOCK = 250, 600

HIDDEN = "(hidden)"
SECRET = re.compile(
    r"(password|passwd|secret|token|credentials?|authorization"
    r"|(api|access|private|secret)[-_ ]?key)$",
    re.IGNORECASE,
)
"""Names of what is shown to nobody."""

type Facts = Sequence[tuple[str, Any]]


def notice(
    arrival: Arrival,
    title: str,
    severity: Severity,
    text: str,
    *,
    facts: Facts = (),
    url: str = "",
    at: datetime | None = None,
) -> Notice:
    """A message of its own; facts without a value are left out."""
    source, kind = source_of(arrival)
    return Notice(
        key=f"note:{arrival.id}",
        signal=Signal.NOTE,
        occurred_at=at or arrival.at,
        name=f"{source}:{kind}" if source else kind or title,
        title=one_line(title),
        severity=severity,
        text=text.strip(),
        facts=tuple(
            (name, one_line(str(value))) for name, value in facts if value not in ("", None)
        ),
        links=link("Details", url),
    )


def source_of(arrival: Arrival) -> tuple[str, str]:
    """Source and detail-type of an event; the topic and nothing for another message."""
    if isinstance(arrival.body, Mapping) and "detail-type" in arrival.body:
        return str(arrival.body.get("source") or ""), str(arrival.body["detail-type"])
    return arrival.topic, ""


def once(found: Notice, key: str) -> Notice:
    """Notified of once for all that share the key, whenever they happened."""
    return replace(found, key=f"note:{key}", ref=key)


def incident(found: Notice, key: str, signal: Signal) -> Notice:
    """The beginning, repeat or end of an incident instead of a message of its own."""
    was = Signal.OPEN if signal is Signal.RESOLVED else None
    guide = Guide(over=OVER) if signal is Signal.OPEN else Guide()
    return replace(found, key=key, name=key, signal=signal, was=was, guide=guide)


def detail_of(arrival: Arrival) -> Mapping[str, Any]:
    """The detail of an event. Raises TypeError where it is no object."""
    detail = arrival.body["detail"]
    if not isinstance(detail, Mapping):
        raise TypeError("detail is no object")
    return detail


def link(label: str, url: Any) -> tuple[Link, ...]:
    """A link, if the address is one."""
    address = links.web_address(url) if isinstance(url, str) else ""
    return (Link(label, address),) if address else ()


def name_in(arn: Any) -> str:
    """What an ARN is called: its last part."""
    return str(arn or "").rsplit("/", 1)[-1].rsplit(":", 1)[-1]


def one_line(text: str) -> str:
    """The text with its white space as single blanks, at most 250 characters of it."""
    return shortened(" ".join(text.split()), LONGEST_LINE)


def block(value: object) -> str:
    """A block of code: text as it is, all else as JSON, at most 600 characters of it.

    What is called a password, a token or a key is not shown.
    """
    shown = value if isinstance(value, str) else _without_secrets(value)
    text = shown if isinstance(shown, str) else json.dumps(shown, ensure_ascii=False, default=str)
    return f"```\n{shortened(text.replace('```', "'''"), LONGEST_BLOCK)}\n```"


def _without_secrets(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            name: HIDDEN if inner and SECRET.search(str(name)) else _without_secrets(inner)
            for name, inner in value.items()
        }
    return [_without_secrets(inner) for inner in value] if isinstance(value, list) else value


def shortened(text: str, longest: int) -> str:
    """The text, or so many characters with the mark that there was more."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
