"""The sentences of a message; Slack's and the e-mail's are both made of them.

A sentence holds words of ours and times alone, nothing of an event: it needs no escaping. Times are
written by the channel, which may show them in the reader's own zone.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from ops_common.ops_events import Severity
from send_alerts.incident.episodes import Episode, episode_at
from send_alerts.incident.incident import ACKNOWLEDGED_FOR, Incident
from send_alerts.incident.outbox_entry import EntryKind, OutboxEntry
from send_alerts.incident.storm import PREFIX
from send_alerts.reading.figures import span
from send_alerts.reading.notice import Signal

type Clock = Callable[[datetime], str]

REST = span(ACKNOWLEDGED_FOR.total_seconds())
SENTENCES = {
    EntryKind.AGAIN: "Still so at {at}",
    EntryKind.WORSE: "Worse since {at}",
    EntryKind.REOPENED: "Again since {at}",
    EntryKind.CONTRIBUTOR: "Part of it, at {at}",
    EntryKind.PART_OF: "Goes on within its composite alarm",
    EntryKind.ROLLING_BACK: "ECS rolls back, since {at}",
    EntryKind.ROLLED_BACK: "ECS has rolled back, at {at}; the new version is not live",
    EntryKind.PARTLY_OVER: "Over in part, at {at}",
    EntryKind.RESOLVED: "Over at {at}",
    EntryKind.NO_DATA: "No data at {at}",
    EntryKind.ACKNOWLEDGED: f"Acknowledged at {{at}}; no reminder for {REST}",
    EntryKind.PERSON: "By a person, at {at}",
    EntryKind.SUMMARY: "All of them by {at}",
}
"""Those that hold no more than the time of their transition."""


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
    at, times = clock(entry.at), f"{episode.reopened + 1} times" if episode else "again and again"
    match entry.kind:
        case EntryKind.OPENED:
            return f"Since {clock(episode.opened_at) if episode else at}"
        case EntryKind.FLAPPING:
            calm = span(incident.history.flap_window.total_seconds())
            return f"Flapping: {times} by {at}; the next message comes after {calm} of calm"
        case EntryKind.RESOLVED if episode:
            return f"Over at {at}, after {span((entry.at - episode.opened_at).total_seconds())}"
        case EntryKind.CALM:
            return f"Calm since {at}, after {times}"
    return SENTENCES.get(entry.kind, "{at}").format(at=at)


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
