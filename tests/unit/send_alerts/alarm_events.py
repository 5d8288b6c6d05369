"""A world in which whole alarm events arrive."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from send_alerts.incident.episodes import Episode
from send_alerts.reading.parse import parse
from tests.unit.send_alerts.alert_world import STACK_INFO, AlertWorld

type Event = Callable[[str], Any]
HERE = "alarm:arn:aws:cloudwatch:eu-west-1:123456789012:alarm"
CPU, DOWN = f"{HERE}:jiki-api-web-cpu-high", f"{HERE}:jiki-api-down"
CHILD = "jiki-api-unhealthy-targets"


def clock(time: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-25T{time}").replace(tzinfo=UTC)


class Story(AlertWorld):
    """A world in which whole events arrive."""

    def arrives(self, event: Any, at: str = "") -> None:
        self.now = clock(at) if at else max(self.now, clock("13:00"))
        said = parse(json.dumps(event), self.now, STACK_INFO)
        assert isinstance(said, list)
        self.notify_until_done(*said)

    def wait_until(self, at: str) -> None:
        minutes = (clock(at) - clock("12:00")).total_seconds() / 60
        self.let_time_pass(minutes)

    def current(self, key: str) -> Episode:
        episode = self.incident(key).history.current
        assert episode is not None
        return episode


def alarm(event: Event, name: str, state: str, at: str) -> Any:
    """The metric alarm's event, as if of another alarm of the account."""
    given = event("alerts/alarm_metric")
    detail = given["detail"]
    detail["alarmName"] = name
    detail["state"] |= {"value": state, "timestamp": clock(at).isoformat()}
    detail["previousState"]["value"] = "OK" if state == "ALARM" else "ALARM"
    return {**given, "resources": [f"{HERE.removeprefix('alarm:')}:{name}"]}


def composite(event: Event, state: str, at: str) -> Any:
    given = event("alerts/alarm_composite")
    given["detail"]["alarmName"] = "jiki-api-down"
    given["detail"]["state"] |= {"value": state, "timestamp": clock(at).isoformat()}
    given["detail"]["previousState"]["value"] = "OK" if state == "ALARM" else "ALARM"
    return given
