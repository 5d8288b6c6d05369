"""What `/ops status` shows of the rotation and the probes: their own events' words."""

from ops_common.on_call.summaries import Part as Shown
from ops_common.on_call.summaries import PartSummary
from send_alerts.reading.notice import Notice, Part, Signal

ROTATION = "rotation:"


def part_summary(notice: Notice) -> PartSummary | None:
    """The summary that a notice brings; None for what is about none of them."""
    facts = dict(notice.facts)
    if notice.key.startswith(ROTATION) and notice.signal is not Signal.CHANGE:
        secret = notice.key.removeprefix(ROTATION)
        return PartSummary(Shown.ROTATION, secret, notice.occurred_at, notice.title)
    if notice.part is Part.PROBE and facts.get("service"):
        return PartSummary(Shown.VERDICT, facts["service"], notice.occurred_at, notice.title)
    return None
