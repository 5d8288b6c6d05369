"""From a wish in words to the action on what is there: its incident, its service."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from .board import Board
from .commands import Wish
from .operator_action import Action, OperatorAction
from .summaries import IncidentSummary

AT = "@"
"""Before a reference: the name of that incident's alarm; with `*` after it, its pattern."""


class CannotBe(Exception):
    """The wish names nothing that is there, or what isn't allowed; the message is for people.

    `command`: what to type instead, or empty.
    """

    def __init__(self, words: str, *, command: str = "") -> None:
        super().__init__(words)
        self.command = command


@dataclass(frozen=True)
class Actor:
    """Who wants something done, and where."""

    by: str
    via: str
    web_services: Sequence[str]
    worker_services: Sequence[str]
    rolls_back: bool
    """Whether the stack lets people roll back (ProbeRollback)."""

    @property
    def services(self) -> tuple[str, ...]:
        """Every service that can be probed."""
        return (*self.web_services, *self.worker_services)


def resolve(wish: Wish, actor: Actor, board: Board, now: datetime) -> OperatorAction:
    """The action that is wished for. Raises CannotBe."""
    incident = _incident(wish.incident, board) if wish.incident else None
    name = wish.name
    if name.startswith(AT):
        incident = _incident(name.strip("@*"), board)
        name = pattern_of(incident.name) if name.endswith("*") else literal(incident.name)
    if wish.action is Action.CLOSE and incident and not incident.open:
        raise CannotBe(f"{incident.title} is closed already")
    if wish.action is Action.ROLL_BACK and not actor.rolls_back:
        raise CannotBe("this stack does not roll back (ProbeRollback is false)")
    return OperatorAction(
        action=wish.action,
        by=actor.by,
        via=actor.via,
        at=now,
        incident=incident.key if incident else "",
        name=name,
        until=wish.until,
        why=wish.why,
        service=_service(wish, actor),
        tasks=wish.tasks,
    )


def pattern_of(name: str) -> str:
    """A pattern for an alarm and those named alike: its last word may be any."""
    stem, dash, _ = name.rpartition("-")
    return f"{literal(stem)}-*" if dash and stem else literal(name)


def literal(name: str) -> str:
    """A pattern that means this very name (fnmatch)."""
    return "".join(f"[{letter}]" if letter in "[*?" else letter for letter in name)


def _incident(words: str, board: Board) -> IncidentSummary:
    found = board.find(words)
    if not found:
        raise CannotBe(f"no incident {words[:80]!r} is known; `incidents` lists the open ones")
    if len(found) > 1:
        references = ", ".join(one.reference for one in found)
        raise CannotBe(f"more than one is meant by {words[:80]!r}: {references}")
    return found[0]


def _service(wish: Wish, actor: Actor) -> str:
    match wish.action:
        case Action.HOLD | Action.RELEASE:
            return _one_of(wish.service, actor.worker_services)
        case Action.ROLL_BACK:
            return _one_of(wish.service, actor.services)
        case Action.PROBE:
            return _one_of(wish.service or next(iter(actor.services), ""), actor.services)
    return ""


def _one_of(service: str, services: Sequence[str]) -> str:
    if not service and len(services) == 1:
        return services[0]
    if service not in services:
        raise CannotBe(f"name a service: {', '.join(services) or 'there is none'}")
    return service
