"""What the passing of time does to an incident: reminders, calm, an end by quietness or lost data.

An incident that waits for a time has one schedule, which brings a message to the alert queue then.
Nothing ticks but the hourly sweep, which finds those that were lost (sweep.py).
"""

from copy import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from send_alerts.incident.decide import end
from send_alerts.incident.enqueue import (
    Channels,
    enqueue,
    entry_of,
    mail_end_when_due,
)
from send_alerts.incident.episodes import Episode
from send_alerts.incident.hold import lift_when_due, waits
from send_alerts.incident.incident import ACKNOWLEDGED_FOR, FollowUpDue, Incident
from send_alerts.incident.outbox_entry import Channel, EntryKind, OutboxEntry
from send_alerts.incident.storm import PREFIX
from send_alerts.reading.figures import span
from send_alerts.reading.notice import Part

QUIET = timedelta(minutes=30)
"""Failed tasks and starts have no event of their end; so long without another one, it is over."""
QUIET_PARTS = frozenset({Part.TASKS, Part.STARTS})
NO_DATA_END = timedelta(hours=24)
"""An alarm without data says nothing any more; so long after, its incident is over."""
OVERDUE = timedelta(minutes=5)
"""A schedule fires within a minute of its time; a message that has not come by now is lost."""


class NotificationPolicy(NamedTuple):
    """How much is sent; parameters of the stack."""

    reminder: timedelta = timedelta(hours=4)
    """Sent again after so long in alarm; zero for never."""
    storm_threshold: int = 10
    """More new incidents within a minute go into one digest."""


def run_follow_up(
    incident: Incident, number: int, now: datetime, policy: NotificationPolicy, channels: Channels
) -> Incident:
    """Send what became due. A stale number (an older message, delivered twice) changes nothing."""
    if incident.follow_up is None or incident.follow_up.number != number:
        return incident
    incident = replace(incident, follow_up=replace(incident.follow_up, due_at=None))
    incident = mail_end_when_due(lift_when_due(incident, now, channels), now)
    episode, subject = incident.history.current, incident.subject
    if episode is None or subject is None:
        return incident
    if (due := _end_by_quiet(episode)) and now >= due:
        text = f"No repeat for {span(QUIET.total_seconds())}"
        return end(incident, due, text, now, channels)
    if (due := _end_by_lost_data(episode)) and now >= due:
        text = f"No data for {span(NO_DATA_END.total_seconds())}: taken as over"
        return end(incident, due, text, now, channels)
    if (due := _reminder(incident, episode, policy)) and now >= due:
        # An acknowledgement has run out: somebody is asked to take it anew.
        incident = replace(incident, acknowledgement=None)
        kind = EntryKind.REMINDER
        if incident.folded(episode.opened_at):
            # Of a storm's members those that last are announced by themselves from now on.
            incident, kind = replace(incident, folded_for=None, root=None), EntryKind.OPENED
        reminder = entry_of(incident, kind, now, subject.text)
        incident = enqueue(incident, reminder, now, channels, loud=True)
    if (due := _calm(incident, episode)) and now >= due:
        incident = replace(incident, flapping_notified=False)
        calm = entry_of(incident, EntryKind.CALM, episode.last_at)
        incident = enqueue(incident, calm, now, channels, loud=True)
    return incident


def schedule(incident: Incident, now: datetime, policy: NotificationPolicy) -> Incident:
    """Put the message to ourselves into the outbox, unless an early enough one is under way."""
    due = _next(incident, policy)
    under_way = incident.follow_up and incident.follow_up.due_at
    lost = under_way is not None and under_way < now - OVERDUE
    if due is None or (under_way and not lost and under_way <= max(due, now)):
        return incident
    number = incident.follow_up.number + 1 if incident.follow_up else 1
    due = max(due, now)
    message = OutboxEntry(
        f"{incident.key}/follow-up/{number}",
        Channel.SCHEDULE,
        EntryKind.FOLLOW_UP,
        due,
        str(number),
    )
    others = tuple(other for other in incident.outbox if other.channel is not Channel.SCHEDULE)
    return replace(incident, outbox=(*others, message), follow_up=FollowUpDue(number, due))


def _next(incident: Incident, policy: NotificationPolicy) -> datetime | None:
    episode = incident.history.current
    if episode is None or incident.subject is None or incident.key.startswith(PREFIX):
        # A storm's digest is checked while it has members (storm_updates).
        return None
    times = (
        _end_of_hold(incident),
        _end_by_quiet(episode),
        _end_by_lost_data(episode),
        _reminder(incident, episode, policy),
        _calm(incident, episode),
        _end_sure(incident),
    )
    return min((time for time in times if time), default=None)


def _end_of_hold(incident: Incident) -> datetime | None:
    return incident.hold.until if incident.hold and waits(incident) else None


def _end_sure(incident: Incident) -> datetime | None:
    return incident.end_mail.at + incident.history.flap_window if incident.end_mail else None


def _end_by_quiet(episode: Episode) -> datetime | None:
    if episode.closed_at is None and episode.open_parts <= QUIET_PARTS:
        return episode.last_at + QUIET
    return None


def _end_by_lost_data(episode: Episode) -> datetime | None:
    return episode.no_data_since + NO_DATA_END if episode.no_data_since else None


def _reminder(incident: Incident, episode: Episode, policy: NotificationPolicy) -> datetime | None:
    if episode.closed_at or incident.hold or incident.part_of or not policy.reminder:
        return None
    if not incident.notified_at:
        return None
    due = incident.notified_at + policy.reminder
    acknowledged = incident.acknowledged
    return max(due, acknowledged.at + ACKNOWLEDGED_FOR) if acknowledged else due


def _calm(incident: Incident, episode: Episode) -> datetime | None:
    if not incident.flapping_notified or episode.closed_at is None:
        return None
    return episode.closed_at + incident.history.flap_window
