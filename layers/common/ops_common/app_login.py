"""Who logs in to the app's database, and where it listens: by parameter, table or secret."""

from typing import TYPE_CHECKING, Any

from .app_config import AppConfigError, AppConfigSettings, ConfigTable, complete_address
from .app_secret import current_content, password_of, url_of
from .query_database import DatabaseAddress, Login

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


def app_login(
    secrets: "SecretsManagerClient", table: ConfigTable, settings: AppConfigSettings
) -> Login:
    """The login that the app has now (AWSCURRENT).

    With IAM logins the secret isn't read: the user is the table's or the parameter's. Raises
    AppConfigError where the password or a user name is missing.
    """
    if settings.iam_login:
        address = database_address(secrets, table, settings)
        return Login(address, user_name({}, table, settings), None)
    content = current_content(secrets, settings)
    password = password_of(content, settings)
    if not password:
        raise AppConfigError(
            f"secret {settings.secret_id} has no text at key {settings.password_key}",
            settings.password_key,
        )
    address = _address_by(content, table, settings)
    return Login(address, user_name(content, table, settings), password)


def database_address(
    secrets: "SecretsManagerClient", table: ConfigTable, settings: AppConfigSettings
) -> DatabaseAddress:
    """Where the database listens: the parameter's address, else the table's, else the secret's.

    Raises AppConfigError where it isn't there, never quoting the secret.
    """
    needs_secret = settings.address is None and not settings.table_name
    content = current_content(secrets, settings) if needs_secret else {}
    return _address_by(content, table, settings)


def _address_by(
    content: dict[str, Any], table: ConfigTable, settings: AppConfigSettings
) -> DatabaseAddress:
    if settings.address is not None:
        return settings.address
    if settings.table_name:
        return table.address()
    if url := url_of(content, settings):
        return DatabaseAddress(url.host, url.port, url.name)
    found = [(key, content.get(key)) for key in settings.address_keys]
    return complete_address(found, secret=settings.secret_id)


def user_name(content: dict[str, Any], table: ConfigTable, settings: AppConfigSettings) -> str:
    """Who logs in: the URL's user, else the secret's, else the table's, else the parameter's.

    Raises AppConfigError where none of them names one.
    """
    url = url_of(content, settings)
    user = (
        (url and url.user)
        or content.get(settings.username_key)
        or table.value(settings.username_key)
        or settings.default_user
    )
    if not isinstance(user, str) or not user:
        raise AppConfigError(
            f"no database user: set {settings.username_key} in secret {settings.secret_id} or in"
            f" table {settings.table_name}, or the parameter DatabaseUser",
            settings.username_key,
        )
    return user
