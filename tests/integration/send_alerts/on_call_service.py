"""An on-call service's integration for CloudWatch, by what is known of PagerDuty's and Opsgenie's.

A message is CloudWatch's JSON, or dropped; so is one whose subject doesn't begin with its state
(PagerDuty). ALARM opens the alert of that `AlarmName`, or adds to the one that is open; OK closes
it; anything else is passed over.
"""

import json
from dataclasses import dataclass, field

from local.http_server import Request, Response

REQUIRED = ("AlarmName", "NewStateReason", "StateChangeTime", "Trigger")


@dataclass
class OnCallService:
    """What somebody on call would see."""

    open: dict[str, int] = field(default_factory=dict)
    """How often each alert has been set off, by its name."""
    closed: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)

    def answer(self, request: Request) -> Response:
        """Take in what SNS posts."""
        notification = request.json()
        subject = str(notification.get("Subject", ""))
        try:
            alarm = json.loads(notification["Message"])
            name, state = str(alarm["AlarmName"]), str(alarm["NewStateValue"])
        except (KeyError, TypeError, ValueError):
            self.dropped.append(subject)
            return Response(202)
        if any(field not in alarm for field in REQUIRED):
            self.dropped.append(subject)
        elif state not in ("ALARM", "OK"):
            self.passed_over.append(subject)
        elif not subject.startswith(f"{state}: "):
            self.dropped.append(subject)
        elif state == "ALARM":
            self.open[name] = self.open.get(name, 0) + 1
        elif self.open.pop(name, None):
            self.closed.append(name)
        return Response(202)
