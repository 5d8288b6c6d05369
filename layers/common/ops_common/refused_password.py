"""Whether another version of the secret is accepted where the current one's password is refused.

A text from before a rotation that is saved after it, or AWSCURRENT moved back, leaves the app with
a password that the database refuses, while the valid one is under another label.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from .app_config import (
    AppConfigError,
    AppConfigSettings,
    ConfigTable,
    database_address,
    parse_secret,
    password_of,
    user_name,
)
from .query_database import Login, LoginRefused, QueryDatabase

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

CURRENT = "AWSCURRENT"


@dataclass(frozen=True)
class AcceptedVersion:
    """The version that the database accepts, and since when another one is current."""

    version: str
    labels: tuple[str, ...]
    changed_at: datetime
    """When the secret was last changed: at the latest then the password was lost to the app."""


def find_accepted_version(
    secrets: "SecretsManagerClient",
    table: ConfigTable,
    settings: AppConfigSettings,
    query: QueryDatabase,
) -> AcceptedVersion | None:
    """A labelled version other than the current one whose password logs in; None for no such.

    Raises ClientError, and the DatabaseError of a database that gives no answer.
    """
    described = secrets.describe_secret(SecretId=settings.secret_id)
    for version, labels in described.get("VersionIdsToStages", {}).items():
        if not labels or CURRENT in labels:
            continue
        login = _login(secrets, table, settings, version)
        if login is None:
            continue
        try:
            query.ask("check_login", login)
        except LoginRefused:
            continue
        return AcceptedVersion(version, tuple(sorted(labels)), described["LastChangedDate"])
    return None


def _login(
    secrets: "SecretsManagerClient", table: ConfigTable, settings: AppConfigSettings, version: str
) -> Login | None:
    # AWSPENDING may be on a version without a value yet.
    try:
        text = secrets.get_secret_value(SecretId=settings.secret_id, VersionId=version)
    except secrets.exceptions.ResourceNotFoundException:
        return None
    try:
        content = parse_secret(text.get("SecretString", ""), settings.secret_id)
        password = password_of(content, settings)
        if not password:
            return None
        address = database_address(secrets, table, settings)
        return Login(address, user_name(content, table, settings), password)
    except AppConfigError:
        return None
