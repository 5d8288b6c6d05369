"""Fakes behind the ports of send_alerts, and a world that feeds it events."""

import json
import re
from collections.abc import Mapping
from copy import replace
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from local.alerts_in_memory import ItemsInMemory, MemoryInMemory, Nothing
from ops_common.on_call.operator_action import OperatorAction
from ops_common.ops_events import Severity
from send_alerts.channels.composites import Family
from send_alerts.channels.incidents import DynamoIncidents, DynamoStorms, Held
from send_alerts.channels.slack import Posted
from send_alerts.channels.slack_failures import MaybeSent
from send_alerts.incident.follow_up import Policy
from send_alerts.incident.history import FLAP_WINDOW
from send_alerts.incident.incident import Incident
from send_alerts.notify import notify
from send_alerts.ports import Ports, TryLater
from send_alerts.reading.notice import Link, Notice, Signal
from send_alerts.reading.parse import parse
from send_alerts.reading.stack_info import StackInfo
from send_alerts.words.slack_blocks import Message

if TYPE_CHECKING:
    from ops_common.alert_routes import Route

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
POLICY = Policy()
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


class CrashingIncidents(DynamoIncidents):
    """The product's store, whose process dies where a test says so."""

    def __init__(self, items: ItemsInMemory, flap_window: timedelta) -> None:
        super().__init__(items, flap_window)
        self.crash_at_save: int | None = None
        self.saves = 0

    def save(self, held: Held, now: datetime) -> Held:
        self.saves += 1
        if self.crash_at_save == self.saves:
            raise ProcessDied
        saved = super().save(held, now)
        assert self.load(held.incident.key) == saved
        return saved


class ProcessDied(BaseException):
    """Not an Exception: nothing may catch it, as nothing can when the process dies."""


@dataclass
class Shown:
    """A message as it stands in the channel."""

    ts: str
    text: str
    thread_ts: str
    delivery: str
    broadcast: bool = False
    edits: list[str] = field(default_factory=list)
    content: dict[str, Any] = field(default_factory=dict)
    """As it stands now."""
    channel: str = ""


def as_read(text: str) -> str:
    """Times as Slack shows them where it can't show them in the reader's own zone."""
    return re.sub(r"<!date\^[^|]*\|([^>]*)>", r"\1", text)


class FakeThreads:
    def __init__(self) -> None:
        self.messages: list[Shown] = []
        self.failures: list[Exception | None] = []
        self.lands_although_failed = False
        self.deleted: set[str] = set()
        self.lookups = 0
        self.pictures: list[str] = []

    def _fail(self) -> Exception | None:
        return self.failures.pop(0) if self.failures else None

    def post(
        self,
        message: Message,
        delivery: str,
        thread_ts: str = "",
        *,
        broadcast: bool = False,
        channel: str = "",
    ) -> Posted:
        failure = self._fail()
        landed = isinstance(failure, MaybeSent) and self.lands_although_failed
        if failure and not landed:
            raise failure
        ts = f"{len(self.messages) + 1}.0"
        hangs_in = "" if thread_ts in self.deleted else thread_ts
        shown = Shown(ts, as_read(message.text), hangs_in, delivery, broadcast)
        shown.content, shown.channel = message.payload(), channel or "C0ALERTS"
        self.messages.append(shown)
        if failure:
            raise failure
        return Posted(shown.channel, ts, "" if thread_ts in self.deleted else thread_ts)

    def find(
        self, delivery: str, since: datetime, thread_ts: str = "", *, channel: str = ""
    ) -> Posted | None:
        self.lookups += 1
        for shown in self.messages:
            if shown.delivery == delivery and shown.thread_ts == thread_ts:
                return Posted("C0ALERTS", shown.ts)
        return None

    def update(self, channel: str, ts: str, message: Message) -> None:
        if failure := self._fail():
            raise failure
        shown = next(shown for shown in self.messages if shown.ts == ts)
        shown.edits.append(as_read(message.text))
        shown.content = message.payload()

    def upload(self, channel: str, thread_ts: str, title: str, png: bytes) -> None:
        self.pictures.append(thread_ts)

    @property
    def roots(self) -> list[Shown]:
        return [shown for shown in self.messages if not shown.thread_ts]

    def thread(self, root: Shown) -> list[str]:
        return [shown.text for shown in self.messages if shown.thread_ts == root.ts]


class FakeTopic:
    def __init__(self) -> None:
        self.published: list[tuple[str, str, str]] = []
        self.labels: list[dict[str, str]] = []
        self.texts: list[str] = []
        self.forms: list[dict[str, str]] = []

    def publish(self, subject: str, forms: Mapping[str, str], labels: Mapping[str, str]) -> None:
        self.published.append((subject, forms["default"], labels["delivery"]))
        self.labels.append(dict(labels))
        self.texts.append(forms["sms"])
        self.forms.append(dict(forms))

    @property
    def subjects(self) -> list[str]:
        return [subject for subject, _, _ in self.published]


class FakeSchedules:
    """One message per name, as EventBridge Scheduler keeps them."""

    def __init__(self) -> None:
        self.waiting: dict[str, tuple[datetime, Mapping[str, Any]]] = {}
        self.broken = False

    def put(self, name: str, at: datetime, payload: Mapping[str, Any]) -> None:
        if self.broken:
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, "CreateSchedule")
        self.waiting[name] = (at, payload)

    def delete(self, name: str) -> None:
        self.waiting.pop(name, None)


class FakePictures:
    def draw(self, widget: str) -> bytes:
        return b"png"

    def image_tag(self, cluster: str, service: str, deployment: str) -> str:
        return "3f2c1ab"


class FakeComposites:
    """Those of the account, whether they have rung or not."""

    def __init__(self, families: list[Family]) -> None:
        self.families = families

    def family_of(self, child: str) -> Family | None:
        return next((family for family in self.families if child in family.children), None)


class AlertWorld:
    """send_alerts between fakes, with a clock that tests set."""

    def __init__(self, policy: Policy = POLICY, flap_window: timedelta = FLAP_WINDOW) -> None:
        self.policy = policy
        self.now = NOON
        self.items = ItemsInMemory()
        self.incidents = CrashingIncidents(self.items, flap_window)
        self.storms = DynamoStorms(self.items)
        self.threads = FakeThreads()
        self.topic = FakeTopic()
        self.schedules = FakeSchedules()
        self.memory = MemoryInMemory()
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
            memory=self.memory,
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
        )

    def _wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += timedelta(seconds=seconds)

    def notify(self, *notices: Notice, at: float | None = None) -> str:
        """One message of the queue, arriving `at` minutes after noon."""
        if at is not None:
            self.now = minute(at)
        return notify(list(notices), self.ports(), self.policy)

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
        return notify(parse(json.dumps(body), self.now, STACK_INFO), self.ports(), self.policy)

    def let_time_pass(self, until: float) -> None:
        """Deliver the messages to ourselves that become due, one after the other."""
        while waiting := self.schedules.waiting:
            name, (due, payload) = min(waiting.items(), key=lambda item: item[1][0])
            if due > minute(until):
                break
            self.schedules.delete(name)
            self.now = max(due, self.now)
            follow_up = parse(json.dumps(payload), self.now, STACK_INFO)
            notify(follow_up, self.ports(), self.policy)
        self.now = minute(until)

    def incident(self, key: str = "alarm:web-5xx") -> Incident:
        return self.incidents.load(key).incident
