"""Builds the adapters; what can be kept between invocations of a warm process is kept."""

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities import parameters

from answer_slack.answer import Ports
from answer_slack.confirmations import DynamoConfirmations
from answer_slack.hand_over import Keepers
from answer_slack.operators import Groups, NotKnown, Operators, SlackGroups
from answer_slack.repeats import DynamoSeen
from answer_slack.response_url import SlackReply
from answer_slack.settings import Settings
from ops_common.aws import client
from ops_common.early_calls import Call, make_early
from ops_common.on_call.board import read_board
from ops_common.ops_events import EventBus
from ops_common.scaling_hold import Holds

# Slack waits three seconds in all. One attempt each: whoever clicked can click again.
CALL_SECONDS = 1
READ_AGAIN_SECONDS = 300


def prepare() -> None:
    """In the init phase: read what is kept, and connect to the table."""
    make_early(lambda: _early_calls(Settings.from_env()))


def _early_calls(settings: Settings) -> Iterator[Call]:
    yield lambda: read_secret(settings.signing_secret_parameter)
    yield lambda: Holds(_once("dynamodb"), settings.table_name).get("", datetime.now(UTC))
    yield lambda: Operators(settings.operators).include("", groups_of(settings))


def wire(settings: Settings) -> Ports:
    """The ports of one invocation."""
    table, events = _once("dynamodb"), _once("events")
    return Ports(
        signing_secret=lambda: read_secret(settings.signing_secret_parameter),
        seen=DynamoSeen(table, settings.table_name),
        groups=lambda: groups_of(settings),
        board=lambda now: read_board(table, settings.table_name, now, settings.rotation_schedule),
        keepers=Keepers(
            publish=EventBus(events),
            holds=Holds(table, settings.table_name),
            confirmations=DynamoConfirmations(table, settings.table_name),
        ),
        reply=_reply(settings.reply_origin),
    )


def read_secret(name: str) -> str:
    """A SecureString or a secret, kept for five minutes. Raises GetParameterError."""
    if name.startswith("arn:"):
        return str(_secrets().get(name, max_age=READ_AGAIN_SECONDS)).strip()
    return str(_parameters().get(name, max_age=READ_AGAIN_SECONDS, decrypt=True)).strip()


def groups_of(settings: Settings) -> Groups | None:
    """Who is in the user groups that may act; None where none is named. Raises NotKnown."""
    if not settings.groups:
        return None
    try:
        return _slack_groups(read_secret(settings.token_parameter), settings.slack_api_url)
    except parameters.GetParameterError:
        raise NotKnown("the bot token can't be read, so nobody knows who is in a group") from None


class KeptGroups:
    """Groups that are asked for again after five minutes."""

    def __init__(self, groups: Groups) -> None:
        self._groups = groups
        self._kept: dict[str, tuple[float, Sequence[str]]] = {}

    def members(self, group: str) -> Sequence[str]:
        """See Groups."""
        asked_at, members = self._kept.get(group, (float("-inf"), ()))
        if time.monotonic() - asked_at > READ_AGAIN_SECONDS:
            members = self._groups.members(group)
            self._kept[group] = (time.monotonic(), members)
        return members


@cache
def _slack_groups(token: str, api_url: str) -> Groups:
    return KeptGroups(SlackGroups(token, api_url, CALL_SECONDS))


@cache
def _reply(origin: str) -> SlackReply:
    return SlackReply(origin, CALL_SECONDS)


@cache
def _parameters() -> parameters.SSMProvider:
    return parameters.SSMProvider(boto3_client=_once("ssm"))


@cache
def _secrets() -> parameters.SecretsProvider:
    return parameters.SecretsProvider(boto3_client=_once("secretsmanager"))


def _once(service: str) -> Any:
    return client(service, read_timeout_seconds=CALL_SECONDS, max_attempts=1)
