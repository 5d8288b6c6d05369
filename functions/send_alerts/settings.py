"""What the template gives to send_alerts."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from ops_common.settings import Environment
from send_alerts.events import Place
from send_alerts.incident import Policy


@dataclass(frozen=True)
class Settings:
    """Where to tell, and how much."""

    topic_arn: str
    queue_url: str
    table_name: str
    slack_token_parameter: str
    """Name of an SSM parameter, or ARN of a secret; empty for no Slack."""
    slack_channel: str
    slack_api_url: str
    place: Place
    policy: Policy

    @classmethod
    def from_env(cls) -> Self:
        """Read the environment. Raises SettingsError that names every bad variable."""
        env = Environment()
        token_parameter = env.text("SLACK_TOKEN_PARAMETER", "")
        settings = cls(
            topic_arn=env.text("ALERT_TOPIC_ARN"),
            queue_url=env.text("ALERT_QUEUE_URL"),
            table_name=env.text("OPS_TABLE_NAME"),
            slack_token_parameter=token_parameter,
            slack_channel=env.text("SLACK_CHANNEL", None if token_parameter else ""),
            slack_api_url=env.text("SLACK_API_URL", "https://slack.com/api/"),
            place=Place(region=env.text("AWS_REGION"), log_group=env.text("LOG_GROUP", "")),
            policy=Policy(
                flap_window=timedelta(seconds=env.integer("FLAP_WINDOW_SECONDS", 600)),
                flaps_until_quiet=env.integer("FLAPS_UNTIL_QUIET", 2, at_least=1),
                reminder=timedelta(hours=env.number("REMINDER_HOURS", 4)),
            ),
        )
        env.finish()
        return settings
