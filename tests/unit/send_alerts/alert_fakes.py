"""Fakes behind the ports of send_alerts: what is posted, published, scheduled, and how it fails."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from local.stores_in_memory import ItemsInMemory
from send_alerts.channels.composites import Family
from send_alerts.channels.incidents import DynamoIncidents, Held
from send_alerts.channels.slack import Posted
from send_alerts.channels.slack_failures import MaybeSent
from send_alerts.words.content import summary_of
from send_alerts.words.markup import Message


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
        # Sending changes nothing of what a list shows, so it is made once a change.
        summary = summary_of(held.incident)
        assert held.summary == (summary.as_text() if summary else "")
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
        shown.content, shown.channel = message.payload, channel or "C0ALERTS"
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
        shown.content = message.payload

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
