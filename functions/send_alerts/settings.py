"""What the template gives to send_alerts."""

from datetime import timedelta
from typing import NamedTuple, Self

from ops_common.alert_routes import BadRoutes, Route, parse_routes
from ops_common.identity import Identity
from ops_common.one_time_schedules import ScheduleSettings
from ops_common.service_names import ServiceNames
from ops_common.settings import Environment
from send_alerts.incident.follow_up import NotificationPolicy
from send_alerts.reading.stack_info import StackInfo


class Settings(NamedTuple):
    """Where notifications go, and how many."""

    topic_arn: str
    queue_url: str
    table_name: str
    slack_token_parameter: str
    """Name of an SSM parameter, or ARN of a secret; empty for no Slack."""
    slack_channel: str
    """Its id; a webhook knows its own."""
    slack_api_url: str
    schedules: ScheduleSettings
    stack_info: StackInfo
    policy: NotificationPolicy
    flap_window: timedelta
    """Re-opened so soon after its end, it is the same incident."""
    offers: tuple[str, ...]
    """Commands that a message may offer as buttons."""
    routes: tuple[Route, ...]
    """Which channel a story goes to, before the stack's own."""

    @classmethod
    def from_env(cls) -> Self:
        """Read the environment. Raises SettingsError that names every bad variable."""
        env = Environment()
        services = ServiceNames.from_environment(env)
        settings = cls(
            topic_arn=env.text("ALERT_TOPIC_ARN"),
            queue_url=env.text("ALERT_QUEUE_URL"),
            table_name=env.text("OPS_TABLE_NAME"),
            slack_token_parameter=env.text("SLACK_TOKEN_PARAMETER", ""),
            slack_channel=env.text("SLACK_CHANNEL", ""),
            slack_api_url=env.text("SLACK_API_URL", "https://slack.com/api/"),
            schedules=ScheduleSettings.from_environment(env),
            stack_info=StackInfo(
                region=env.text("AWS_REGION"),
                log_group_prefix=env.text("LOG_GROUP_PREFIX", "/ecs/"),
                web_service=next(iter(services.web), ""),
                runbook_url=env.text("RUNBOOK_URL", ""),
                environment=Identity.from_env().environment,
                cluster=env.text("ECS_CLUSTER", ""),
                services=services.all,
                account=_account(env),
            ),
            policy=NotificationPolicy(
                storm_threshold=env.integer("STORM_THRESHOLD", 10, at_least=1),
                reminder=timedelta(hours=env.number("REMINDER_HOURS", 4)),
            ),
            flap_window=timedelta(seconds=env.integer("FLAP_WINDOW_SECONDS", 600)),
            offers=_offers(env),
            routes=_routes(env),
        )
        env.finish()
        return settings


def _account(env: Environment) -> str:
    """The topic's account, which is the stack's own."""
    parts = env.text("ALERT_TOPIC_ARN").split(":")
    return parts[4] if len(parts) > 4 else ""


def _offers(env: Environment) -> tuple[str, ...]:
    answers, rolls_back = env.flag("ANSWERS_SLACK"), env.flag("PROBE_ROLLBACK")
    if not answers:
        return ()
    return ("ack", "silence", "close", "probe", "hold", *(("rollback",) if rolls_back else ()))


def _routes(env: Environment) -> tuple[Route, ...]:
    try:
        return parse_routes(env.text("ALERT_ROUTES", ""))
    except BadRoutes as error:
        env.reject("ALERT_ROUTES", f"has a bad rule: {error}")
        return ()
