"""What the passing of time does to an incident: reminders, calm, an end by quietness.

Nothing ticks. An incident that waits for a time sends itself one message through the alert queue,
hidden until then; while nothing is open nothing runs and nothing is paid.
"""

from copy import replace
from datetime import datetime, timedelta

from send_alerts.incident.decide import Channels, advance, enqueue
from send_alerts.incident.history import Episode
from send_alerts.incident.incident import FollowUpDue, Incident, Policy
from send_alerts.incident.outbox_entry import Channel, EntryKind, OutboxEntry
from send_alerts.reading.notice import Notice, Signal

LONGEST_DELAY = timedelta(seconds=900)
"""A new message can be hidden no longer (Amazon SQS, "Delay queues"); later times take hops."""


def run_follow_up(
    incident: Incident, number: int, now: datetime, policy: Policy, channels: Channels
) -> Incident:
    """Tell what became due. A stale number (an older message, delivered twice) changes nothing."""
    if incident.follow_up is None or incident.follow_up.number != number:
        return incident
    incident = replace(incident, follow_up=replace(incident.follow_up, due_at=None))
    episode, subject = incident.current(policy), incident.subject
    if episode is None or subject is None:
        return incident
    if (due := _end_by_quiet(episode, subject)) and now >= due:
        over = replace(
            subject,
            signal=Signal.RESOLVED,
            occurred_at=due,
            text=f"No repeat for {subject.quiet_seconds // 60} minutes",
            was=Signal.OPEN,
            since=None,
        )
        return advance(incident, over, now, policy, channels)
    if (due := _reminder(incident, episode, policy)) and now >= due:
        incident = replace(incident, silenced_until=None)
        reminder = _delivery(incident, EntryKind.REMINDER, now, subject.text)
        incident = enqueue(incident, reminder, now, channels, loud=True)
    if (due := _calm(incident, episode, policy)) and now >= due:
        incident = replace(incident, flapping_notified=False)
        calm = _delivery(incident, EntryKind.CALM, episode.last_at, "")
        incident = enqueue(incident, calm, now, channels, loud=True)
    return incident


def schedule(incident: Incident, now: datetime, policy: Policy) -> Incident:
    """Put the message to ourselves into the outbox, unless an early enough one is under way."""
    due = _next(incident, policy)
    under_way = incident.follow_up and incident.follow_up.due_at
    if due is None or (under_way and under_way <= max(due, now)):
        return incident
    number = incident.follow_up.number + 1 if incident.follow_up else 1
    due = min(max(due, now), now + LONGEST_DELAY)
    message = OutboxEntry(
        f"{incident.key}/follow-up/{number}", Channel.QUEUE, EntryKind.FOLLOW_UP, due, str(number)
    )
    others = tuple(other for other in incident.outbox if other.channel is not Channel.QUEUE)
    return replace(incident, outbox=(*others, message), follow_up=FollowUpDue(number, due))


def _next(incident: Incident, policy: Policy) -> datetime | None:
    episode, subject = incident.current(policy), incident.subject
    if episode is None or subject is None:
        return None
    times = (
        _end_by_quiet(episode, subject),
        _reminder(incident, episode, policy),
        _calm(incident, episode, policy),
    )
    return min((time for time in times if time), default=None)


def _end_by_quiet(episode: Episode, subject: Notice) -> datetime | None:
    if not (episode.open and subject.quiet_seconds):
        return None
    return episode.last_at + timedelta(seconds=subject.quiet_seconds)


def _reminder(incident: Incident, episode: Episode, policy: Policy) -> datetime | None:
    if not episode.open or incident.folded(episode.opened_at, policy):
        return None
    if incident.silenced_until and episode.opened_at < incident.silenced_until:
        return incident.silenced_until
    if not policy.reminder or not incident.notified_at:
        return None
    return incident.notified_at + policy.reminder


def _calm(incident: Incident, episode: Episode, policy: Policy) -> datetime | None:
    if not incident.flapping_notified or episode.closed_at is None:
        return None
    return episode.closed_at + policy.flap_window


def _delivery(incident: Incident, kind: EntryKind, at: datetime, text: str) -> OutboxEntry:
    return OutboxEntry(f"{incident.key}@{at.isoformat()}/{kind}", Channel.SLACK, kind, at, text)
