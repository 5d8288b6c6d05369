"""Events of a log group, read under one budget of time and lines."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

LINES = 60_000
SECONDS = 9.0


@dataclass
class Budget:
    """What may be read in all; shared by the groups of a check."""

    lines: int = LINES
    seconds: float = SECONDS
    clock: Callable[[], float] = time.monotonic
    _end: float | None = field(default=None, init=False)

    @classmethod
    def shared(cls, *shares: float) -> list["Budget"]:
        """The whole in parts."""
        return [cls(int(LINES * share), SECONDS * share) for share in shares]

    @property
    def spent(self) -> bool:
        """Whether nothing more may be read; its time runs from the first question."""
        now = self.clock()
        self._end = now + self.seconds if self._end is None else self._end
        return self.lines <= 0 or now >= self._end


@dataclass(frozen=True, slots=True)
class Read:
    """Events by log stream, in their order, and how far they were read."""

    streams: dict[str, list[str]]
    lines: int
    unread_from: datetime | None
    """From when on it was not read; None where all was."""
    unread_until: datetime

    def then(self, later: "Read") -> "Read":
        """This, and what came later, which was read to its end."""
        streams = {name: list(events) for name, events in self.streams.items()}
        for name, events in later.streams.items():
            streams.setdefault(name, []).extend(events)
        return Read(streams, self.lines + later.lines, self.unread_from, self.unread_until)

    def of(self, tasks: Iterable[str], *, others: bool = False) -> list[list[str]]:
        """The streams of these tasks, or all the others; a stream's name ends with its task's id.

        Source: Amazon ECS Developer Guide, "Send Amazon ECS logs to CloudWatch".
        """
        ids = tuple(tasks)
        return [events for name, events in self.streams.items() if name.endswith(ids) is not others]


def read(
    client: "CloudWatchLogsClient", group: str, since: datetime, until: datetime, budget: Budget
) -> Read:
    """The events of a time, as far as the budget goes. Empty pages end nothing: more may follow.

    FilterLogEvents costs nothing by volume, unlike a query of Logs Insights. It has no pattern
    here, for one that leaves out INFO drops events of many rows that begin with such a one.
    """
    streams: dict[str, list[str]] = {}
    lines, last, token = 0, since, ""
    while not budget.spent:
        asked: Any = {
            "logGroupName": group,
            "startTime": int(since.timestamp() * 1000),
            "endTime": int(until.timestamp() * 1000),
        }
        page = client.filter_log_events(**(asked | ({"nextToken": token} if token else {})))
        for event in page["events"]:
            streams.setdefault(event.get("logStreamName", ""), []).append(event["message"])
            last = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
        lines += len(page["events"])
        budget.lines -= len(page["events"])
        token = page.get("nextToken", "")
        if not token:
            return Read(streams, lines, None, until)
    return Read(streams, lines, last, until)
