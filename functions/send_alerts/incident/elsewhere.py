"""A story that grows worse is told where the worse ones go, too."""

from copy import replace

from send_alerts.incident.incident import Incident
from send_alerts.incident.outbox_entry import Channel, EntryKind, OutboxEntry


def copy_if_worse(before: Incident, after: Incident) -> Incident:
    """With an entry for the other channel, for each new one of getting worse."""
    known, place = {entry.id for entry in before.outbox}, after.destination.channel
    if after.root is None or not place or after.root.channel == place:
        return after
    more = tuple(
        _there(entry, place)
        for entry in after.outbox
        if entry.id not in known
        and entry.channel is Channel.SLACK
        and entry.kind is EntryKind.WORSE
    )
    return replace(after, outbox=after.outbox + more)


def _there(entry: OutboxEntry, place: str) -> OutboxEntry:
    return replace(entry, id=f"{entry.id}/{place}", place=place)
