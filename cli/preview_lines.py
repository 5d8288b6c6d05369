"""`make preview EVENT=<file or folder> FORMAT=json`: a line per event, for programs."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local.alert_rules import comes_by_a_rule, rule_for
from local.alerts_in_memory import AlertsInMemory
from send_alerts.reading.notice import Guide, Notice, Signal
from send_alerts.reading.parse import NotAnEvent, parse
from send_alerts.reading.stack_info import StackInfo

STACK_INFO = StackInfo("eu-west-1", "/ecs/", "jiki-api-web", "", cluster="jiki-production")


def lines(path: Path, now: Any) -> Iterator[dict[str, Any]]:
    """What the events of a file or a folder's files amount to, each by itself."""
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    for file in files:
        if file.suffix in (".json", ".txt") and file.name not in (
            "expected.json",
            "sequences.json",
        ):
            yield _line(file, now)


def rule_of(body: str) -> tuple[str | None, bool]:
    """The rule that lets an event through, and whether it needs one."""
    try:
        event = json.loads(body)
    except ValueError:
        return None, False
    needed = comes_by_a_rule(event)
    return (rule_for(event) if needed else None), needed


def _line(file: Path, now: Any) -> dict[str, Any]:
    body = file.read_text()
    rule, needed = rule_of(body)
    line: dict[str, Any] = {"file": str(file), "rule": rule, "by_rule": needed}
    empty = dict.fromkeys(
        ("incident", "state", "severity", "title", "text", "facts", *Guide._fields)
    )
    try:
        said = parse(body, now, STACK_INFO)
    except NotAnEvent as error:
        return {**line, **empty, "refused": str(error)}
    if not isinstance(said, list) or not said:
        return {**line, **empty}
    alerts = AlertsInMemory()
    alerts.notify(said, max(notice.occurred_at for notice in said))
    shown = _shown(said)
    opened, ended = alerts.open_incidents(), alerts.ended_incidents()
    state = "open" if shown.key in opened else "resolved" if shown.key in ended else None
    return {
        **line,
        "incident": shown.key,
        "state": state or shown.signal.value,
        "severity": shown.severity.value,
        "title": shown.title,
        "text": shown.text,
        "facts": dict(shown.facts),
        **shown.guide._asdict(),
    }


def _shown(notices: list[Notice]) -> Notice:
    """The one that people see, if there is one beside what is remembered."""
    return next((one for one in notices if one.signal is not Signal.CHANGE), notices[0])
