"""The detail of an alarm's event alone, as a rule with an input path of `$.detail` sends it."""

from send_alerts.reading import alarms
from send_alerts.reading.arrival import Arrival
from send_alerts.reading.notice import Notice


def from_detail(arrival: Arrival) -> list[Notice]:
    """The alarm's event; it happened where its topic is, or this stack. Raises as `alarms` does."""
    event = {
        "account": arrival.account or arrival.stack_info.account,
        "region": arrival.region or arrival.stack_info.region,
        "detail": arrival.body,
    }
    return alarms.from_event_bridge(arrival._replace(body=event))
