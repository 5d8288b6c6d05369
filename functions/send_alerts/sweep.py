"""Follow-ups that have not come, asked for anew: a schedule may be lost, an incident may not."""

from ops_common.observability import logger
from send_alerts import storm_updates
from send_alerts.incident.follow_up import OVERDUE
from send_alerts.ports import Ports
from send_alerts.reading.parse import FollowUp, as_event


def sweep(ports: Ports) -> str:
    """Put the schedule of each overdue follow-up again, for now; what was done, in words.

    Each arrives with its own attempts, as the lost one would have. Should that still come, its
    number or the incident's state makes the second one stale.
    """
    now = ports.clock()
    lost = []
    for key in ports.incidents.due_before(now - OVERDUE):
        follow_up = ports.incidents.load(key).incident.follow_up
        if follow_up and follow_up.due_at and follow_up.due_at < now - OVERDUE:
            ports.schedules.put(key, now, as_event(FollowUp(key, follow_up.number)))
            lost.append(key)
    lost += storm_updates.bring_back(now - OVERDUE, ports)
    if lost:
        logger.warning("follow-ups were lost", incidents=lost)
    return f"{len(lost)} overdue"
