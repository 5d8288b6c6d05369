"""What the template gives to probe_deployment."""

import os
from collections.abc import Mapping
from typing import NamedTuple, Self

from ops_common.app_config import AppConfigSettings
from ops_common.one_time_schedules import ScheduleSettings
from ops_common.service_names import ServiceNames
from ops_common.settings import Environment
from probe_deployment.hook import HookStatus

HOOK_ON_UNKNOWN = "PROBE_HOOK_ON_UNKNOWN"


def hook_on_unknown(environ: Mapping[str, str] = os.environ) -> HookStatus:
    """This setting alone, of an environment in which others may be what is broken."""
    asked = environ.get(HOOK_ON_UNKNOWN) == HookStatus.FAILED
    return HookStatus.FAILED if asked else HookStatus.SUCCEEDED


class Settings(NamedTuple):
    """What to check, what to expect, and how long to wait."""

    app_config: AppConfigSettings
    query_database_function: str
    cluster: str
    names: ServiceNames
    health_check_url: str
    health_check_ca_certificate: str
    """Base64 DER of one CA to trust for the health check; empty for the public ones."""
    ops_table_name: str
    queue_database_name: str
    """Where Solid Queue's tables are, if not in the app's own database."""
    grace_seconds: int
    """How long a failure may still be a deployment that settles."""
    rollback: bool
    certificate_days: int
    connections_per_web_task: int
    connections_per_worker_task: int
    web_max_tasks: int
    worker_max_tasks: int
    connection_reserve: int
    log_group_prefix: str
    target_latency_seconds: float
    rotation: bool
    """Whether the stack has rotate_password; likewise the next two."""
    scaling: bool
    alerts: bool
    scaler_dry_run: bool
    """Whether scale_workers only says what it would do."""
    stack_name: str
    alert_topic_arn: str
    answer_slack_url: str
    """Where Slack posts to; empty where the stack takes no Slack."""
    vpc_id: str
    database_cluster_id: str
    """Empty: the first part of the database's endpoint."""
    password_age_days: int
    secret_keys: dict[str, str]
    """Each key of the secret, and how its value must begin; empty where it may begin anyhow."""
    """How some of the secret's values must begin, by key."""
    expected_config: dict[str, str]
    """How some of the config table's values must begin, by key."""
    accepted_checks: tuple[str, ...]
    """Checks that the owners have accepted to fail; they are skipped in every suite."""
    soak_minutes: tuple[int, ...]
    """When a deployment that passed is checked again, in minutes after it."""
    hook_on_unknown: HookStatus
    """What a lifecycle hook is answered where the checks can't decide."""
    health_check_expects: str
    """A text of the health check's body, or `Header: value`; `{tag}` is the expected image tag."""
    schedules: ScheduleSettings

    @property
    def services(self) -> tuple[str, ...]:
        """All of them, of whatever kind."""
        return self.names.all

    @property
    def web_service(self) -> str:
        """The one behind the health check; empty where there is none."""
        return next(iter(self.names.web), "")

    def log_group(self, service: str) -> str:
        """Where the tasks of a service log to."""
        return self.log_group_prefix + service

    @classmethod
    def from_env(cls) -> Self:
        """Read the environment. Raises SettingsError that names every bad variable."""
        env = Environment()
        settings = cls(
            app_config=AppConfigSettings.from_environment(env),
            query_database_function=env.text("QUERY_DATABASE_FUNCTION"),
            cluster=env.text("ECS_CLUSTER"),
            names=ServiceNames.from_environment(env),
            health_check_url=env.text("HEALTH_CHECK_URL", ""),
            health_check_ca_certificate=env.text("HEALTH_CHECK_CA_CERTIFICATE", ""),
            ops_table_name=env.text("OPS_TABLE_NAME"),
            queue_database_name=env.text("QUEUE_DATABASE_NAME", ""),
            grace_seconds=env.integer("PROBE_GRACE_SECONDS", 300),
            rollback=env.flag("PROBE_ROLLBACK", default=False),
            certificate_days=env.integer("CERTIFICATE_DAYS", 14, at_least=1),
            connections_per_web_task=env.integer("CONNECTIONS_PER_WEB_TASK", 10),
            connections_per_worker_task=env.integer("CONNECTIONS_PER_WORKER_TASK", 5),
            web_max_tasks=env.integer("WEB_MAX_TASKS", 4, at_least=1),
            worker_max_tasks=env.integer("MAX_TASKS", 10, at_least=1),
            connection_reserve=env.integer("CONNECTION_RESERVE", 10),
            log_group_prefix=env.text("LOG_GROUP_PREFIX", "/ecs/"),
            target_latency_seconds=env.number("TARGET_LATENCY_SECONDS", 60),
            rotation=env.flag("ROTATION", default=True),
            scaling=env.flag("SCALING", default=True),
            alerts=env.flag("ALERTS", default=True),
            scaler_dry_run=env.flag("SCALER_DRY_RUN"),
            stack_name=env.text("STACK_NAME", ""),
            alert_topic_arn=env.text("ALERT_TOPIC_ARN", ""),
            answer_slack_url=env.text("ANSWER_SLACK_URL", ""),
            vpc_id=env.text("VPC_ID", ""),
            database_cluster_id=env.text("DATABASE_CLUSTER_ID", ""),
            password_age_days=env.integer("PASSWORD_AGE_DAYS", 45, at_least=1),
            secret_keys=_prefixes(env, "SECRET_KEYS"),
            expected_config=_prefixes(env, "EXPECTED_CONFIG_VALUES"),
            accepted_checks=env.names("ACCEPTED_CHECKS", ""),
            soak_minutes=_minutes(env, "PROBE_SOAK_MINUTES"),
            hook_on_unknown=HookStatus(
                env.choice(HOOK_ON_UNKNOWN, ("SUCCEEDED", "FAILED"), "SUCCEEDED")
            ),
            health_check_expects=env.text("HEALTH_CHECK_EXPECTS", ""),
            schedules=ScheduleSettings.from_environment(env),
        )
        env.finish()
        return settings


def _minutes(env: Environment, name: str) -> tuple[int, ...]:
    """Increasing numbers of minutes; empty for none."""
    parts = env.names(name, "")
    minutes = tuple(int(part) for part in parts if part.isdecimal())
    if len(minutes) < len(parts) or list(minutes) != sorted({*minutes} - {0}):
        env.reject(name, "must be increasing minutes such as 1,3,10")
        return ()
    return minutes


def _prefixes(env: Environment, name: str) -> dict[str, str]:
    """What the value of each key begins with: `stripe_secret_key=sk_live_`, or a key alone."""
    pairs = (pair.partition("=") for pair in env.names(name, ""))
    return {key: prefix for key, _, prefix in pairs}
