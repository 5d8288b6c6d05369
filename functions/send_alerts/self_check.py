"""What telling needs, looked at without telling anybody."""

from ops_common.aws import client
from ops_common.table import check_writable
from send_alerts.channels.slack_failures import SlackBroken
from send_alerts.settings import Settings
from send_alerts.wiring import NoSlack, slack


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
        return "an incoming webhook; whether Slack takes it shows only when something is told"
    return "no Slack is wanted"


def memory() -> str:
    """Incidents can be written. Raises ClientError."""
    return check_writable(client("dynamodb"), Settings.from_env().table_name)


CHECKS = {"settings": settings, "slack": slack_token, "memory": memory}
