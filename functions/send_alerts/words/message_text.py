"""How an incident stands, in signs and in one sentence; each channel's messages are made of them.

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
from send_alerts.reading.figures import CLOCK, span
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
WORDS = {
    EntryKind.RESOLVED: "RESOLVED",
    EntryKind.CALM: "RESOLVED",
    EntryKind.FLAPPING: "FLAPPING",
    EntryKind.NO_DATA: "NO DATA",
    EntryKind.REMINDER: "STILL OPEN",
    EntryKind.ACKNOWLEDGED: "ACKNOWLEDGED",
    EntryKind.SUMMARY: "STORM",
    EntryKind.ROLLED_BACK: "ROLLED BACK",
}
"""What a subject begins with; of other kinds by the severity."""


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
BY_KIND = {
    EntryKind.RESOLVED: RESOLVED,
    EntryKind.CALM: RESOLVED,
    EntryKind.NO_DATA: NO_DATA,
}
"""What a notification says of itself, however the incident stands now."""


class Standing(NamedTuple):
    """How an incident stands, as messages say it."""

    status: Status
    when: tuple[str, ...]
    """In a sentence; none now for what never was an incident, such as a note."""
    word: str = ""
    """What a subject begins with."""


def standing_now(incident: Incident, clock: Clock) -> Standing:
    """How the incident stands now: what its root message shows."""
    episode = incident.shown_episode or incident.history.current
    when = (f"Since {since(episode, clock)}",) if episode else ()
    return Standing(_status(incident, episode), when)


def standing_by(incident: Incident, entry: OutboxEntry, clock: Clock) -> Standing:
    """How it stands by one notification; by late news, how it stands now."""
    sentence, now = _sentence(incident, entry, clock), _status(incident, incident.history.current)
    word = WORDS.get(entry.kind) or _status(incident, None).word.upper()
    if not entry.late:
        return Standing(BY_KIND.get(entry.kind, now), (sentence,), word)
    if entry.kind is not EntryKind.ROLLED_BACK:
        # Who reads the subjects alone is not to take old news for the newest.
        word = now.word.upper()
    sentence = f"{sentence} (this arrived late; now: {now.word.lower()})"
    return Standing(now, (sentence,), word)


def _status(incident: Incident, episode: Episode | None) -> Status:
    """By the episode; a note without one stands by its severity."""
    severity = incident.subject.severity if incident.subject else Severity.WARNING
    if incident.key.startswith(PREFIX) and (episode is None or episode.closed_at is None):
        return OPEN[severity]._replace(word="Storm")
    if episode is None:
        lacking = incident.subject is not None and incident.subject.signal is Signal.NO_DATA
        return NO_DATA if lacking else OPEN[severity]
    if incident.flapping_notified:
        return FLAPPING
    return RESOLVED if episode.closed_at else OPEN[severity]


def _sentence(incident: Incident, entry: OutboxEntry, clock: Clock) -> str:
    episode = episode_at(incident.history.episodes, entry.at)
    times = f"{episode.reopened + 1} times" if episode else "again and again"
    match entry.kind:
        case EntryKind.REMINDER:
            return _reminder(episode, entry, clock)
        case EntryKind.OPENED:
            return f"Since {clock(episode.opened_at if episode else entry.at)}"
        case EntryKind.FLAPPING:
            calm = span(incident.history.flap_window.total_seconds())
            at = clock(entry.at)
            return f"Flapping: {times} by {at}; the next message comes after {calm} of calm"
        case EntryKind.RESOLVED if episode:
            lasted = span((entry.at - episode.opened_at).total_seconds())
            return f"Over at {clock(entry.at)}, after {lasted}"
        case EntryKind.CALM:
            return f"Calm since {clock(entry.at)}, after {times}"
    return SENTENCES.get(entry.kind, "{at}").format(at=clock(entry.at))


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


def utc(at: datetime) -> str:
    """A time for an e-mail."""
    return at.strftime(CLOCK)


def local_time(at: datetime) -> str:
    """A time as each reader's own clock shows it (Slack, "Formatting text", date)."""
    date = "{date_short_pretty} {time_secs}"
    return f"<!date^{int(at.timestamp())}^{date}|{utc(at)}>"
