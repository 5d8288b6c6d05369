"""Our own events on the default bus: what people should be notified of, or may want to read later.

`send_alerts` turns each into a message. The shape of `detail` is the contract between the two.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from .identity import Identity

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

SOURCE = "jiki.ops"


class Severity(StrEnum):
    """How bad it is; alarms use the same three words."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class State(StrEnum):
    """What the event does to its incident.

    OPEN starts it, or is repeated while it lasts; RESOLVED ends it; NOTICE is sent once and
    starts nothing; CHANGE is sent to nobody, only remembered as "what changed just before".
    """

    OPEN = "open"
    RESOLVED = "resolved"
    NOTICE = "notice"
    CHANGE = "change"


class OpsEvent(NamedTuple):
    """One event: `kind` is its detail-type, `incident` the key that groups it with others."""

    kind: str
    state: State
    severity: Severity
    incident: str
    title: str
    text: str
    occurred_at: datetime
    facts: Mapping[str, str | int | float | bool] = MappingProxyType({})

    def detail(self) -> dict[str, Any]:
        """The event's `detail`, as documented in docs/events.md."""
        return {
            "state": self.state.value,
            "severity": self.severity.value,
            "incident": self.incident,
            "title": self.title,
            "text": self.text,
            "occurredAt": self.occurred_at.isoformat(),
            "facts": dict(self.facts),
        }


class PublishEvent(Protocol):
    """The port for publishing; tests give one that collects."""

    def __call__(self, event: OpsEvent) -> None:
        """Publish one event. Raises EventNotPublished."""


class EventNotPublished(Exception):
    """The bus refused the event, with that code."""

    def __init__(self, kind: str, code: str) -> None:
        super().__init__(f"{kind}: {code}")
        self.kind, self.code = kind, code


class EventBus:
    """Publishes on the account's default bus."""

    def __init__(self, client: "EventBridgeClient", identity: Identity | None = None) -> None:
        self._client = client
        self._identity = identity or Identity.from_env()

    def __call__(self, event: OpsEvent) -> None:
        """See PublishEvent; the event carries this stack's name, so that no other one takes it."""
        response = self._client.put_events(
            Entries=[
                {
                    "Source": SOURCE,
                    "DetailType": event.kind,
                    "Detail": json.dumps({**self._identity._asdict(), **event.detail()}),
                    "Time": event.occurred_at,
                }
            ]
        )
        if response["FailedEntryCount"]:
            entry = response["Entries"][0]
            raise EventNotPublished(event.kind, entry.get("ErrorCode", "unknown"))
