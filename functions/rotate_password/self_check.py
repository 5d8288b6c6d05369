"""What a rotation needs, checked without one."""

from copy import replace

from ops_common.answers.logins import LoginAnswer
from ops_common.app_config import AppConfigError, ConfigTable
from ops_common.app_login import app_login
from ops_common.app_secret import parse_secret
from ops_common.aws import client
from ops_common.ecs import EcsServices
from ops_common.ops_events import OpsEvent
from ops_common.query_database import LambdaQueryDatabase
from rotate_password.adapters.clock import SystemClock
from rotate_password.adapters.secret import CURRENT, SecretsManagerSecret
from rotate_password.conditions.versions import read_current
from rotate_password.rehearsal.checks import Level
from rotate_password.rehearsal.rehearse import rehearse
from rotate_password.settings import Settings
from rotate_password.wiring import wire


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
        raise AppConfigError(f"secret {app.secret_id} has no value at {key}", key)
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
    names = found.choices.services
    if not names:
        return "no service is to be redeployed"
    for service in EcsServices(client("ecs"), found.ecs_cluster).describe(names):
        _ = service.primary  # raises where ECS could not redeploy it
    return f"found {' and '.join(names)}"


def rehearsal() -> str:
    """A rotation would work. Raises RotationWouldBreak that names what is in its way.

    What keeps a rehearsal from beginning is raised as the other checks raise it.
    """
    # Whoever asks waits for the answer: a database out of reach is not waited for.
    found = replace(Settings.from_env(), database_wait_seconds=0)
    ports = wire(found, found.app.secret_id, _publish_nothing, SystemClock())
    ports.database.check(read_current(ports, ports.secret.state()).login)
    findings = rehearse(ports)
    stops = [each for each in findings if each.level is Level.STOP]
    if stops:
        named = "; ".join(f"{each.observed} ({each.remedy})" for each in stops)
        raise RotationWouldBreak(f"a rotation would be stopped: {named}")
    notes = [each.observed for each in findings if each.level is Level.NOTE]
    return f"a rotation may begin{': ' if notes else ''}{'; '.join(notes)}"


class RotationWouldBreak(Exception):
    """A rehearsal found what would stop a rotation, or be broken by it."""


def _publish_nothing(event: OpsEvent) -> None:
    """A check notifies nobody; none of a rehearsal publishes."""
    raise AssertionError(event.kind)


CHECKS = {
    "settings": settings,
    "secret": secret,
    "database": database,
    "services": services,
    "rehearsal": rehearsal,
}
