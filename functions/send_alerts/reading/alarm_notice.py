"""What an alarm's event says, as a notice: whichever way it came, the same."""

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ops_common.ops_events import Severity
from send_alerts.reading import links
from send_alerts.reading.alarm_reason import read_reason
from send_alerts.reading.composite_rule import children_of
from send_alerts.reading.metrics import Measured
from send_alerts.reading.notice import Guide, Hold, Link, Notice, Part, Signal
from send_alerts.reading.severities import severity_of
from send_alerts.reading.stack_info import StackInfo

SIGNALS = {
    "ALARM": Signal.OPEN,
    "OK": Signal.RESOLVED,
    "INSUFFICIENT_DATA": Signal.NO_DATA,
}
MOST_TAGS = 5
RUNBOOK = "alarms-of-the-system"
"""The section for an alarm that names none."""
OVER = "the alarm goes to OK"
# A table's capacity has two more, which ring while it isn't what was asked for.
_TARGET_TRACKING = re.compile(
    r"TargetTracking-(?P<of>.+)-(?P<kind>Alarm|ProvisionedCapacity)(?P<side>High|Low)-[0-9a-f-]{36}$"
)


@dataclass(frozen=True)
class Alarm:
    """What an event says of an alarm, whichever way it came."""

    arn: str
    name: str
    state: str
    reason: str
    at: datetime
    measured: Measured
    was: Signal | None = None
    since: datetime | None = None
    description: str = ""
    rule: str = ""
    triggered_by: Sequence[str] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    hold: Hold | None = None
    contributor: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    none_left: bool = False
    """No contributor is in ALARM any more."""
    query: str = ""
    """Of a PromQL alarm, whose events bring no reason."""

    @property
    def account(self) -> str:
        """Of the alarm, which may be another than ours."""
        return self.arn.split(":")[4]

    @property
    def region(self) -> str:
        """Of the alarm, which may be another than ours."""
        return self.arn.split(":")[3]


def notices_of(alarm: Alarm, stack_info: StackInfo, *, own_state: bool = True) -> list[Notice]:
    """The notices of it; `own_state` where it is the alarm's state, not a contributor's."""
    if tracking := _TARGET_TRACKING.match(alarm.name):
        adds = tracking["kind"] == "Alarm" and tracking["side"] == "High"
        return [_of_auto_scaling(alarm, tracking["of"])] if adds and alarm.state == "ALARM" else []
    about = links.read_description(alarm.description)
    signal = SIGNALS[alarm.state]
    opens = signal is Signal.OPEN
    tagged = next((word for name, word in alarm.tags.items() if _is_severity(name)), "")
    severity, said = severity_of(tagged or about.severity)
    reason = read_reason(alarm.reason, alarm.measured.name)
    return [
        Notice(
            key=f"alarm:{alarm.arn}",
            signal=signal if own_state else Signal.CONTRIBUTOR,
            occurred_at=alarm.at,
            name=alarm.name,
            title=alarm.name,
            severity=severity,
            text=_text(alarm, reason.text),
            facts=(*said, *_facts(alarm, about, stack_info)),
            links=tuple(_links(alarm, about, stack_info)),
            was=alarm.was,
            since=alarm.since,
            widget=(
                alarm.measured.widget(alarm.region, alarm.name, reason.threshold)
                if opens and own_state
                else ""
            ),
            # What ends the alarm itself ends every series.
            part=Part.SERIES if alarm.contributor and not alarm.none_left else Part.WHOLE,
            ref=alarm.contributor,
            hold=alarm.hold,
            tags=tuple(_tags(alarm, about).items()),
            guide=_guide(alarm, about) if opens else Guide(),
            children=children_of(alarm.arn, alarm.name, alarm.rule) if alarm.rule else (),
        )
    ]


def _text(alarm: Alarm, text: str) -> str:
    if not text and alarm.query:
        text = f"{alarm.query} {'has' if alarm.state == 'ALARM' else 'has no'} results"
    if alarm.triggered_by and alarm.state == "ALARM":
        text = f"Set off by {', '.join(alarm.triggered_by)}"
    if alarm.contributor:
        who = f"{_listed(alarm.attributes) or alarm.contributor} is {alarm.state}"
        return f"{who}: {text}" if text else who
    return text


def _facts(
    alarm: Alarm, about: links.Description, stack_info: StackInfo
) -> tuple[tuple[str, str], ...]:
    facts = [("Rule", alarm.rule)] if alarm.rule else []
    if about.text:
        facts.append(("About", about.text))
    if alarm.measured.resource:
        facts.append(("Resource", alarm.measured.resource))
    if alarm.attributes:
        facts.append(("Contributor", _listed(alarm.attributes)))
    if about.runbook_place:
        facts.append(("Runbook", about.runbook_place))
    elif not about.runbook:
        facts.extend(stack_info.runbook_fact(RUNBOOK))
    shown = list(_tags(alarm, about).items())[:MOST_TAGS]
    return (*facts, *((f"Tag {key}", value) for key, value in shown))


def _tags(alarm: Alarm, about: links.Description) -> dict[str, str]:
    """The alarm's tags; its description may name the team, too."""
    team = {"team": about.team} if about.team else {}
    return team | {key: value for key, value in alarm.tags.items() if not _is_severity(key)}


def _is_severity(tag: str) -> bool:
    # Many teams begin their tags with a capital, as AWS's guides do.
    return tag.lower() == "severity"


def _guide(alarm: Alarm, about: links.Description) -> Guide:
    """As the description says it; of an alarm that says less, what holds for each."""
    return Guide(about.impact or about.text, about.check or _history(alarm), OVER)


def _history(alarm: Alarm) -> str:
    """The runbook's first command for any alarm: is it new, or does it flap?"""
    return (
        f"aws cloudwatch describe-alarm-history --alarm-name {shlex.quote(alarm.name)}"
        f" --history-item-type StateUpdate --max-items 5 --region {alarm.region}"
    )


def _links(alarm: Alarm, about: links.Description, stack_info: StackInfo) -> list[Link]:
    known = alarm.measured.log_group if _is_here(alarm, stack_info) else ""
    places = links.of_alarm(alarm.region, alarm.name, alarm.at, about.log_group or known)
    if about.runbook:
        places.append(Link("Runbook", about.runbook))
    elif not about.runbook_place:
        places.extend(stack_info.runbook(RUNBOOK))
    return places


def _is_here(alarm: Alarm, stack_info: StackInfo) -> bool:
    """Whether it is of this function's own account and region: only there are the app's logs."""
    ours = alarm.account in ("", stack_info.account) or not stack_info.account
    return ours and alarm.region == stack_info.region


def _of_auto_scaling(alarm: Alarm, target: str) -> Notice:
    """Target tracking owns two alarms: one adds tasks, the other rings whenever a service idles."""
    return Notice(
        key=f"scaling:{target}",
        signal=Signal.CHANGE,
        occurred_at=alarm.at,
        name=alarm.name,
        title=f"Auto scaling is about to add to {target}",
        severity=Severity.INFO,
        text="",
    )


def _listed(attributes: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in attributes.items())
