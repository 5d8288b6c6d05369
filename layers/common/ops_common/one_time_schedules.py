"""One-time schedules: a message of ours that arrives once, at its true time, however far that is.

A function that sends itself delayed messages through SQS hop by hop is a chain, and Lambda cuts a
chain after about sixteen hops (Lambda Developer Guide, "Use Lambda recursive loop detection to
prevent infinite loops"). EventBridge Scheduler starts each one anew, so there is no chain.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol, Self

from .settings import Environment

if TYPE_CHECKING:
    from mypy_boto3_scheduler import EventBridgeSchedulerClient

EARLIEST = timedelta(seconds=10)
"""A time that is past when the call arrives may be refused, so the soonest is a little later."""
READABLE_CHARACTERS, DIGEST_CHARACTERS = 47, 16
"""With a hyphen between them 64, the longest name (API Reference, CreateSchedule, "Name")."""


class OneTimeSchedules(Protocol):
    """The port; tests give one that collects."""

    def put(self, name: str, at: datetime, payload: Mapping[str, Any]) -> None:
        """Have the payload arrive at that time (within a minute); replaces one of this name."""

    def delete(self, name: str) -> None:
        """Take back what has not arrived yet; nothing happens where there is none."""


@dataclass(frozen=True)
class ScheduleSettings:
    """Where a function's one-time schedules are kept, and whom they start."""

    group: str
    role_arn: str
    """The role that EventBridge Scheduler takes to reach the target."""
    target_arn: str
    """An SQS queue or a Lambda function."""

    @classmethod
    def from_environment(cls, env: Environment) -> Self:
        """Read the three variables; `env` collects what is wrong."""
        return cls(
            group=env.text("SCHEDULE_GROUP"),
            role_arn=env.text("SCHEDULE_ROLE_ARN"),
            target_arn=env.text("SCHEDULE_TARGET_ARN"),
        )


class EventBridgeSchedules:
    """OneTimeSchedules on EventBridge Scheduler, which deletes each one when it is done."""

    def __init__(
        self,
        client: "EventBridgeSchedulerClient",
        settings: ScheduleSettings,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._client = client
        self._settings = settings
        self._clock = clock

    def put(self, name: str, at: datetime, payload: Mapping[str, Any]) -> None:
        """See OneTimeSchedules."""
        try:
            self._client.create_schedule(**self._schedule(name, at, payload))
        except self._client.exceptions.ConflictException:
            self._replace(name, at, payload)

    def _replace(self, name: str, at: datetime, payload: Mapping[str, Any]) -> None:
        schedule = self._schedule(name, at, payload)
        try:
            self._client.update_schedule(**schedule)
        except self._client.exceptions.ResourceNotFoundException:
            # It has started its target, and was deleted, since the first call.
            self._client.create_schedule(**schedule)

    def delete(self, name: str) -> None:
        """See OneTimeSchedules."""
        try:
            self._client.delete_schedule(GroupName=self._settings.group, Name=schedule_name(name))
        except self._client.exceptions.ResourceNotFoundException:
            return

    def _schedule(self, name: str, at: datetime, payload: Mapping[str, Any]) -> Any:
        # Update knows the same fields as Create, and one that is left out becomes its default.
        return {
            "GroupName": self._settings.group,
            "Name": schedule_name(name),
            "Description": name[:512],
            "ScheduleExpression": expression(max(at, self._clock() + EARLIEST)),
            "ScheduleExpressionTimezone": "UTC",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "ActionAfterCompletion": "DELETE",
            "Target": {
                "Arn": self._settings.target_arn,
                "RoleArn": self._settings.role_arn,
                "Input": json.dumps(payload),
            },
        }


def schedule_name(name: str) -> str:
    """Any text as a schedule's name: what can be kept of it to read, and a digest of all of it."""
    readable = re.sub(r"[^0-9A-Za-z_.-]+", "-", name)[:READABLE_CHARACTERS]
    digest = hashlib.sha256(name.encode()).hexdigest()[:DIGEST_CHARACTERS]
    return f"{readable}-{digest}"


def expression(at: datetime) -> str:
    """`at(…)` of a time, never earlier than it: a part of a second becomes a whole one."""
    whole = at.astimezone(UTC).replace(microsecond=0)
    if whole < at:
        whole += timedelta(seconds=1)
    return f"at({whole:%Y-%m-%dT%H:%M:%S})"
