"""Storms, with their item and their message to ourselves."""

from copy import replace
from datetime import datetime

from send_alerts.incident import storm
from send_alerts.incident.decide import first_announcement, fold
from send_alerts.incident.follow_up import Policy
from send_alerts.incident.incident import Incident, RootMessage
from send_alerts.incident.storm import PREFIX, Opening, Storms
from send_alerts.ports import Ports
from send_alerts.reading.parse import FollowUp, as_event

SUMMARY = 0
"""The number of a follow-up message that asks for the storm to be summed up."""


def join(
    before: Incident, after: Incident, now: datetime, ports: Ports, policy: Policy
) -> Incident:
    """The incident, folded into a storm's digest if it comes among too many others."""
    opening, subject = first_announcement(before, after), after.subject
    if opening is None or subject is None or after.key.startswith(PREFIX):
        return after
    one = Opening(after.key, opening.at, now, subject.title, subject.severity)

    def change(storms: Storms) -> tuple[Storms, str]:
        changed, key = storm.join(storms, one, now, policy.storm_threshold)
        if key and key != storms.key:
            # The message goes first: one too many does nothing, a missing one is never made up.
            _ask_for_summary(changed, ports)
        return changed, key

    key = ports.storms.change(change)
    return fold(after, opening, key, ports.channels) if key else after


def refresh(incident: Incident, now: datetime, ports: Ports) -> Incident:
    """The storm's own incident, brought up to date with its members."""
    storms = ports.storms.read()
    if storms.key == incident.key and storms.lasts(now):
        _ask_for_summary(storms, ports)
    return storm.refresh(incident, storms, now, ports.channels)


def with_digest(incident: Incident, digest: Incident) -> Incident:
    """A member, with the digest's message as its root."""
    if digest.root is None or incident.folded_for is None:
        return incident
    root = RootMessage(
        digest.root.channel, digest.root.ts, incident.folded_for, shown="", digest=True
    )
    return replace(incident, root=root)


def _ask_for_summary(storms: Storms, ports: Ports) -> None:
    if storms.quiet_at:
        message = as_event(FollowUp(storms.key, SUMMARY))
        ports.schedules.put(f"{storms.key}/summary", storms.quiet_at, message)
