"""Notifies people of what an event says: decide, claim, send, once per incident and event."""

from copy import replace
from datetime import datetime

from ops_common.on_call.operator_action import Action, OperatorAction
from ops_common.on_call.summaries import Part as Shown
from ops_common.on_call.summaries import PartSummary
from send_alerts import families, storm_updates
from send_alerts.changes import remember, with_image
from send_alerts.incident.by_people import act
from send_alerts.incident.decide import advance
from send_alerts.incident.follow_up import run_follow_up
from send_alerts.incident.hold import lift_when_due
from send_alerts.incident.incident import Incident
from send_alerts.incident.storm import PREFIX
from send_alerts.ports import Ports
from send_alerts.process import SLACK_KEY, Change, process
from send_alerts.reading.notice import OPENING, Hold, Notice, Part, Signal
from send_alerts.reading.parse import FollowUp, Said, Sweep
from send_alerts.sweep import sweep

SILENCE = "a silence"
ROTATION = "rotation:"


def notify(said: Said, ports: Ports) -> str:
    """Notify people, remember changes; what was done, in words.

    Raises TryLater where not everybody has been notified yet; what was sent is recorded and not
    repeated. Any other error is for the queue to repeat.
    """
    if isinstance(said, FollowUp):
        return _follow_up(said, ports)
    if isinstance(said, Sweep):
        return sweep(ports)
    if isinstance(said, OperatorAction):
        return _act(said, ports)
    reasons = [_notify_of(notice, ports) for notice in said]
    return "; ".join(reasons) or "nothing to notify of"


def _notify_of(notice: Notice, ports: Ports) -> str:
    if shown := _part_summary(notice):
        ports.background.record(shown)
    if notice.signal is Signal.CHANGE:
        return remember(notice, ports)
    if notice.part is Part.DEPLOYMENT and notice.ref:
        notice = with_image(notice, ports)
    parent = families.parent_of(notice, ports)
    reasons = [process(notice.key, _taking(notice, parent, ports), ports)]
    if parent or notice.children:
        # The others of its family are to know, and to be quiet or loud.
        for member, change in families.changes(notice, parent, ports):
            reasons.append(process(member, change, ports))
    return "; ".join(reasons)


def _part_summary(notice: Notice) -> PartSummary | None:
    """What `/ops status` shows of the rotation and the probes: their own events' words."""
    if notice.key.startswith(ROTATION) and notice.signal is not Signal.CHANGE:
        secret = notice.key.removeprefix(ROTATION)
        return PartSummary(Shown.ROTATION, secret, notice.occurred_at, notice.title)
    if notice.part is Part.PROBE and (service := dict(notice.facts).get("service")):
        return PartSummary(Shown.VERDICT, service, notice.occurred_at, notice.title)
    return None


def _taking(notice: Notice, parent: str, ports: Ports) -> Change:
    def change(incident: Incident, now: datetime) -> Incident:
        if incident.history.knows(notice):
            return incident
        incident, about = _silenced(incident, notice.name, now, ports), notice
        if incident.hold and notice.signal not in OPENING:
            incident = lift_when_due(incident, now, ports.channels)
        if parent:
            incident, about = families.within_family(incident, notice, parent, ports)
        incident = advance(incident, about, now, ports.channels)
        # An opening is what is announced when a hold has ended: once, with what it says.
        return lift_when_due(incident, now, ports.channels) if incident.hold else incident

    return change


def _follow_up(said: FollowUp, ports: Ports) -> str:
    def change(incident: Incident, now: datetime) -> Incident:
        if said.key.startswith(PREFIX):
            return storm_updates.refresh(incident, now, ports)
        if incident.subject:
            incident = _silenced(incident, incident.subject.name, now, ports)
        return run_follow_up(incident, said.number, now, ports.policy, ports.channels)

    return process(said.key, change, ports)


def _act(action: OperatorAction, ports: Ports) -> str:
    """Do what a person wants, once; a silence is remembered for what is still to come."""
    if action.action is Action.SILENCE and action.until:
        ports.background.silence(action.name, action.until)
    if action.action is Action.UNSILENCE:
        ports.background.unsilence(action.name)
    if not action.incident:
        ports.background.remember(f"operator:{action.action}", action.at, action.title)
        return f"remembered: {action.title}"
    return process(
        action.incident,
        lambda incident, now: act(incident, action, now, ports.channels),
        ports,
    )


def _silenced(incident: Incident, name: str, now: datetime, ports: Ports) -> Incident:
    """Held by a person's silence, if there is one; a later end than known counts."""
    if incident.key == SLACK_KEY:
        return incident
    until = ports.background.silenced_until(name, now)
    return replace(incident, hold=Hold(until, SILENCE, ends_with_next=False)) if until else incident
