"""What a person wants done: one event on the bus, whoever carries it out.

Slack's `answer_slack` and the terminal's `make` publish the same event; `send_alerts` applies it
to the incident and says in the thread who did it, `probe_deployment` and `rotate_password` are
started by rules of the template on `detail.facts.action`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Self

from ops_common.datetimes import parse_optional
from ops_common.ops_events import OpsEvent, Severity, State

KIND = "OperatorAction"


class Action(StrEnum):
    """What may be asked for."""

    ACKNOWLEDGE = "acknowledge"
    SILENCE = "silence"
    UNSILENCE = "unsilence"
    CLOSE = "close"
    PROBE = "probe"
    ROLL_BACK = "roll_back"
    HOLD = "hold"
    RELEASE = "release"
    ROTATE = "rotate"


PAST = {
    Action.ACKNOWLEDGE: "Acknowledged",
    Action.SILENCE: "Silenced",
    Action.UNSILENCE: "Silence ended",
    Action.CLOSE: "Closed",
    Action.PROBE: "Another probe asked for",
    Action.ROLL_BACK: "Rollback asked for",
    Action.HOLD: "Worker count held",
    Action.RELEASE: "Hold ended",
    Action.ROTATE: "Rotation started",
}


@dataclass(frozen=True)
class OperatorAction:
    """One action of one person."""

    action: Action
    by: str
    """Who, as people read it: a name and, from Slack, its id."""
    via: str
    """`slack` or `terminal`."""
    at: datetime
    incident: str = ""
    """Key of the incident; empty where the action is about none."""
    name: str = ""
    """Of a silence: the alarm's name, or a pattern of names."""
    until: datetime | None = None
    why: str = ""
    service: str = ""
    tasks: int | None = None

    @property
    def title(self) -> str:
        """In words: what was done, to what, by whom."""
        what = self.name or self.service
        count = "" if self.tasks is None else f" at {self.tasks}"
        return f"{PAST[self.action]}{f' ({what}{count})' if what else ''} by {self.by}"

    def as_event(self) -> OpsEvent:
        """The event; who doesn't know the kind remembers it as a change."""
        facts: dict[str, str | int | float | bool] = {
            "action": self.action.value,
            "by": self.by,
            "via": self.via,
            "name": self.name,
            "until": self.until.astimezone(UTC).isoformat() if self.until else "",
            "why": self.why,
            "service": self.service,
        }
        if self.tasks is not None:
            facts["tasks"] = self.tasks
        return OpsEvent(
            kind=KIND,
            state=State.CHANGE,
            severity=Severity.INFO,
            incident=self.incident or f"operator:{self.action}",
            title=self.title,
            text=self.why,
            occurred_at=self.at,
            facts={name: value for name, value in facts.items() if value != ""},
        )

    @classmethod
    def from_detail(cls, detail: Mapping[str, Any]) -> Self:
        """Read an event's `detail`. Raises LookupError, TypeError or ValueError on others."""
        facts, incident = detail["facts"], str(detail["incident"])
        texts = {name: str(facts.get(name, "")) for name in ("name", "why", "service")}
        tasks = facts.get("tasks")
        return cls(
            action=Action(facts["action"]),
            by=str(facts["by"]),
            via=str(facts["via"]),
            at=datetime.fromisoformat(detail["occurredAt"]),
            incident="" if incident.startswith("operator:") else incident,
            until=parse_optional(facts.get("until")),
            tasks=None if tasks is None else int(tasks),
            **texts,
        )
