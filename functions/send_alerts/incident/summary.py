"""What a list of incidents shows of one: `/ops status`, `make incidents`."""

from ops_common.on_call.summaries import IncidentSummary
from send_alerts.incident.incident import Incident


def summary_of(incident: Incident, title: str) -> IncidentSummary | None:
    """The summary; None for what never was an incident, such as a note."""
    subject, episode = incident.subject, incident.current
    if subject is None or episode is None:
        return None
    acknowledged, hold = incident.acknowledged, incident.hold
    return IncidentSummary(
        key=incident.key,
        name=subject.name,
        title=title,
        severity=subject.severity,
        opened_at=episode.opened_at,
        closed_at=episode.closed_at,
        acknowledged_by=acknowledged.by if acknowledged else "",
        acknowledged_at=acknowledged.at if acknowledged else None,
        silenced_until=hold.until if hold else None,
    )
