"""A notification in the form of CloudWatch's own: the one that on-call services parse.

PagerDuty's and Opsgenie's (Jira Service Management's) integrations for CloudWatch subscribe to a
topic by HTTPS, read the message as a CloudWatch alarm's, fold by its `AlarmName`, open an alert
at `NewStateValue` ALARM and close it at OK. PagerDuty drops what the subject doesn't begin with.
"""

import json
from datetime import UTC, datetime

from ops_common.on_call.summaries import reference
from send_alerts.incident.incident import Incident
from send_alerts.incident.outbox_entry import OutboxEntry
from send_alerts.words.limits import ALARM_TEXT, cut
from send_alerts.words.message_text import title

STATE_VALUES = {
    "opened": "ALARM",
    "flapping": "ALARM",
    "reminder": "ALARM",
    "acknowledged": "ALARM",
    "resolved": "OK",
}
"""By the label `state`."""
NEITHER = "INSUFFICIENT_DATA"
"""Of what opens nothing and ends nothing: on-call services pass it over."""
_ARN = ":alarm:"


def alarm_form(incident: Incident, entry: OutboxEntry, state: str, stack: str, text: str) -> str:
    """The notification as JSON; `state` is its label, `text` what a mail says."""
    key, value = incident.key, STATE_VALUES.get(state, NEITHER)
    arn = key.removeprefix("alarm:") if _ARN in key else ""
    place = arn.split(":") if arn else [""] * 5
    return json.dumps(
        {
            "AlarmName": alarm_name(key),
            "AlarmDescription": _description(incident),
            "NewStateValue": value,
            "OldStateValue": "OK" if value == "ALARM" else "ALARM",
            "NewStateReason": cut(text, ALARM_TEXT),
            "StateChangeTime": _time(entry.at),
            "Region": place[3],
            "AWSAccountId": place[4],
            **({"AlarmArn": arn} if arn else {}),
            # An alarm without a trigger is passed over by some; none measures an incident.
            "Trigger": {
                "MetricName": "incident",
                "Namespace": stack,
                "Dimensions": [{"name": "incident", "value": reference(key)}],
            },
        },
        ensure_ascii=False,
    )


def alarm_name(key: str) -> str:
    """What notifications of one incident are folded by, and what people call it."""
    return f"{key.partition(_ARN)[2] or key} ({reference(key)})"


def alarm_subject(subject: str, state: str) -> str:
    """The subject, with the state in front where an on-call service is to act."""
    value = STATE_VALUES.get(state)
    return f"{value}: {subject}" if value else subject


def _description(incident: Incident) -> str:
    subject = incident.subject
    severity = f"\nseverity: {subject.severity.value}" if subject else ""
    return cut(title(incident), ALARM_TEXT - len(severity)) + severity


def _time(at: datetime) -> str:
    # As CloudWatch writes it.
    return f"{at.astimezone(UTC).isoformat(timespec='milliseconds')[:-6]}+0000"
