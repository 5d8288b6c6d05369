"""What the template gives to answer_slack."""

from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from answer_slack.operators import GROUP
from answer_slack.response_url import SLACK
from ops_common.service_names import ServiceNames
from ops_common.settings import Environment
from ops_common.time_zone import time_zone

API = "https://slack.com/api/"


@dataclass(frozen=True)
class Settings:
    """Whose requests are taken, and who may act."""

    signing_secret_parameter: str
    """Name of an SSM parameter, or ARN of a secret."""
    token_parameter: str
    """Of the bot token; needed only to ask who is in a user group."""
    team: str
    app: str
    operators: tuple[str, ...]
    slack_api_url: str
    table_name: str
    services: ServiceNames
    rolls_back: bool
    rotation_schedule: str
    """Empty where the password is never rotated by itself."""
    time_zone: ZoneInfo

    @property
    def reply_origin(self) -> str:
        """Where answers to clicks may go."""
        if self.slack_api_url == API:
            return SLACK
        return "{}://{}".format(*urlsplit(self.slack_api_url)[:2])

    @property
    def groups(self) -> tuple[str, ...]:
        """The user groups among the operators."""
        return tuple(one for one in self.operators if one.startswith(GROUP))

    @classmethod
    def from_env(cls) -> Self:
        """Read the environment. Raises SettingsError that names every bad variable."""
        env = Environment()
        team, _, app = env.text("SLACK_APP").partition("/")
        settings = cls(
            signing_secret_parameter=env.text("SLACK_SIGNING_SECRET_PARAMETER"),
            token_parameter=env.text("SLACK_TOKEN_PARAMETER", ""),
            team=team,
            app=app,
            operators=env.names("SLACK_OPERATORS", ""),
            slack_api_url=env.text("SLACK_API_URL", API),
            table_name=env.text("OPS_TABLE_NAME"),
            services=ServiceNames.from_environment(env),
            rolls_back=env.flag("PROBE_ROLLBACK"),
            rotation_schedule=env.text("ROTATION_SCHEDULE", ""),
            time_zone=time_zone(env),
        )
        if not team or not app:
            env.reject(
                "SLACK_APP", "must be the ids of team and app, such as T0123456789/A0123456789"
            )
        env.finish()
        return settings
