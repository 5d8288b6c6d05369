"""The app's own configuration: the secret of JSON keys, and the table with the address."""

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from .database_url import BadDatabaseUrl, DatabaseUrl, is_url
from .query_database import DatabaseAddress, Login

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_secretsmanager import SecretsManagerClient

    from .settings import Environment


class AppConfigError(Exception):
    """The config table or the config secret lacks something; the message names the key."""


TABLE_KEY, TABLE_VALUE = "id", "value"
"""Attributes of an item of the config table, as the gem jiki-config reads them."""


class AppConfigSettings(NamedTuple):
    """Names of the secret and the table, and of what is looked up in them."""

    secret_id: str
    password_key: str
    username_key: str
    table_name: str
    default_user: str
    address: DatabaseAddress | None = None
    """Where the database listens, if a parameter says it."""
    address_keys: tuple[str, str, str] = (
        "aurora_endpoint",
        "aurora_port",
        "aurora_database_name",
    )
    """Host, port and name, as the table calls them, or the secret where there is no table."""
    iam_login: bool = False
    """Whether a login carries no password: `query_database` signs an IAM token instead."""

    @classmethod
    def from_environment(cls, env: "Environment") -> "AppConfigSettings":
        """Read the variables that every function with a database login declares."""
        keys = env.names("ADDRESS_KEYS", "aurora_endpoint,aurora_port,aurora_database_name")
        if len(keys) != 3:
            env.reject("ADDRESS_KEYS must be three keys: of the host, the port and the name")
            keys = ("", "", "")
        return cls(
            address=_address(env),
            address_keys=(keys[0], keys[1], keys[2]),
            secret_id=env.text("CONFIG_SECRET_ID"),
            password_key=env.text("PASSWORD_KEY", "aurora_password"),
            username_key=env.text("USERNAME_KEY", "aurora_username"),
            table_name=env.text("CONFIG_TABLE_NAME", ""),
            default_user=env.text("DATABASE_USER", ""),
            iam_login=env.choice("DATABASE_AUTH", ("password", "iam"), "password") == "iam",
        )


def _address(env: "Environment") -> DatabaseAddress | None:
    """`HOST:PORT/NAME`; None where the variable is empty."""
    text = env.text("DATABASE_ADDRESS", "")
    place, _, name = text.partition("/")
    host, _, port = place.rpartition(":")
    if not text:
        return None
    if not (host and name and port.isdecimal()):
        env.reject(f"DATABASE_ADDRESS must be HOST:PORT/NAME, not {text!r}")
        return None
    return DatabaseAddress(host, int(port), name)


class ConfigTable:
    """The app's DynamoDB table `config`: one item per key. Without a name it has none."""

    def __init__(self, client: "DynamoDBClient", settings: AppConfigSettings) -> None:
        self._client = client
        self._settings = settings

    def value(self, key: str) -> str | None:
        """The value of one key as text, or None where there is no such item."""
        if not self._settings.table_name:
            return None
        item = self._client.get_item(
            TableName=self._settings.table_name,
            Key={TABLE_KEY: {"S": key}},
        ).get("Item", {})
        attribute = item.get(TABLE_VALUE, {})
        value = attribute.get("S", attribute.get("N"))
        return None if value is None else str(value)

    def address(self) -> DatabaseAddress:
        """Where the database listens. Raises AppConfigError that names all missing keys."""
        keys = self._settings.address_keys
        return _complete([(key, self.value(key)) for key in keys], self._settings.table_name)


def _complete(found: list[tuple[str, Any]], table: str = "", secret: str = "") -> DatabaseAddress:
    place = f"table {table}" if table else f"secret {secret}"
    if missing := [key for key, value in found if not value]:
        raise AppConfigError(f"{place} has no value for {', '.join(missing)}")
    (_, host), (port_key, port), (_, name) = found
    if not str(port).isdecimal():
        raise AppConfigError(f"{port_key} in {place} must be a number, not {port!r}")
    return DatabaseAddress(str(host), int(port), str(name))


def parse_secret(text: str, secret_id: str) -> dict[str, Any]:
    """The secret's JSON object. Raises AppConfigError, never quoting the content."""
    if text.startswith("\ufeff"):
        raise AppConfigError(
            f"secret {secret_id} begins with a byte order mark (BOM), which is no JSON; save it"
            " again without"
        )
    try:
        content = json.loads(text)
    except RecursionError:
        raise AppConfigError(f"secret {secret_id} is nested too deep to be read") from None
    except ValueError:
        # The decoder's own message may quote the document.
        raise AppConfigError(f"secret {secret_id} is not JSON; expected an object") from None
    if not isinstance(content, dict):
        raise AppConfigError(
            f"secret {secret_id} is a JSON {type(content).__name__}; expected an object"
        )
    return content


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
            f"secret {settings.secret_id} has no text at key {settings.password_key}"
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
    return _complete(found, secret=settings.secret_id)


def current_content(secrets: "SecretsManagerClient", settings: AppConfigSettings) -> dict[str, Any]:
    """The secret as the app reads it at boot. Raises AppConfigError."""
    text = secrets.get_secret_value(SecretId=settings.secret_id, VersionStage="AWSCURRENT")
    return parse_secret(text["SecretString"], settings.secret_id)


def url_of(content: dict[str, Any], settings: AppConfigSettings) -> DatabaseUrl | None:
    """The URL at the password's key, as `url_at` reads it."""
    return url_at(settings.password_key, content, settings.secret_id)


def url_at(key: str, content: dict[str, Any], secret_id: str) -> DatabaseUrl | None:
    """The URL at a key; None where that key holds no URL, such as a password alone.

    Raises AppConfigError where it is no URL of PostgreSQL.
    """
    value = content.get(key)
    if not is_url(value):
        return None
    try:
        return DatabaseUrl.parse(str(value))
    except BadDatabaseUrl as error:
        raise AppConfigError(
            f"the URL at {key} in secret {secret_id} can't be used: {error}"
        ) from None


def password_of(content: dict[str, Any], settings: AppConfigSettings) -> str:
    """The password at its key, out of a URL where that holds one; empty where there is none."""
    if url := url_of(content, settings):
        return url.password
    value = content.get(settings.password_key)
    return value if isinstance(value, str) else ""


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
            f" table {settings.table_name}, or the parameter DatabaseUser"
        )
    return user
