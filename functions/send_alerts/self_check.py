"""What notifying needs, checked without notifying anybody."""

from ops_common.alert_routes import is_handle
from ops_common.aws import client
from ops_common.table import check_writable
from send_alerts.channels.slack_failures import SlackBroken
from send_alerts.settings import Settings
from send_alerts.wiring import NoSlack, slack


class RouteBroken(Exception):
    """Somebody would not be reached; the message says where and why."""


def settings() -> str:
    """Every variable is well. Raises SettingsError."""
    Settings.from_env()
    return "every variable is well"


def slack_token() -> str:
    """Slack accepts the token (`auth.test`). Raises SlackFailure."""
    threads, webhook = slack(Settings.from_env())
    if threads:
        return f"Slack knows the token as {threads.whoami()}"
    if isinstance(webhook, NoSlack):
        raise SlackBroken(webhook.reason)
    if webhook:
        return "an incoming webhook; whether Slack takes it shows only when something is sent"
    return "no Slack is wanted"


def routes() -> str:
    """The bot is in every channel, and every handle is a group's.

    Raises RouteBroken or SlackFailure.
    """
    found = Settings.from_env()
    threads, _ = slack(found)
    if threads is None and found.routes:
        raise RouteBroken("AlertRoutes needs a bot token, which alone can choose a channel")
    if threads is None:
        return "no channel is chosen by rules"
    destinations = [route.destination for route in found.routes]
    named = dict.fromkeys((found.slack_channel, *(one.channel for one in destinations)))
    problems = []
    for channel in named:
        try:
            threads.places.check_joined(channel)
        except SlackBroken as failure:
            problems.append(f"{channel}: {failure.code}")
    handles = {one.mention for one in destinations if is_handle(one.mention)}
    groups = threads.places.read_groups() if handles else {}
    problems += [f"{one} is no user group's handle" for one in handles if one[1:] not in groups]
    if problems:
        raise RouteBroken("; ".join(problems))
    return f"the bot is in {len(named)} of {len(named)} channels"


def memory() -> str:
    """Incidents can be written. Raises ClientError."""
    return check_writable(client("dynamodb"), Settings.from_env().table_name)


CHECKS = {"settings": settings, "slack": slack_token, "routes": routes, "memory": memory}
