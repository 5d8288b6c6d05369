"""What the template gives to rotate_password."""

from typing import NamedTuple, Self

from ops_common.app_config import AppConfigSettings
from ops_common.queue_login import on_the_same_server
from ops_common.service_names import ServiceNames
from ops_common.settings import Environment
from rotate_password.adapters.ports import Choices


class Settings(NamedTuple):
    """The secret and its database, the services to redeploy, and a team's choices."""

    app: AppConfigSettings
    query_database_function: str
    ecs_cluster: str
    alternating_users: tuple[str, ...]
    """Two roles that take turns where the secret names its user; empty never to alternate."""
    database_wait_seconds: int
    database_cluster: str
    """The Aurora cluster, whose master user is asked for; empty where it isn't named."""
    password_copies: tuple[str, ...]
    """Further keys of the secret that hold the password and change with it."""
    choices: Choices

    @classmethod
    def from_env(cls) -> Self:
        """Read the environment. Raises SettingsError that names every bad variable."""
        env = Environment()
        services = ServiceNames.from_environment(env).all
        users = env.names("ALTERNATING_USERS", "")
        if users and len(set(users)) != 2:
            env.reject("ALTERNATING_USERS", "must be two distinct roles or empty")
        may_reset = env.flag("ALLOW_MASTER_RESET")
        cluster = env.text("DATABASE_CLUSTER_ID", "")
        if may_reset and not cluster:
            env.reject("DATABASE_CLUSTER_ID", "is missing: ALLOW_MASTER_RESET is true")
        settings = cls(
            app=AppConfigSettings.from_environment(env),
            query_database_function=env.text("QUERY_DATABASE_FUNCTION"),
            ecs_cluster=env.text("ECS_CLUSTER", None if services else ""),
            alternating_users=users,
            database_wait_seconds=env.integer("DATABASE_WAIT_SECONDS", 60),
            database_cluster=cluster,
            password_copies=env.names("PASSWORD_COPIES", ""),
            choices=Choices(
                services=services,
                rollout_wait_seconds=env.integer("ROLLOUT_WAIT_SECONDS", 300),
                owner_role=env.text("OWNER_ROLE", "jiki_owner"),
                queue_database=on_the_same_server(env.text("QUEUE_DATABASE_NAME", "")),
                may_reset=may_reset,
            ),
        )
        env.finish()
        return settings
