"""The notice that names an incident."""

from ops_common.ops_events import Severity
from send_alerts.incident.episodes import episode_at
from send_alerts.incident.incident import Incident
from send_alerts.reading.notice import OPENING, Notice


def subject_after(incident: Incident, notice: Notice) -> Notice:
    """The notice that names the incident: its newest opening, of a story the worst part's."""
    known = incident.subject
    if known is None:
        return notice
    if (known.signal in OPENING) is not (notice.signal in OPENING):
        return known if known.signal in OPENING else notice
    if known.part is not notice.part and _of_one(incident, known, notice):
        critical = [one for one in (known, notice) if one.severity is Severity.CRITICAL]
        if len(critical) == 1:
            return critical[0]
    return notice if notice.occurred_at >= known.occurred_at else known


def _of_one(incident: Incident, one: Notice, other: Notice) -> bool:
    """Whether both fall into the same incident."""
    at = min(one.occurred_at, other.occurred_at)
    later = max(one.occurred_at, other.occurred_at)
    return episode_at(incident.episodes, at) == episode_at(incident.episodes, later)
