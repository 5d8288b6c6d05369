"""How people are notified in a drill: the alert queue in stepped time, SNS, Slack."""

import json
from collections.abc import Mapping
from copy import replace
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from unittest import mock

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from local.clock import SteppedClock
from local.lambda_endpoint import Context
from local.recursion_guard import is_cut
from send_alerts import wiring
from send_alerts.channels import circuit_breaker
from send_alerts.handle_record import handle_record
from send_alerts.reading.parse import FOLLOW_UP
from send_alerts.settings import Settings

# As in template.yaml; a test holds them to it.
MAX_RECEIVES, VISIBILITY_SECONDS, FUNCTION_SECONDS = 50, 180, 30
# Lambda promises nothing about how long it keeps an idle process; some minutes are usual.
WARM_SECONDS = 300


@dataclass
class Message:
    """One message of the queue."""

    id: str
    body: str
    visible_at: datetime
    receives: int = 0
    first_received_at: datetime | None = None
    invocations_before: int = 0
    """In its lineage; Lambda counts what the function itself sends on."""


@dataclass
class LaneSchedules:
    """EventBridge Scheduler in front of the lane: one message per name, at its time."""

    lane: "AlertLane"

    def put(self, name: str, at: datetime, payload: Mapping[str, Any]) -> None:
        """As ops_common.one_time_schedules.OneTimeSchedules."""
        self.delete(name)
        self.lane.put(dict(payload), (at - self.lane.clock()).total_seconds())
        self.lane.scheduled[name] = self.lane.waiting[-1]

    def delete(self, name: str) -> None:
        """As ops_common.one_time_schedules.OneTimeSchedules."""
        known = self.lane.scheduled.pop(name, None)
        # One that has arrived is the queue's, with its own attempts.
        if known in self.lane.waiting and not known.receives:
            self.lane.waiting.remove(known)


@dataclass
class AlertLane:
    """SQS with its redrive policy, and `send_alerts` behind it, on a clock that is stepped.

    The function's own code does everything but what SQS does.
    """

    clock: SteppedClock
    waiting: list[Message] = field(default_factory=list)
    dead: list[Message] = field(default_factory=list)
    attempts: int = 0
    failures: list[str] = field(default_factory=list)
    """What each failed attempt raised."""
    scheduled: dict[str, Message] = field(default_factory=dict)
    """The newest message of each one-time schedule."""
    _count: int = 0
    _last_run: datetime = field(default=datetime.min.replace(tzinfo=UTC))

    def put(
        self, event: dict[str, Any], delay_seconds: float = 0, *, invocations_before: int = 0
    ) -> None:
        """An event as a rule or a schedule delivers it, which begin a lineage; or further on."""
        self._count += 1
        visible = self.clock() + timedelta(seconds=delay_seconds)
        message = Message(str(self._count), json.dumps(event), visible)
        message.invocations_before = invocations_before
        self.waiting.append(message)

    def hide(self, receipt_handle: str, seconds: float) -> None:
        """As send_alerts.channels.queue.AlertQueue."""
        message = next(one for one in self.waiting if one.id == receipt_handle)
        message.visible_at = self.clock() + timedelta(seconds=seconds)

    @property
    def undelivered(self) -> list[Message]:
        """Messages that wait, but for the function's own reminders."""
        return [one for one in self.waiting if f'"{FOLLOW_UP}"' not in one.body]

    def run(self, seconds: float) -> None:
        """Let that much time pass, and deliver whatever becomes visible within it."""
        end = self.clock() + timedelta(seconds=seconds)
        while True:
            due = sorted(self.waiting, key=lambda one: one.visible_at)
            if not due or due[0].visible_at > end:
                break
            self.clock.now = max(self.clock.now, due[0].visible_at)
            self._deliver(due[0])
        self.clock.now = max(self.clock.now, end)

    def _deliver(self, message: Message) -> None:
        message.receives += 1
        message.first_received_at = message.first_received_at or self.clock()
        if message.receives > MAX_RECEIVES:
            self.waiting.remove(message)
            self.dead.append(message)
            return
        message.visible_at = self.clock() + timedelta(seconds=VISIBILITY_SECONDS)
        if is_cut(message.invocations_before):
            return
        self.attempts += 1
        settings = Settings.from_env()
        if (self.clock() - self._last_run).total_seconds() > WARM_SECONDS:
            wiring._bot.cache_clear()
        context: Any = Context("send-alerts")
        ports = replace(
            wiring.wire(settings, context),
            queue=self,
            schedules=LaneSchedules(self),
            clock=self.clock,
            wait=self.clock.advance,
            deadline=self.clock() + timedelta(seconds=FUNCTION_SECONDS),
        )
        first_received = str(int(message.first_received_at.timestamp() * 1000))
        record = {
            "messageId": message.id,
            "receiptHandle": message.id,
            "body": message.body,
            "attributes": {
                "SentTimestamp": first_received,
                "ApproximateFirstReceiveTimestamp": first_received,
            },
        }
        try:
            # Slack's own pauses are kept by the process's clock.
            with mock.patch.object(
                circuit_breaker, "time", SimpleNamespace(monotonic=self._monotonic)
            ):
                handle_record(SQSRecord(record), ports, settings.stack_info)
        except Exception as error:  # noqa: BLE001  # whatever it is, SQS delivers again
            self.failures.append(f"{type(error).__name__}: {error}")
        else:
            self.waiting.remove(message)
        self._last_run = self.clock()

    def _monotonic(self) -> float:
        return self.clock().timestamp()
