"""Whether another version of the secret is accepted where the current one's password is refused.

A text from before a rotation that is saved after it, or AWSCURRENT moved back, leaves the app with
a password that the database refuses, while the valid one is under another label.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from .app_config import AppConfigError, AppConfigSettings, ConfigTable
from .app_login import database_address, user_name
from .app_secret import parse_secret, password_of
from .query_database import Login, LoginRefused, QueryDatabase

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_secretsmanager.type_defs import GetSecretValueResponseTypeDef

CURRENT = "AWSCURRENT"


class RevertCause(StrEnum):
    """How the refused version came to be the current one."""

    SAVED = "saved"
    """It is the younger one: somebody saved a text, most often one from before a rotation."""
    MOVED = "moved"
    """It is the older one: somebody moved AWSCURRENT back."""


@dataclass(frozen=True)
class AcceptedVersion:
    """The version that the database accepts, and why and since when another one is current."""

    version: str
    labels: tuple[str, ...]
    cause: RevertCause
    since: datetime
    """When the text was saved; of a label that was moved, the secret's last change."""
    secret_id: str

    @property
    def command(self) -> str:
        """What sets both right."""
        return f"aws secretsmanager rotate-secret --secret-id {self.secret_id}"


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
    stages = described.get("VersionIdsToStages", {})
    for version, labels in stages.items():
        if not labels or CURRENT in labels:
            continue
        text = _read(secrets, settings, version)
        login = text and _login(text, secrets, table, settings)
        if not text or not login:
            continue
        try:
            query.ask("check_login", login)
        except LoginRefused:
            continue
        current = secrets.get_secret_value(SecretId=settings.secret_id, VersionStage=CURRENT)
        saved = current["CreatedDate"] >= text["CreatedDate"]
        return AcceptedVersion(
            version,
            tuple(sorted(labels)),
            RevertCause.SAVED if saved else RevertCause.MOVED,
            current["CreatedDate"] if saved else described["LastChangedDate"],
            settings.secret_id,
        )
    return None


def _read(
    secrets: "SecretsManagerClient", settings: AppConfigSettings, version: str
) -> "GetSecretValueResponseTypeDef | None":
    # AWSPENDING may be on a version without a value yet.
    try:
        return secrets.get_secret_value(SecretId=settings.secret_id, VersionId=version)
    except secrets.exceptions.ResourceNotFoundException:
        return None


def _login(
    text: "GetSecretValueResponseTypeDef",
    secrets: "SecretsManagerClient",
    table: ConfigTable,
    settings: AppConfigSettings,
) -> Login | None:
    try:
        content = parse_secret(text.get("SecretString", ""), settings.secret_id)
        password = password_of(content, settings)
        if not password:
            return None
        address = database_address(secrets, table, settings)
        return Login(address, user_name(content, table, settings), password)
    except AppConfigError:
        return None
