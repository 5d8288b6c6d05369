"""Records of dead-letter queues: what failed stands in their attributes, not in their body.

Sources: Lambda Developer Guide, "Capturing records of Lambda asynchronous invocations" (dead-letter
queues); Amazon EventBridge User Guide, "Using dead-letter queues to process undelivered events";
EventBridge Scheduler User Guide, "Configuring a dead-letter queue".
"""

from ops_common.ops_events import Severity
from send_alerts.reading.arrival import Arrival
from send_alerts.reading.notice import Notice
from send_alerts.reading.services.common import block, name_in, notice

OF_A_FUNCTION = {"RequestID", "ErrorCode", "ErrorMessage"}
"""The attributes by which a record is one of a function that failed."""
SCHEDULER = "X-Amz-Scheduler-"


def from_function(arrival: Arrival) -> list[Notice]:
    """A function that failed, whatever the event was that it failed on."""
    known = arrival.attributes
    message = known["ErrorMessage"]
    return [
        notice(
            arrival,
            f"A function has failed: {message}",
            Severity.WARNING,
            f"{message}, on the event\n{block(arrival.body)}",
            facts=(("Error code", known["ErrorCode"]), ("Request", known["RequestID"])),
        )
    ]


def from_delivery(arrival: Arrival) -> list[Notice]:
    """What a rule or a schedule could not deliver; nothing for another message."""
    known = arrival.attributes
    schedule, rule = known.get(f"{SCHEDULER}Schedule-Arn", ""), known.get("RULE_ARN", "")
    schedule = schedule or known.get("SCHEDULE_ARN", "")
    error = known.get(f"{SCHEDULER}Error-Message") or known.get("ERROR_MESSAGE") or ""
    if not (schedule or rule):
        return []
    who = f"schedule {name_in(schedule)}" if schedule else f"rule {name_in(rule)}"
    target = known.get(f"{SCHEDULER}Target-Arn") or known.get("TARGET_ARN")
    return [
        notice(
            arrival,
            f"The {who} could not deliver to {name_in(target)}",
            Severity.WARNING,
            f"{error}\n{block(arrival.body)}",
            facts=(
                ("Error code", known.get(f"{SCHEDULER}Error-Code") or known.get("ERROR_CODE")),
                ("Attempts", known.get(f"{SCHEDULER}Attempt") or known.get("RETRY_ATTEMPTS")),
                ("Target", target),
            ),
        )
    ]
