"""Where the load runs: the deployed stack, with Slack and nothing else beside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from local import deploy, endpoints
from local.account import SLACK_TOKEN_PARAMETER
from local.ministack import MiniStack
from local.slack import SlackStandIn
from local.start_world import NETWORK, UNKNOWN_TO_THE_EMULATOR
from local.transform import example


class Stage(Protocol):
    """Where the stack is deployed: local.world.World, or the smaller Stack."""

    slack: SlackStandIn
    outputs: dict[str, str]

    def client(self, service: str) -> Any:
        """A boto3 client of the emulator."""


@dataclass
class Stack:
    """The stack in an emulator, with Slack and nothing else."""

    emulator: MiniStack
    slack: SlackStandIn
    outputs: dict[str, str]

    def client(self, service: str) -> Any:
        """See Stage."""
        return self.emulator.client(service)

    @classmethod
    @contextmanager
    def start(cls) -> Iterator["Stack"]:
        """Build and deploy the real template; its schedules don't run."""
        with (
            MiniStack.start() as emulator,
            SlackStandIn().start() as slack,
            TemporaryDirectory(prefix="jiki-build-") as run,
        ):
            emulator.client("ssm").put_parameter(
                Name=SLACK_TOKEN_PARAMETER, Value=slack.token, Type="SecureString"
            )
            folder = Path(run) / "built"
            deploy.build(folder)
            parameters = example() | NETWORK | UNKNOWN_TO_THE_EMULATOR
            parameters |= {
                "SlackToken": SLACK_TOKEN_PARAMETER,
                "SlackChannel": slack.channel,
            }
            addresses = {endpoints.AWS: emulator.url, endpoints.SLACK: slack.url}
            outputs = deploy.deploy(emulator, folder, parameters, endpoints=addresses)
            scheduler = emulator.client("scheduler")
            for schedule in scheduler.list_schedules()["Schedules"]:
                scheduler.delete_schedule(Name=schedule["Name"])
            yield cls(emulator, slack, outputs)
