"""The end of an incident for SNS: kept back until a flap can no longer undo it (decision 15)."""

from copy import replace
from datetime import datetime

from send_alerts.incident.incident import Incident
from send_alerts.incident.outbox_entry import EntryKind, OutboxEntry


def may_come_back(incident: Incident, entry: OutboxEntry, now: datetime) -> bool:
    """Whether it is an end that a flap may still undo; whoever reads mail hears of a sure one."""
    return entry.kind is EntryKind.RESOLVED and now < entry.at + incident.history.flap_window


def end_mail_due(incident: Incident) -> datetime | None:
    """When the end that waits is sure."""
    return incident.end_mail.at + incident.history.flap_window if incident.end_mail else None


def mail_end_when_due(incident: Incident, now: datetime) -> Incident:
    """With the end in the outbox that was kept back, if it is sure by now."""
    due = end_mail_due(incident)
    return mail_end(incident) if due and now >= due else incident


def mail_end(incident: Incident) -> Incident:
    """With the end in the outbox that was kept back: nothing undoes it."""
    if incident.end_mail is None:
        return incident
    return replace(incident, outbox=(*incident.outbox, incident.end_mail), end_mail=None)


def without_undone_end(incident: Incident) -> Incident:
    """Without the end that waits, where the incident came back; sent, where another has begun."""
    end, episode = incident.end_mail, incident.current
    if end is None or episode is None or not episode.open:
        return incident
    return replace(incident, end_mail=None) if episode.opened_at <= end.at else mail_end(incident)
