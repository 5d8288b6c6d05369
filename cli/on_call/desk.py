"""One command of a person at a terminal, on the operations table and the bus of one stack."""

import getpass
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cli.environment import Target
from ops_common.identity import Identity
from ops_common.on_call.board import Board, read_board
from ops_common.on_call.commands import Wish, parse
from ops_common.on_call.operator_action import Action, OperatorAction
from ops_common.on_call.replies import Section, answer
from ops_common.on_call.resolve import Actor, CannotBe, resolve
from ops_common.ops_events import EventBus
from ops_common.scaling_hold import Hold, Holds


@dataclass(frozen=True)
class Desk:
    """Where the command takes effect, and in whose name."""

    client: Callable[[str], Any]
    table: str
    identity: Identity
    actor: Actor
    secret: str
    rotation_schedule: str = ""

    @classmethod
    def at(cls, target: Target) -> "Desk":
        """The deployed stack of an environment. Raises ClientError, LookupError without one."""
        stacks = target.client("cloudformation").describe_stacks(StackName=target.stack)["Stacks"]
        outputs = {one["OutputKey"]: one["OutputValue"] for one in stacks[0]["Outputs"]}
        caller = target.client("sts").get_caller_identity()["Arn"].rpartition("/")[2]
        rotates = target.parameter("Rotation") == "true"
        return cls(
            client=target.client,
            table=outputs["OpsTableName"],
            identity=Identity(target.stack, target.parameter("EnvironmentName") or target.stack),
            actor=Actor(
                by=f"{getpass.getuser()} ({caller})",
                via="terminal",
                web_services=_names(target, "WebServices") + _names(target, "OtherServices"),
                worker_services=_names(target, "WorkerServices"),
                rolls_back=target.parameter("ProbeRollback") == "true",
            ),
            secret=target.parameter("ConfigSecretId"),
            rotation_schedule=target.parameter("RotationSchedule") if rotates else "",
        )

    def run(self, words: Sequence[str], now: datetime) -> tuple[Section, ...] | OperatorAction:
        """Answer a question, or have an action done; what was answered, or done.

        Raises BadCommand, CannotBe, ClientError or EventNotPublished.
        """
        wanted = parse(words, now)
        if not isinstance(wanted, Wish):
            question, subject = wanted
            return answer(question, subject, self._board(now))
        if wanted.action is Action.ROTATE:
            command = f"aws secretsmanager rotate-secret --secret-id {self.secret}"
            said = f"from a terminal, with your own permission: {command}"
            raise CannotBe(said, command=command)
        action = resolve(wanted, self.actor, self._board(now), now)
        holds = Holds(self.client("dynamodb"), self.table)
        if action.action is Action.HOLD and action.tasks is not None and action.until:
            holds.put(Hold(action.service, action.tasks, action.until, action.by))
        if action.action is Action.RELEASE:
            holds.remove(action.service)
        EventBus(self.client("events"), self.identity)(action.as_event())
        return action

    def _board(self, now: datetime) -> Board:
        return read_board(self.client("dynamodb"), self.table, now, self.rotation_schedule)


def _names(target: Target, parameter: str) -> tuple[str, ...]:
    return tuple(name for name in target.parameter(parameter).split(",") if name)
