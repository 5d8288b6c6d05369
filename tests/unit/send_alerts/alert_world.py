"""A world that feeds send_alerts events, between fakes."""

import json
from copy import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from local.alerts_in_memory import Nothing
from local.stores_in_memory import BackgroundInMemory, ItemsInMemory
from ops_common.on_call.operator_action import OperatorAction
from ops_common.ops_events import Severity
from send_alerts.channels.storms import DynamoStorms
from send_alerts.incident.follow_up import NotificationPolicy
from send_alerts.incident.history import FLAP_WINDOW
from send_alerts.incident.incident import Incident
from send_alerts.notify import notify
from send_alerts.ports import Ports, TryLater
from send_alerts.reading.notice import Link, Notice, Signal
from send_alerts.reading.parse import parse
from send_alerts.reading.stack_info import StackInfo

if TYPE_CHECKING:
    from ops_common.alert_routes import Route
    from send_alerts.channels.composites import Family
from tests.unit.send_alerts.alert_fakes import (
    CrashingIncidents,
    FakeComposites,
    FakePictures,
    FakeSchedules,
    FakeThreads,
    FakeTopic,
    ProcessDied,
)

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
POLICY = NotificationPolicy()
NO_FLAPS = timedelta(0)
"""A flap window in which nothing comes back: each opening is an incident of its own."""


STACK_INFO = StackInfo(
    region="eu-west-1",
    log_group_prefix="/ecs/",
    web_service="jiki-api-web",
    runbook_url="https://example.org/runbook.md",
    cluster="jiki-production",
    services=("jiki-api-web", "jiki-api-solid-queue"),
)


def minute(count: float) -> datetime:
    return NOON + timedelta(minutes=count)


def notice(signal: Signal, at: float, **changes: Any) -> Notice:
    """An alarm's transition, `at` minutes after noon."""
    values = Notice(
        key="alarm:web-5xx",
        signal=signal,
        occurred_at=minute(at),
        name="web-5xx",
        title="web-5xx",
        severity=Severity.CRITICAL,
        text=f"errors at {at}",
        links=(Link("Alarm", "https://example.org/alarm"),),
        was={Signal.OPEN: Signal.RESOLVED, Signal.RESOLVED: Signal.OPEN}.get(signal),
    )
    return replace(values, **changes)


def alarm(at: float, **changes: Any) -> Notice:
    return notice(Signal.OPEN, at, **changes)


def ok(at: float, **changes: Any) -> Notice:
    return notice(Signal.RESOLVED, at, **changes)


class AlertWorld:
    """send_alerts between fakes, with a clock that tests set."""

    def __init__(
        self, policy: NotificationPolicy = POLICY, flap_window: timedelta = FLAP_WINDOW
    ) -> None:
        self.policy = policy
        self.now = NOON
        self.items = ItemsInMemory()
        self.incidents = CrashingIncidents(self.items, flap_window)
        self.storms = DynamoStorms(self.items)
        self.threads = FakeThreads()
        self.topic = FakeTopic()
        self.schedules = FakeSchedules()
        self.background = BackgroundInMemory()
        self.waited: list[float] = []
        self.seconds_left = 60.0
        self.slack = True
        self.offers: tuple[str, ...] = ()
        self.routes: tuple[Route, ...] = ()
        self.families: list[Family] = []

    def ports(self) -> Ports:
        return Ports(
            incidents=self.incidents,
            storms=self.storms,
            background=self.background,
            topic=self.topic,
            queue=Nothing(),
            schedules=self.schedules,
            threads=self.threads if self.slack else None,
            webhook=None,
            chart=FakePictures(),
            composites=FakeComposites(self.families),
            images=FakePictures(),
            clock=lambda: self.now,
            wait=self._wait,
            deadline=self.now + timedelta(seconds=self.seconds_left),
            offers=self.offers,
            stack="jiki-ops",
            routes=self.routes,
            policy=self.policy,
        )

    def _wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += timedelta(seconds=seconds)

    def notify(self, *notices: Notice, at: float | None = None) -> str:
        """One message of the queue, arriving `at` minutes after noon."""
        if at is not None:
            self.now = minute(at)
        return notify(list(notices), self.ports())

    def notify_until_done(self, *notices: Notice, at: float | None = None) -> None:
        """The same, repeated as the queue would repeat it."""
        for _ in range(20):
            try:
                self.notify(*notices, at=at)
            except TryLater as later:
                at = None
                self.now += timedelta(seconds=later.seconds)
            except ProcessDied:
                at = None
                self.now += timedelta(minutes=3)
            else:
                return
        raise AssertionError("never done")

    def act(self, action: OperatorAction) -> str:
        """What a person asked for arrives from the queue."""
        self.now = max(self.now, action.at)
        body = {
            "source": "jiki.ops",
            "detail-type": "OperatorAction",
            "detail": action.as_event().detail(),
        }
        return notify(parse(json.dumps(body), self.now, STACK_INFO), self.ports())

    def sweep(self, at: float) -> str:
        """The stack's hourly schedule comes."""
        self.now = minute(at)
        body = {"source": "jiki.ops", "detail-type": "Sweep", "detail": {}}
        return notify(parse(json.dumps(body), self.now, STACK_INFO), self.ports())

    def let_time_pass(self, until: float) -> None:
        """Deliver the messages to ourselves that become due, one after the other."""
        while waiting := self.schedules.waiting:
            name, (due, payload) = min(waiting.items(), key=lambda item: item[1][0])
            if due > minute(until):
                break
            self.schedules.delete(name)
            self.now = max(due, self.now)
            follow_up = parse(json.dumps(payload), self.now, STACK_INFO)
            notify(follow_up, self.ports())
        self.now = minute(until)

    def incident(self, key: str = "alarm:web-5xx") -> Incident:
        return self.incidents.load(key).incident
