"""Builds the adapters; what can be kept between invocations of a warm process is kept."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities import parameters
from aws_lambda_powertools.utilities.typing import LambdaContext

from ops_common.alert_routes import Route, is_handle, with_ids
from ops_common.aws import client
from ops_common.early_calls import Call, make_early
from ops_common.identity import Identity
from ops_common.one_time_schedules import EventBridgeSchedules
from ops_common.versioned_item import VersionedItems
from send_alerts.channels.background import DynamoBackground
from send_alerts.channels.chart import CloudWatchChart
from send_alerts.channels.composites import CloudWatchComposites
from send_alerts.channels.deployed_images import EcsDeployedImages
from send_alerts.channels.incidents import DynamoIncidents
from send_alerts.channels.queue import SqsAlertQueue
from send_alerts.channels.slack import BotSlack, Webhook, WebhookSlack
from send_alerts.channels.slack_failures import SlackBroken
from send_alerts.channels.storms import DynamoStorms
from send_alerts.channels.topic import SnsTopic
from send_alerts.ports import Ports
from send_alerts.settings import Settings
from send_alerts.words.markup import Message

TOKEN_MAX_AGE_SECONDS = 300


def prepare() -> None:
    """In the init phase: read what is kept, and connect to the table."""
    make_early(lambda: _early_calls(Settings.from_env()))


def _early_calls(settings: Settings) -> Iterator[Call]:
    yield lambda: slack(settings)
    yield lambda: _composites().refresh()
    yield lambda: DynamoBackground(client("dynamodb"), settings.table_name).parent_of("")


def wire(settings: Settings, context: LambdaContext) -> Ports:
    """The ports of one invocation."""
    now = datetime.now(UTC)
    items = VersionedItems(client("dynamodb"), settings.table_name)
    threads, webhook = slack(settings)
    return Ports(
        incidents=DynamoIncidents(items, settings.flap_window),
        storms=DynamoStorms(items),
        background=DynamoBackground(client("dynamodb"), settings.table_name),
        topic=SnsTopic(client("sns"), settings.topic_arn),
        queue=SqsAlertQueue(client("sqs"), settings.queue_url),
        schedules=EventBridgeSchedules(client("scheduler"), settings.schedules),
        threads=threads,
        webhook=webhook,
        # One attempt: a message needs neither its picture nor its alarm's family.
        chart=CloudWatchChart(client("cloudwatch", max_attempts=1)),
        composites=_composites(),
        images=EcsDeployedImages(client("ecs")),
        clock=lambda: datetime.now(UTC),
        wait=time.sleep,
        deadline=now + timedelta(milliseconds=context.get_remaining_time_in_millis()),
        offers=settings.offers,
        stack=Identity.from_env().stack,
        routes=_routes(settings, threads),
        policy=settings.policy,
    )


def _routes(settings: Settings, threads: BotSlack | None) -> tuple[Route, ...]:
    if threads is None or not any(is_handle(one.destination.mention) for one in settings.routes):
        return settings.routes
    return with_ids(settings.routes, threads.places.group_ids())


def slack(settings: Settings) -> tuple[BotSlack | None, Webhook | None]:
    """A bot, or a webhook, or neither; which of them shows when the token is read."""
    name = settings.slack_token_parameter
    if not name:
        return None, None
    try:
        token = _read(name)
    except parameters.GetParameterError as error:
        return None, NoSlack(f"its token can't be read ({name}): {error}")
    token = str(token).strip()
    if token.startswith(("https://", "http://")):
        return None, _webhook(token)
    if not settings.slack_channel:
        return None, NoSlack("a bot token needs SLACK_CHANNEL, the channel's id")
    return _bot(token, settings.slack_channel, settings.slack_api_url), None


class NoSlack:
    """Stands in for Slack where the token can't be read: SNS gets that, and all the rest."""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def post(self, message: Message) -> None:  # noqa: ARG002  # the port's signature
        """Raises SlackBroken."""
        raise SlackBroken(self.reason)


def _read(name: str) -> Any:
    if name.startswith("arn:"):
        return _secrets().get(name, max_age=TOKEN_MAX_AGE_SECONDS)
    return _parameters().get(name, max_age=TOKEN_MAX_AGE_SECONDS, decrypt=True)


@cache
def _composites() -> CloudWatchComposites:
    return CloudWatchComposites(client("cloudwatch", max_attempts=1))


# Cached, because the providers keep what they read and the others the wait Slack has asked for.
@cache
def _parameters() -> parameters.SSMProvider:
    return parameters.SSMProvider(boto3_client=client("ssm"))


@cache
def _secrets() -> parameters.SecretsProvider:
    return parameters.SecretsProvider(boto3_client=client("secretsmanager"))


@cache
def _bot(token: str, channel: str, api_url: str) -> BotSlack:
    return BotSlack(token, channel, api_url)


@cache
def _webhook(url: str) -> WebhookSlack:
    return WebhookSlack(url)
