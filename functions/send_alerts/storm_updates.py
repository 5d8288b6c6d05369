"""Storms, with their item and their messages to ourselves."""

from collections.abc import Callable
from copy import replace
from datetime import datetime, timedelta

from send_alerts.incident import storm
from send_alerts.incident.incident import Incident, Policy
from send_alerts.incident.storm import PREFIX, Storms
from send_alerts.ports import Ports

REFRESH = 0
"""The number of a follow-up message that asks for the storm to be told as it stands."""
PAUSE = timedelta(seconds=10)
"""At most one edit of the storm's message in that time, however many incidents join."""


def join(
    incident: Incident, opening: datetime, now: datetime, ports: Ports, policy: Policy
) -> Incident:
    """The incident, marked as told within a storm if it comes among too many others."""
    subject = incident.subject
    if subject is None or incident.key.startswith(PREFIX):
        return incident

    def change(storms: Storms) -> tuple[Storms, bool]:
        return storm.join(storms, incident.key, opening, subject, now, policy.storm_threshold)

    return replace(incident, folded_for=opening) if ports.storms.change(change) else incident


def report(incident: Incident, ports: Ports, policy: Policy) -> None:
    """Tell the storm how its member stands, and see to it that people are told soon.

    Raises Conflict, and botocore's errors.
    """
    now = ports.clock()
    episode = incident.current(policy)

    def change(storms: Storms) -> tuple[Storms, None]:
        storms = storm.report(storms, incident.key, is_open=bool(episode and episode.open))
        if storms.refresh_at and now <= storms.refresh_at <= now + PAUSE:
            return storms, None
        return _asked(storms, now + PAUSE if storms.refresh_at else now, now, ports), None

    ports.storms.change(change)


def refresh(ports: Ports, policy: Policy) -> Callable[[Incident, datetime], Incident]:
    """The change that brings the storm's own incident up to date."""

    def change(incident: Incident, now: datetime) -> Incident:
        def ask(storms: Storms) -> tuple[Storms, Storms]:
            quiet_at, asked = storms.quiet_at(), storms.refresh_at
            if quiet_at is None or now >= quiet_at or (asked and asked > now):
                return storms, storms
            return _asked(storms, quiet_at, now, ports), storms

        return storm.refresh(incident, ports.storms.change(ask), now, policy, ports.channels)

    return change


def _asked(storms: Storms, at: datetime, now: datetime, ports: Ports) -> Storms:
    # The message goes first: one too many does nothing, a missing one would leave it untold.
    ports.queue.send_follow_up(storms.key, REFRESH, (at - now).total_seconds())
    return replace(storms, refresh_at=at)
