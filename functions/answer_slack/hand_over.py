"""Hands an action over: what is to be kept into the table, and the rest as an event on the bus."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from answer_slack.confirmations import Confirmations
from ops_common.on_call.board import Board
from ops_common.on_call.commands import Wish
from ops_common.on_call.operator_action import Action, OperatorAction
from ops_common.on_call.resolve import Actor, CannotBe, resolve
from ops_common.ops_events import PublishEvent
from ops_common.scaling_hold import Hold


class Holds(Protocol):
    """The port of ops_common.scaling_hold.Holds."""

    def put(self, hold: Hold) -> None:
        """Hold a service."""

    def remove(self, service: str) -> None:
        """End a hold."""


@dataclass(frozen=True)
class Keepers:
    """Where actions go."""

    publish: PublishEvent
    holds: Holds
    confirmations: Confirmations


@dataclass(frozen=True)
class Done:
    """What was recorded, in words; `for_all` where everybody in the channel is to read it."""

    words: str
    for_all: bool = False


def hand_over(
    wish: Wish, user: str, actor: Actor, board: Board, keepers: Keepers, now: datetime
) -> Done:
    """Record what is wished for. Raises CannotBe, ClientError or EventNotPublished."""
    action = resolve(wish, actor, board, now)
    if action.action is Action.ROTATE and not wish.code:
        asked = keepers.confirmations.ask(user, now)
        return Done(
            f"{actor.by} wants to rotate the database password. A second operator confirms within"
            f" ten minutes: `/ops rotate {asked.code}`",
            for_all=True,
        )
    if action.action is Action.ROTATE and not keepers.confirmations.take(wish.code, user, now):
        raise CannotBe(
            "nothing waits for this confirmation: it is another code, over ten minutes old, or"
            " asked for by yourself"
        )
    if action.action is Action.HOLD:
        assert action.tasks is not None  # noqa: S101  # the words hold a number
        assert action.until  # noqa: S101  # and an end
        keepers.holds.put(Hold(action.service, action.tasks, action.until, action.by))
    if action.action is Action.RELEASE:
        keepers.holds.remove(action.service)
    keepers.publish(action.as_event())
    return Done(_words(action), for_all=action.action is Action.ROTATE)


def _words(action: OperatorAction) -> str:
    until = f" until {action.until:%Y-%m-%d %H:%M %Z}" if action.until else ""
    return f"Recorded: {action.title}{until}"
