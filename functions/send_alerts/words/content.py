"""What a message says of an incident, before a channel lays it out: Slack's blocks and the e-mail.

It begins with at most six lines, the title's among them: how it stands, who is hurt, what it is,
what to type, when it ends. Whatever else there is comes after them.
"""

from collections import Counter
from typing import NamedTuple

from ops_common.on_call.summaries import IncidentSummary, reference
from send_alerts.incident.incident import Incident
from send_alerts.incident.outbox_entry import OutboxEntry
from send_alerts.reading.notice import OPENING, Guide, Link, Part, Signal
from send_alerts.words.message_text import (
    NO_DATA,
    RESOLVED,
    Clock,
    Standing,
    standing_by,
    standing_now,
)

MOST = 6
TITLE_AND_TIME = 2
LINE = 200
"""Characters: what is longer stands in full below."""
KEY_FACTS = ("Resource", "Contributor", "service", "secret", "image", "Image")
MOST_KEY_FACTS = 2
KEY_FACT = 80
FENCE = "```"
MARK = "…"


class Content(NamedTuple):
    """Plain text, but for the times, which are written as the channel wants them."""

    standing: Standing
    title: str
    impact: str = ""
    what: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    """What it concerns, for the line of the time."""
    check: str = ""
    over: str = ""
    rest: str = ""
    """The text that did not fit."""
    facts: tuple[tuple[str, str], ...] = ()
    """Those that are not shown yet."""
    links: tuple[Link, ...] = ()
    changes: tuple[str, ...] = ()
    """What had changed just before it opened."""
    commands: tuple[str, ...] = ()
    """What can be typed, while the incident lasts."""


def content_of(incident: Incident, entry: OutboxEntry, clock: Clock) -> Content:
    """What a whole message says by one notification."""
    return _content(incident, standing_by(incident, entry, clock), entry.text)


def content_now(incident: Incident, clock: Clock) -> Content:
    """What the root message says: how it stands now; when it is over, also what it opened with."""
    standing, subject, opened = standing_now(incident, clock), incident.subject, ""
    if standing.status is RESOLVED and subject and subject.signal in OPENING:
        opened = f"When it opened: {subject.text}"
    return _content(incident, standing, opened)


def _content(incident: Incident, standing: Standing, text: str) -> Content:
    """What is said of an incident that stands so; `text` instead of its subject's."""
    subject, called = incident.subject, title(incident)
    if subject is None:
        return Content(standing, called, rest=text, changes=incident.changes)
    guide = Guide() if standing.status in (RESOLVED, NO_DATA) else subject.guide
    free = MOST - TITLE_AND_TIME - sum(1 for line in guide if line)
    what, rest = _what(text or subject.text, free)
    about = tuple(
        (name, value)
        for key in KEY_FACTS
        for name, value in subject.facts
        if name == key and value not in called and len(value) <= KEY_FACT
    )[:MOST_KEY_FACTS]
    seen = {*about, *(fact for fact in subject.facts if fact[1] in (guide.impact, *what))}
    return Content(
        standing=standing,
        title=called,
        impact=cut(_one_line(guide.impact), LINE),
        what=what,
        about=tuple(_one_line(value) for _, value in about),
        check=_one_line(guide.check),
        over=_one_line(guide.over),
        rest=rest,
        facts=tuple(
            fact for fact in subject.facts if fact not in seen or len(_one_line(fact[1])) > LINE
        ),
        links=subject.links,
        changes=incident.changes,
        commands=commands(incident),
    )


def cut(text: str, length: int) -> str:
    """At most so many characters, with a mark at the end where some are missing."""
    return text if len(text) <= length else text[: length - len(MARK)] + MARK


def _one_line(text: str) -> str:
    """The text with its white space as single blanks."""
    return " ".join(text.split())


def _what(text: str, most: int) -> tuple[tuple[str, ...], str]:
    """As many of its lines as there is room for, and what is left of it."""
    lines = [line for line in text.splitlines() if line.strip()]
    for at, line in enumerate(lines):
        left = "\n".join(lines[at:])
        if at == most or line.startswith(FENCE):
            return tuple(lines[:at]), left
        if len(line) > LINE:
            return (*lines[:at], cut(line, LINE)), left
    return tuple(lines), ""


def commands(incident: Incident) -> tuple[str, ...]:
    """The `make` commands for an incident that lasts; none for another."""
    subject = incident.subject
    if subject is None or not incident.history.lasts:
        return ()
    ref = reference(incident.key)
    where = f"ENVIRONMENT={subject.environment or 'production'}"
    acknowledge = f"make ack {where} INCIDENT={ref}"
    return (
        *(() if incident.acknowledged else (acknowledge,)),
        f"make silence {where} NAME=@{ref} FOR=1h",
        f"make close {where} INCIDENT={ref} WHY=fixed",
    )


def title(incident: Incident) -> str:
    """What the incident is called, on one line: a story by all that it has come to."""
    if incident.subject is None:
        return incident.key
    story, environment = _story(incident), incident.subject.environment
    name = f"{incident.subject.title}: {story}" if story else incident.subject.title
    return _one_line(f"{name} ({environment})" if environment else name)


def _story(incident: Incident) -> str:
    episode = incident.history.current
    if episode is None:
        return ""
    of_it = [entry for entry in incident.history.entries if entry.at >= episode.opened_at]
    labels = [
        entry.label or "failed"
        for entry in of_it
        if entry.part is Part.TASKS and entry.signal in OPENING
    ]
    counted = Counter(labels).most_common(2)
    parts = [f"{label} × {count}" if count > 1 else label for label, count in counted]
    if not any(entry.part is Part.DEPLOYMENT for entry in of_it) and len(labels) < 2:
        # One failed task is in the text already.
        parts = []
    failed = [
        entry.label
        for entry in of_it
        if entry.part is Part.DEPLOYMENT and entry.signal is Signal.OPEN and entry.label
    ]
    if back_to := episode.rolled_back_to:
        names = (entry.label for entry in of_it if entry.ref == back_to and entry.label)
        parts.append(f"ECS rolled back to {next(names, back_to)}")
        parts.append(f"{failed[-1] if failed else 'the new version'} is not live")
    elif failed:
        parts.append(f"image {failed[-1]}")
    return "; ".join(parts)


def summary_of(incident: Incident) -> IncidentSummary | None:
    """What a list of incidents shows of one; None for what never was one, such as a note."""
    subject, episode = incident.subject, incident.history.current
    if subject is None or episode is None:
        return None
    acknowledged, hold = incident.acknowledged, incident.hold
    return IncidentSummary(
        key=incident.key,
        name=subject.name,
        title=title(incident),
        severity=subject.severity,
        opened_at=episode.opened_at,
        closed_at=episode.closed_at,
        acknowledged_by=acknowledged.by if acknowledged else "",
        acknowledged_at=acknowledged.at if acknowledged else None,
        silenced_until=hold.until if hold else None,
    )
