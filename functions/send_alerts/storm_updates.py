"""Storms, with their item, their members and their message to ourselves."""

from copy import replace
from datetime import datetime

from send_alerts.incident import storm
from send_alerts.incident.enqueue import fold
from send_alerts.incident.incident import FollowUpDue, Incident, RootMessage
from send_alerts.incident.outbox_entry import OutboxEntry
from send_alerts.incident.storm import PREFIX, Opening, Storms
from send_alerts.ports import Ports
from send_alerts.reading.parse import FollowUp, as_event

SUMMARY = 0
"""The number of a follow-up message that asks for the storm to be checked."""


def join(incident: Incident, opening: OutboxEntry, now: datetime, ports: Ports) -> Incident:
    """The incident, folded into a storm's digest if it opens among too many others."""
    subject = incident.subject
    if subject is None or incident.key.startswith(PREFIX):
        return incident
    one = Opening(
        incident.key, opening.at, now, subject.title, subject.severity, subject.environment
    )
    key = ports.storms.join(
        one,
        now,
        ports.policy.storm_threshold,
        # The message goes first: one too many does nothing, a missing one is never made up.
        begins=lambda key: _check_again(key, now + storm.WINDOW, ports),
    )
    return fold(incident, opening, key, ports.channels) if key else incident


def refresh(incident: Incident, now: datetime, ports: Ports) -> Incident:
    """The storm's own incident, brought up to date with its members, and the next check of them."""
    storms = ports.storms.read()
    joins = storms.key == incident.key and storms.lasts(now)
    members = [] if joins else _members(incident, storms, ports)
    incident = storm.refresh(incident, storms, members, now, ports.channels)
    if incident.history.current is None:
        return incident
    check_at = now + max(incident.history.flap_window, storm.WINDOW)
    check_at = storms.quiet_at if joins and storms.quiet_at else check_at
    if not incident.history.lasts:
        return replace(incident, follow_up=FollowUpDue(SUMMARY, None))
    _check_again(incident.key, check_at, ports)
    return replace(incident, follow_up=FollowUpDue(SUMMARY, check_at))


def bring_back(before: datetime, ports: Ports) -> list[str]:
    """Ask for the digest of a storm that nobody has made; its key."""
    storms = ports.storms.read()
    if storms.quiet_at is None or storms.quiet_at >= before:
        return []
    if ports.incidents.load(storms.key).incident.history.current is not None:
        return []
    _check_again(storms.key, ports.clock(), ports)
    return [storms.key]


def _members(digest: Incident, storms: Storms, ports: Ports) -> list[Incident]:
    keys = digest.subject.children if digest.subject else ()
    if storms.key == digest.key:
        keys = tuple(member.key for member in storms.members)
    return [ports.incidents.load(key).incident for key in keys]


def with_digest(incident: Incident, digest: Incident) -> Incident:
    """A member, with the digest's message as its root."""
    if digest.root is None or incident.folded_for is None:
        return incident
    root = RootMessage(
        digest.root.channel, digest.root.ts, incident.folded_for, shown="", digest=True
    )
    return replace(incident, root=root)


def _check_again(key: str, at: datetime, ports: Ports) -> None:
    ports.schedules.put(f"{key}/summary", at, as_event(FollowUp(key, SUMMARY)))
