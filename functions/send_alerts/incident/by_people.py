"""What people do to an incident: acknowledge it, silence it, close it. Pure, each action once."""

from copy import replace
from datetime import datetime

from ops_common.on_call.operator_action import Action, OperatorAction
from send_alerts.incident.decide import end
from send_alerts.incident.enqueue import Channels, enqueue
from send_alerts.incident.hold import lift
from send_alerts.incident.incident import MOST_ACTIONS, Acknowledgement, Incident
from send_alerts.incident.outbox_entry import Channel, EntryKind, OutboxEntry
from send_alerts.reading.notice import Hold


def act(incident: Incident, action: OperatorAction, now: datetime, channels: Channels) -> Incident:
    """The incident after the action, with the line that says who did it.

    An incident that nobody knows, and an action that was done already, change nothing.
    """
    done = f"{action.at.isoformat()}/{action.action}"
    if incident.subject is None or done in incident.actions:
        return incident
    incident = replace(incident, actions=(*incident.actions, done)[-MOST_ACTIONS:])
    match action.action:
        case Action.ACKNOWLEDGE:
            return _acknowledge(incident, action, now, channels)
        case Action.CLOSE:
            return _close(incident, action, now, channels)
        case Action.SILENCE:
            # Said before it is quiet.
            incident = _say(incident, action, now, channels)
            hold = Hold(action.until, f"a silence by {action.by}", ends_with_next=False)
            return replace(incident, hold=hold)
        case Action.UNSILENCE if incident.hold:
            return lift(_say(replace(incident, hold=None), action, now, channels), now, channels)
    return _say(incident, action, now, channels)


def _acknowledge(
    incident: Incident, action: OperatorAction, now: datetime, channels: Channels
) -> Incident:
    if not incident.history.lasts:
        return incident
    incident = replace(incident, acknowledgement=Acknowledgement(action.by, action.at))
    entry = _entry(incident, EntryKind.ACKNOWLEDGED, action)
    return enqueue(incident, entry, now, channels, loud=True)


def _close(
    incident: Incident, action: OperatorAction, now: datetime, channels: Channels
) -> Incident:
    episode = incident.history.current
    if episode is None or not incident.history.lasts:
        return incident
    # Whoever closes it wants to see it closed, though it be silenced.
    incident = replace(incident, hold=None)
    why = f": {action.why}" if action.why else ""
    at = max(action.at, episode.last_at)
    return end(incident, at, f"Closed by {action.by}{why}", now, channels)


def _say(incident: Incident, action: OperatorAction, now: datetime, channels: Channels) -> Incident:
    return enqueue(incident, _entry(incident, EntryKind.PERSON, action), now, channels, loud=False)


def _entry(incident: Incident, kind: EntryKind, action: OperatorAction) -> OutboxEntry:
    text = f"{action.title}: {action.why}" if action.why else action.title
    name = f"{incident.key}@{action.at.isoformat()}/{action.action}"
    return OutboxEntry(name, Channel.SLACK, kind, action.at, text)
