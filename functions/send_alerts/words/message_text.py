"""The sentences of a telling, plain text; Slack's message and SNS's are both made of them."""

from typing import NamedTuple

from ops_common.ops_events import Severity
from send_alerts.incident.history import Episode, episode_at
from send_alerts.incident.incident import Incident, Policy
from send_alerts.incident.outbox_entry import EntryKind, OutboxEntry
from send_alerts.reading.figures import clock, span
from send_alerts.reading.notice import Signal


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
    if episode is None:
        lacking = incident.subject is not None and incident.subject.signal is Signal.NO_DATA
        return NO_DATA if lacking else OPEN[severity]
    if incident.flapping_notified:
        return FLAPPING
    return OPEN[severity] if episode.open else RESOLVED


def title(incident: Incident) -> str:
    """What the incident is called."""
    return incident.subject.title if incident.subject else incident.key


def headline(incident: Incident, delivery: OutboxEntry, policy: Policy) -> str:
    """The telling in one sentence, without the title."""
    episode = episode_at(incident.episodes(policy), delivery.at)
    sentence = _sentence(delivery, episode, policy)
    if not delivery.late:
        return sentence
    now = status(incident, incident.current(policy))
    return f"{sentence} (this arrived late; now: {now.word.lower()})"


def _sentence(delivery: OutboxEntry, episode: Episode | None, policy: Policy) -> str:
    at = clock(delivery.at)
    times = f"{episode.reopened + 1} times" if episode else "again and again"
    match delivery.kind:
        case EntryKind.OPENED:
            return f"Since {at}"
        case EntryKind.AGAIN:
            return f"Still so at {at}"
        case EntryKind.REOPENED:
            return f"Again since {at}"
        case EntryKind.FLAPPING:
            quiet = span(policy.flap_window.total_seconds())
            return f"Flapping: {times} by {at}; the next word comes after {quiet} of calm"
        case EntryKind.RESOLVED:
            lasted = episode and span((delivery.at - episode.opened_at).total_seconds())
            return f"Over at {at}, after {lasted}" if lasted else f"Over at {at}"
        case EntryKind.CALM:
            return f"Calm since {at}, after {times}"
        case EntryKind.NO_DATA:
            return f"No data at {at}"
        case EntryKind.SUMMARY:
            return f"All of them by {at}"
        case EntryKind.REMINDER:
            lasted = episode and span((delivery.at - episode.opened_at).total_seconds())
            return f"Not over yet, after {lasted}" if lasted else "Not over yet"
        case _:
            return at


def since(episode: Episode) -> str:
    """How long, from when to when, and how often."""
    text = clock(episode.opened_at)
    if episode.closed_at:
        lasted = span((episode.closed_at - episode.opened_at).total_seconds())
        text = f"{text}, for {lasted}"
    if episode.reopened:
        text = f"{text}, {episode.reopened + 1} times"
    return text
