"""The sentences of a message; Slack's and the e-mail's are both made of them.

A sentence holds words of ours and times alone, nothing of an event: it needs no escaping. Times are
written by the channel, which may show them in the reader's own zone.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from ops_common.on_call.summaries import IncidentSummary
from ops_common.ops_events import Severity
from send_alerts.incident.episodes import Episode, episode_at
from send_alerts.incident.incident import ACKNOWLEDGED_FOR, Incident
from send_alerts.incident.outbox_entry import EntryKind, OutboxEntry
from send_alerts.incident.storm import PREFIX
from send_alerts.incident.transitions import Transition
from send_alerts.reading.figures import span
from send_alerts.reading.notice import OPENING, Part, Signal

type Clock = Callable[[datetime], str]

REST = span(ACKNOWLEDGED_FOR.total_seconds())
SENTENCES = {
    EntryKind.OPENED: "Since {opened}",
    EntryKind.AGAIN: "Still so at {at}",
    EntryKind.WORSE: "Worse since {at}",
    EntryKind.REOPENED: "Again since {at}",
    EntryKind.FLAPPING: "Flapping: {times} by {at}; the next message comes after {calm} of calm",
    EntryKind.CONTRIBUTOR: "Part of it, at {at}",
    EntryKind.PART_OF: "Goes on within its composite alarm",
    EntryKind.ROLLING_BACK: "ECS rolls back, since {at}",
    EntryKind.ROLLED_BACK: "ECS has rolled back, at {at}; the new version is not live",
    EntryKind.PARTLY_OVER: "Over in part, at {at}",
    EntryKind.RESOLVED: "Over at {at}{after}",
    EntryKind.CALM: "Calm since {at}, after {times}",
    EntryKind.NO_DATA: "No data at {at}",
    EntryKind.ACKNOWLEDGED: f"Acknowledged at {{at}}; no reminder for {REST}",
    EntryKind.PERSON: "By a person, at {at}",
    EntryKind.SUMMARY: "All of them by {at}",
}


class Status(NamedTuple):
    """How an incident stands, in a word and in the signs that go with it."""

    word: str
    emoji: str
    color: str


RESOLVED = Status("Resolved", ":large_green_circle:", "#2eb67d")
FLAPPING = Status("Flapping", ":arrows_counterclockwise:", "#b07d12")
NO_DATA = Status("No data", ":white_circle:", "#9e9e9e")
OPEN = {
    Severity.CRITICAL: Status("Critical", ":red_circle:", "#d62728"),
    Severity.WARNING: Status("Warning", ":large_orange_circle:", "#ff9f1c"),
    Severity.INFO: Status("Info", ":large_blue_circle:", "#3f8ad9"),
}


def status(incident: Incident, episode: Episode | None) -> Status:
    """How the incident stands now; a note without an incident stands by its severity."""
    severity = incident.subject.severity if incident.subject else Severity.WARNING
    if incident.key.startswith(PREFIX) and (episode is None or episode.closed_at is None):
        return OPEN[severity]._replace(word="Storm")
    if episode is None:
        lacking = incident.subject is not None and incident.subject.signal is Signal.NO_DATA
        return NO_DATA if lacking else OPEN[severity]
    if incident.flapping_notified:
        return FLAPPING
    return RESOLVED if episode.closed_at else OPEN[severity]


def status_by(incident: Incident, entry: OutboxEntry) -> Status:
    """How it stands by one notification."""
    if entry.kind in (EntryKind.RESOLVED, EntryKind.CALM):
        return RESOLVED
    if entry.kind is EntryKind.NO_DATA:
        return NO_DATA
    return status(incident, incident.history.current)


def title(incident: Incident) -> str:
    """What the incident is called: a story by all that it has come to."""
    if incident.subject is None:
        return incident.key
    story, environment = _story(incident), incident.subject.environment
    name = f"{incident.subject.title}: {story}" if story else incident.subject.title
    return f"{name} ({environment})" if environment else name


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


def _story(incident: Incident) -> str:
    episode = incident.history.current
    if episode is None:
        return ""
    of_it = [entry for entry in incident.history.entries if entry.at >= episode.opened_at]
    labels = [entry.label or "failed" for entry in _of(of_it, Part.TASKS)]
    counted = Counter(labels).most_common(2)
    parts = [f"{label} × {count}" if count > 1 else label for label, count in counted]
    if not any(entry.part is Part.DEPLOYMENT for entry in of_it) and len(labels) < 2:
        # One failed task is in the text already.
        parts = []
    failed = [
        entry.label
        for entry in _of(of_it, Part.DEPLOYMENT)
        if entry.signal is Signal.OPEN and entry.label
    ]
    if episode.rolled_back_to:
        parts.append(f"ECS rolled back to {_name(of_it, episode.rolled_back_to)}")
        parts.append(f"{failed[-1] if failed else 'the new version'} is not live")
    elif failed:
        parts.append(f"image {failed[-1]}")
    return "; ".join(parts)


def _of(entries: list[Transition], part: Part) -> list[Transition]:
    return [entry for entry in entries if entry.part is part and entry.signal in OPENING]


def _name(entries: list[Transition], ref: str) -> str:
    return next((entry.label for entry in entries if entry.ref == ref and entry.label), ref)


def headline(incident: Incident, entry: OutboxEntry, clock: Clock) -> str:
    """The entry in one sentence, without the title."""
    sentence = _sentence(incident, entry, clock)
    if not entry.late:
        return sentence
    now = status(incident, incident.history.current)
    return f"{sentence} (this arrived late; now: {now.word.lower()})"


def _sentence(incident: Incident, entry: OutboxEntry, clock: Clock) -> str:
    episode = episode_at(incident.history.episodes, entry.at)
    if entry.kind is EntryKind.REMINDER:
        return _reminder(episode, entry, clock)
    lasted = episode and span((entry.at - episode.opened_at).total_seconds())
    return SENTENCES.get(entry.kind, "{at}").format(
        at=clock(entry.at),
        opened=clock(episode.opened_at) if episode else clock(entry.at),
        after=f", after {lasted}" if lasted else "",
        times=f"{episode.reopened + 1} times" if episode else "again and again",
        calm=span(incident.history.flap_window.total_seconds()),
    )


def _reminder(episode: Episode | None, entry: OutboxEntry, clock: Clock) -> str:
    if episode is None:
        return "Not over yet"
    lasted = span((entry.at - episode.opened_at).total_seconds())
    if episode.no_data_since is None:
        return f"Not over yet, after {lasted}"
    return f"Not over yet, after {lasted}; without data since {clock(episode.no_data_since)}"


def since(episode: Episode, clock: Clock) -> str:
    """How long, from when to when, and how often."""
    text = clock(episode.opened_at)
    if episode.closed_at:
        lasted = span((episode.closed_at - episode.opened_at).total_seconds())
        text = f"{text}, for {lasted}"
    if episode.reopened:
        text = f"{text}, {episode.reopened + 1} times"
    return text
