"""CloudFormation's notifications by SNS: lines of `Name='value'`, one message for each resource.

Source: AWS CloudFormation User Guide, "Stack options" (notification ARNs).
"""

import re
from copy import replace

from ops_common.ops_events import Severity
from send_alerts.reading.arrival import Arrival
from send_alerts.reading.notice import Notice, Signal
from send_alerts.reading.services.common import incident, notice

_FIELD = re.compile(r"^(\w+)='(.*)'$", re.MULTILINE)
_BAD = re.compile(r"FAILED|ROLLBACK")
_CANCELLED = re.compile(r"\bcancell?ed\b", re.IGNORECASE)
"""What is stopped because something else has failed."""


def from_text(arrival: Arrival) -> list[Notice] | None:
    """A stack's failure lasts until its next success; None for other text.

    Of its resources only one that failed is news.
    """
    text = arrival.body.replace("\r\n", "\n")
    fields = dict(_FIELD.findall(text))
    if not {"StackId", "StackName", "ResourceStatus"} <= fields.keys():
        return None
    stack, status = fields["StackName"], fields["ResourceStatus"]
    reason, resource = fields.get("ResourceStatusReason", ""), fields.get("LogicalResourceId", "")
    whole = fields.get("PhysicalResourceId") == fields["StackId"]
    bad = bool(_BAD.search(status)) and not _CANCELLED.search(reason)
    words = status.replace("_", " ").lower()
    found = notice(
        arrival,
        f"Stack {stack}: {words}" if whole else f"Stack {stack}: {resource} {words}",
        Severity.WARNING if bad else Severity.INFO,
        reason if reason != "null" else "",
        facts=(
            ("Stack", stack),
            ("Resource", "" if whole else f"{fields.get('ResourceType', '')} {resource}".strip()),
        ),
    )
    key = f"stack:{fields['StackId']}"
    changed = replace(found, key=key, signal=Signal.CHANGE)
    if bad:
        return [incident(found, key, Signal.OPEN), *([changed] if whole else [])]
    if whole and status.endswith("_COMPLETE"):
        return [incident(found, key, Signal.RESOLVED), changed]
    return []
