"""What a transition is for people: its kind, and whether all channels get it or a thread alone."""

from typing import NamedTuple

from ops_common.ops_events import Severity
from send_alerts.incident.episodes import Episode, episode_at
from send_alerts.incident.incident import Incident
from send_alerts.incident.outbox_entry import EntryKind
from send_alerts.incident.transitions import Transition
from send_alerts.reading.notice import OPENING, Part, Signal


class Weight(NamedTuple):
    """What a transition is for people."""

    kind: EntryKind
    loud: bool
    """For every channel; what isn't only adds to a thread."""


FLAPPING_AFTER = 1
"""Re-opened so often, it is flapping: notified of once, then only in its thread until calm."""
# These mean the same whatever else is known.
ALWAYS = {
    Signal.NOTE: Weight(EntryKind.NOTE, loud=True),
    Signal.CONTRIBUTOR: Weight(EntryKind.CONTRIBUTOR, loud=False),
    Signal.NO_DATA: Weight(EntryKind.NO_DATA, loud=False),
}


def weigh(incident: Incident, entry: Transition, before: Incident) -> Weight:
    """What a transition is, as far as is known now."""
    if entry.signal in ALWAYS:
        return ALWAYS[entry.signal]
    episode = episode_at(incident.history.episodes, entry.at)
    over = entry.signal is Signal.RESOLVED
    back = episode is not None and entry.ref != "" and episode.rolled_back_to == entry.ref
    if back and (over or _explains(incident, entry)):
        # Loud where people were sent an end, for want of the event that arrives now.
        return Weight(EntryKind.ROLLED_BACK, loud=not over)
    if episode and episode.reopened >= FLAPPING_AFTER:
        if episode == incident.history.current and not incident.flapping_notified:
            return Weight(EntryKind.FLAPPING, loud=True)
        return Weight(EntryKind.RESOLVED if over else EntryKind.REOPENED, loud=False)
    if over:
        partly = episode is not None and episode.closed_at is None
        kind = EntryKind.PARTLY_OVER if partly else EntryKind.RESOLVED
        return Weight(kind, loud=not partly)
    if episode is None or entry.at == episode.opened_at or not incident.announced(entry.at):
        return Weight(EntryKind.OPENED, loud=True)
    return _weigh_more(incident, entry, before, episode)


def _explains(incident: Incident, rolling: Transition) -> bool:
    """Whether the deployment that ECS goes back to by it has completed already."""
    return any(
        other.signal is Signal.RESOLVED and other.ref == rolling.ref and other.at >= rolling.at
        for other in incident.history.entries
    )


def _weigh_more(
    incident: Incident, entry: Transition, before: Incident, episode: Episode
) -> Weight:
    """What one more opening is, of an incident that people know."""
    again = (entry.was or _before(incident, entry)) is Signal.RESOLVED
    if entry.since and entry.since <= episode.opened_at:
        # It was well before the incident began, and not since: its suppressor has ended, say.
        again = False
    if again and entry.part is Part.WHOLE:
        return Weight(EntryKind.REOPENED, loud=True)
    if entry.signal is Signal.ROLLING_BACK:
        return Weight(EntryKind.ROLLING_BACK, loud=False)
    # Of a part: a deployment completed some time before nearly every one that fails.
    if _worse(incident, before) or _fails_again(entry, before):
        return Weight(EntryKind.WORSE, loud=True)
    if again:
        return Weight(EntryKind.REOPENED, loud=False)
    return Weight(EntryKind.AGAIN, loud=False)


def _worse(incident: Incident, before: Incident) -> bool:
    known, now = before.subject, incident.subject
    critical = now is not None and now.severity is Severity.CRITICAL
    return critical and known is not None and known.severity is not Severity.CRITICAL


def _fails_again(entry: Transition, before: Incident) -> bool:
    """Whether a deployment fails that was to follow the one that ECS had rolled back."""
    episode = before.history.current
    failed = entry.part is Part.DEPLOYMENT and entry.signal is Signal.OPEN
    return failed and episode is not None and bool(episode.rolled_back_to)


def _before(incident: Incident, entry: Transition) -> Signal | None:
    earlier = [
        other.signal
        for other in incident.history.entries
        if other.at < entry.at
        and other.part is entry.part
        and other.signal in (*OPENING, Signal.RESOLVED)
    ]
    return earlier[-1] if earlier else None
