"""What a rotation needs, looked at without one."""

from ops_common.answers.logins import LoginAnswer
from ops_common.app_config import AppConfigError, ConfigTable, app_login, parse_secret
from ops_common.aws import client
from ops_common.ecs import EcsServices
from ops_common.query_database import LambdaQueryDatabase
from rotate_password.secret import CURRENT, SecretsManagerSecret
from rotate_password.settings import Settings


def settings() -> str:
    """Every variable is well. Raises SettingsError."""
    Settings.from_env()
    return "every variable is well"


def secret() -> str:
    """The secret is readable and has the key. Raises ClientError or AppConfigError."""
    app = Settings.from_env().app
    adapter = SecretsManagerSecret(client("secretsmanager"), app.secret_id)
    text = adapter.read(adapter.state().labels[CURRENT])
    key = app.password_key
    if not parse_secret(text or "", app.secret_id).get(key):
        raise AppConfigError(f"secret {app.secret_id} has no value at {key}")
    return f"secret {app.secret_id} is readable, with {key}"


def database() -> str:
    """The app's password logs in, through query_database. Raises ClientError or DatabaseError."""
    found = Settings.from_env()
    table = ConfigTable(client("dynamodb"), found.app)
    login = app_login(client("secretsmanager"), table, found.app)
    query = LambdaQueryDatabase(client("lambda"), found.query_database_function)
    answer = LoginAnswer.from_json(query.ask("check_login", login))
    return f"logged in as {answer.session_user}"


def services() -> str:
    """The services to redeploy can be. Raises ServiceNotFound, DeployedElsewhere or ClientError."""
    found = Settings.from_env()
    names = found.policy.services
    if not names:
        return "no service is to be redeployed"
    for service in EcsServices(client("ecs"), found.ecs_cluster).describe(names):
        _ = service.primary  # raises where ECS could not redeploy it
    return f"found {' and '.join(names)}"


CHECKS = {"settings": settings, "secret": secret, "database": database, "services": services}
