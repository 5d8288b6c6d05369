"""CloudWatch alarms, as EventBridge sends them and as SNS does.

An alarm has one identity, its ARN: one of the same name in another account or region is another.
Its own state alone opens and ends its incident; what contributes to it is a line.
"""

import json
import re
from collections.abc import Callable, Mapping
from copy import replace
from datetime import timedelta
from typing import Any

from ops_common.datetimes import parse_utc
from ops_common.ops_events import Severity
from send_alerts.reading import links, metrics
from send_alerts.reading.alarm_notice import SIGNALS, Alarm, notices_of
from send_alerts.reading.arrival import SHAPES, Arrival
from send_alerts.reading.notice import Hold, Notice, Signal

WAIT = timedelta(seconds=120)
"""How long a composite waits for its suppressor, where the event does not say."""
PERIODS = {
    "WaitPeriod": ("actionsSuppressorWaitPeriod", "waiting for"),
    "ExtensionPeriod": ("actionsSuppressorExtensionPeriod", "a while after"),
}
"""What holds a composite back for some time: the field that says how long, and words for it."""
_COUNTED = re.compile(r"\b\d+ (?:out )?of \d+ (?:contributors|time series)")
_NONE_LEFT = re.compile(r"\b0 (?:out )?of \d+ (?:contributors|time series)")


def from_event_bridge(arrival: Arrival) -> list[Notice]:
    """A `CloudWatch Alarm State Change`. Raises LookupError, TypeError or ValueError on less."""
    detail = arrival.body["detail"]
    state, previous = detail["state"], _object(detail.get("previousState"))
    configuration = _object(detail.get("configuration"))
    alarm = replace(
        _of_event(arrival),
        was=SIGNALS.get(str(previous.get("value"))),
        since=_readable(parse_utc, previous.get("timestamp")),
        rule=str(configuration.get("alarmRule") or ""),
        triggered_by=_readable(_triggering, state.get("reasonData")) or (),
    )
    return notices_of(alarm, arrival.stack_info)


def from_contributor(arrival: Arrival) -> list[Notice]:
    """A `CloudWatch Alarm Contributor State Change`: one series of an alarm over many."""
    contributor = arrival.body["detail"]["alarmContributor"]
    alarm = replace(
        _of_event(arrival),
        contributor=str(contributor["id"]),
        attributes=_texts(contributor.get("attributes")),
    )
    return notices_of(alarm, arrival.stack_info, own_state=False)


def _of_event(arrival: Arrival) -> Alarm:
    """What both events have; only name and state must be as they are documented."""
    event, detail = arrival.body, arrival.body["detail"]
    configuration = _object(detail.get("configuration"))
    return Alarm(
        arn=_arn(event, detail["alarmName"]),
        name=detail["alarmName"],
        state=detail["state"]["value"],
        reason=str(detail["state"].get("reason") or ""),
        at=_readable(parse_utc, detail["state"].get("timestamp")) or arrival.at,
        description=str(configuration.get("description") or ""),
        measured=metrics.of_event(configuration.get("metrics"), arrival.stack_info),
        tags=_texts(detail.get("alarmTags")),
        hold=_readable(_hold, detail, configuration),
        query=_readable(_query, configuration) or "",
    )


def from_configuration(arrival: Arrival) -> list[Notice]:
    """A `CloudWatch Alarm Configuration Change`: no OK will come of an alarm that is deleted."""
    event, detail = arrival.body, arrival.body["detail"]
    name, operation = detail["alarmName"], detail["operation"]
    if operation not in ("delete", "update"):
        return []
    deleted, at = operation == "delete", parse_utc(event["time"])
    return [
        Notice(
            key=f"alarm:{_arn(event, name)}",
            signal=Signal.RESOLVED if deleted else Signal.CHANGE,
            occurred_at=at,
            name=name,
            title=name if deleted else f"Alarm {name} was changed",
            severity=Severity.WARNING,
            text="The alarm was deleted: no OK of it will come" if deleted else "",
            links=tuple(links.of_alarm(event["region"], name, at)),
        )
    ]


def from_sns(arrival: Arrival) -> list[Notice]:
    """An alarm's SNS message; an old one has no ARN, and its topic's region is the alarm's."""
    message, name = arrival.body, arrival.body["AlarmName"]
    place = {
        "region": arrival.region or arrival.stack_info.region,
        "account": message.get("AWSAccountId") or "",
    }
    reason = str(message.get("NewStateReason") or "")
    # Each contributor notifies by itself, and the alarm doesn't. Where the reason counts them,
    # that one is well says nothing of the others.
    none_left, counted = bool(_NONE_LEFT.search(reason)), bool(_COUNTED.search(reason))
    contributor = str(message.get("AlarmContributorId") or "")
    state = message["NewStateValue"]
    a_line = state == "INSUFFICIENT_DATA" or (state == "OK" and counted and not none_left)
    return notices_of(
        Alarm(
            arn=message.get("AlarmArn") or _arn(place, name),
            name=name,
            state=state,
            reason=reason,
            at=_readable(parse_utc, message.get("StateChangeTime")) or arrival.at,
            was=None if contributor else SIGNALS.get(str(message.get("OldStateValue"))),
            description=str(message.get("AlarmDescription") or ""),
            rule=str(message.get("AlarmRule") or ""),
            triggered_by=_readable(_names, message.get("TriggeringChildren"), "Arn") or (),
            measured=metrics.of_message(message.get("Trigger"), arrival.stack_info),
            contributor=contributor,
            attributes=_texts(message.get("AlarmContributorAttributes")),
            none_left=none_left and state == "OK",
            query=_readable(_query, message) or "",
        ),
        arrival.stack_info,
        own_state=not (contributor and a_line),
    )


def from_detail(arrival: Arrival) -> list[Notice]:
    """The detail alone, by a rule's input path; it happened where its topic is, or this stack."""
    event = {
        "account": arrival.account or arrival.stack_info.account,
        "region": arrival.region or arrival.stack_info.region,
        "detail": arrival.body,
    }
    return from_event_bridge(arrival._replace(body=event))


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _texts(values: Any) -> dict[str, str]:
    """Names and values, where they are such."""
    return {str(name): str(value) for name, value in _object(values).items()}


def _readable[*Values, T](read: Callable[[*Values], T], *values: *Values) -> T | None:
    """What it reads of the values; None where it can't, which is no reason to lose the rest."""
    try:
        return read(*values)
    except SHAPES:
        return None


def _hold(detail: Mapping[str, Any], configuration: Mapping[str, Any]) -> Hold | None:
    """Held back by a mute rule, or by the suppressor of a composite alarm."""
    if mute := detail.get("muteDetail"):
        rule = str(mute.get("mutedByArn") or "").rsplit(":", 1)[-1]
        return Hold(parse_utc(mute["muteWindowEnd"]), f"AWS's mute rule {rule}".strip())
    by = detail["state"].get("actionsSuppressedBy")
    if not by:
        return None
    suppressor = str(configuration.get("actionsSuppressor") or "its suppressor")
    suppressor = suppressor.rsplit(":alarm:", 1)[-1]
    if by not in PERIODS:
        return Hold(None, f"the alarm {suppressor}")
    field, words = PERIODS[by]
    seconds = configuration.get(field)
    wait = WAIT if seconds is None else timedelta(seconds=float(seconds))
    return Hold(parse_utc(detail["state"]["timestamp"]) + wait, f"{words} {suppressor}")


def _query(configuration: Mapping[str, Any]) -> str:
    """The query of a PromQL alarm, by EventBridge or by SNS."""
    criteria = configuration.get("evaluationCriteria") or configuration["EvaluationCriteria"]
    language = criteria.get("promQLCriteria") or criteria["PromQLCriteria"]
    return str(language.get("query") or language["Query"])


def _arn(event: Mapping[str, Any], name: str) -> str:
    resource = str(next(iter(event.get("resources") or ()), ""))
    if resource.endswith(f":alarm:{name}"):
        return resource
    region, account = event["region"], event.get("account", "")
    return f"arn:{links.partition(region)}:cloudwatch:{region}:{account}:alarm:{name}"


def _triggering(reason_data: Any) -> list[str]:
    values = json.loads(reason_data) if isinstance(reason_data, str) else reason_data
    return _names(values.get("triggeringAlarms"), "arn")


def _names(alarms: Any, field: str) -> list[str]:
    return [str(alarm[field].split(":", 6)[-1]) for alarm in alarms or ()]
