"""CloudWatch alarms, as EventBridge sends them and as SNS does."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ops_common.ops_events import Severity
from send_alerts.reading import links, metrics
from send_alerts.reading.alarm_reason import in_words
from send_alerts.reading.notice import Link, Notice, Signal, instant
from send_alerts.reading.stack_info import StackInfo

SIGNALS = {
    "ALARM": Signal.OPEN,
    "OK": Signal.RESOLVED,
    "INSUFFICIENT_DATA": Signal.NO_DATA,
}


def from_event_bridge(event: Mapping[str, Any], stack_info: StackInfo) -> Notice:
    """A `CloudWatch Alarm State Change`. Raises LookupError, TypeError or ValueError on less."""
    detail = event["detail"]
    state, previous = detail["state"], detail.get("previousState", {})
    configuration = detail.get("configuration", {})
    return _notice(
        name=detail["alarmName"],
        region=event["region"],
        description=configuration.get("description") or "",
        state=state["value"],
        reason=state.get("reason", ""),
        at=instant(state["timestamp"]),
        was=SIGNALS.get(previous.get("value", "")),
        since=instant(previous["timestamp"]) if "timestamp" in previous else None,
        rule=configuration.get("alarmRule", ""),
        triggered_by=_triggering(state.get("reasonData", "")),
        measured=[metrics.from_detail(entry) for entry in configuration.get("metrics", [])],
        severity=detail.get("alarmTags", {}).get("severity", ""),
        stack_info=stack_info,
    )


def from_sns(message: Mapping[str, Any], stack_info: StackInfo) -> Notice:
    """An alarm's SNS message; the place's region stands in where an old one has no ARN."""
    arn = message.get("AlarmArn", "")
    return _notice(
        name=message["AlarmName"],
        region=arn.split(":")[3] if arn else stack_info.region,
        description=message.get("AlarmDescription") or "",
        state=message["NewStateValue"],
        reason=message.get("NewStateReason", ""),
        at=instant(message["StateChangeTime"]),
        was=SIGNALS.get(message.get("OldStateValue", "")),
        since=None,
        rule=message.get("AlarmRule", ""),
        triggered_by=[
            child["Arn"].rsplit(":", 1)[-1] for child in message.get("TriggeringChildren", [])
        ],
        measured=metrics.from_trigger(message.get("Trigger", {})),
        severity="",
        stack_info=stack_info,
    )


def _notice(
    *,
    name: str,
    region: str,
    description: str,
    state: str,
    reason: str,
    at: datetime,
    was: Signal | None,
    since: datetime | None,
    rule: str,
    triggered_by: Sequence[str],
    measured: Sequence[metrics.Metric],
    severity: str,
    stack_info: StackInfo,
) -> Notice:
    about = links.read_description(description)
    signal = SIGNALS[state]
    shown = next((metric for metric in measured if metric.returned), None)
    text = in_words(reason, shown.measure) if shown else reason
    if triggered_by and signal is Signal.OPEN:
        text = f"Set off by {', '.join(triggered_by)}"
    facts = [("Rule", rule)] if rule else []
    if about.text:
        facts.append(("About", about.text))
    places = [links.alarm(region, name)]
    log_group = about.log_group or metrics.log_group(measured, stack_info) or stack_info.log_group()
    if log_group:
        places.append(links.logs(region, log_group, at))
    if about.runbook:
        places.append(Link("Runbook", about.runbook))
    return Notice(
        key=f"alarm:{name}",
        signal=signal,
        occurred_at=at,
        name=name,
        title=name,
        severity=_severity(severity or about.severity),
        text=text,
        facts=tuple(facts),
        links=tuple(places),
        was=was,
        since=since,
        widget=metrics.widget(region, name, measured, reason) if signal is Signal.OPEN else "",
    )


def _severity(word: str) -> Severity:
    try:
        return Severity(word.lower())
    except ValueError:
        return Severity.WARNING


def _triggering(reason_data: str) -> list[str]:
    if not reason_data:
        return []
    found = json.loads(reason_data).get("triggeringAlarms", [])
    return [alarm["arn"].rsplit(":", 1)[-1] for alarm in found]
