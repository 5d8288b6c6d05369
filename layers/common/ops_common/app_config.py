"""The app's own configuration: the secret of JSON keys, and the table with the address."""

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from .query_database import DatabaseAddress, Login

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_secretsmanager import SecretsManagerClient

    from .settings import Environment


class AppConfigError(Exception):
    """The config table or the config secret lacks something; the message names the key."""


class AppConfigSettings(NamedTuple):
    """Names of the secret and the table, and of what is looked up in them."""

    secret_id: str
    password_key: str
    username_key: str
    table_name: str
    table_key_attribute: str
    table_value_attribute: str
    default_user: str
    iam_login: bool = False
    """Whether a login carries no password: `query_database` signs an IAM token instead."""

    @classmethod
    def from_environment(cls, env: "Environment") -> "AppConfigSettings":
        """Read the variables that every function with a database login declares."""
        return cls(
            secret_id=env.text("CONFIG_SECRET_ID"),
            password_key=env.text("PASSWORD_KEY", "aurora_password"),
            username_key=env.text("USERNAME_KEY", "aurora_username"),
            table_name=env.text("CONFIG_TABLE_NAME", ""),
            table_key_attribute=env.text("CONFIG_TABLE_KEY_ATTRIBUTE", "id"),
            table_value_attribute=env.text("CONFIG_TABLE_VALUE_ATTRIBUTE", "value"),
            default_user=env.text("DATABASE_USER", ""),
            iam_login=env.choice("DATABASE_AUTH", ("password", "iam"), "password") == "iam",
        )


class ConfigTable:
    """The app's DynamoDB table `config`: one item per key."""

    def __init__(self, client: "DynamoDBClient", settings: AppConfigSettings) -> None:
        self._client = client
        self._settings = settings

    def value(self, key: str) -> str | None:
        """The value of one key as text, or None where there is no such item."""
        item = self._client.get_item(
            TableName=self._settings.table_name,
            Key={self._settings.table_key_attribute: {"S": key}},
        ).get("Item", {})
        attribute = item.get(self._settings.table_value_attribute, {})
        value = attribute.get("S", attribute.get("N"))
        return None if value is None else str(value)

    def address(self) -> DatabaseAddress:
        """Where the database listens. Raises AppConfigError that names all missing keys."""
        keys = ("aurora_endpoint", "aurora_port", "aurora_database_name")
        found = {key: self.value(key) for key in keys}
        missing = [key for key, value in found.items() if not value]
        if missing:
            raise AppConfigError(
                f"table {self._settings.table_name} has no value for {', '.join(missing)}"
            )
        port = str(found["aurora_port"])
        if not port.isdecimal():
            raise AppConfigError(
                f"aurora_port in table {self._settings.table_name} must be a number, not {port!r}"
            )
        return DatabaseAddress(
            str(found["aurora_endpoint"]), int(port), str(found["aurora_database_name"])
        )


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
        return Login(table.address(), user_name({}, table, settings), None)
    text = secrets.get_secret_value(SecretId=settings.secret_id, VersionStage="AWSCURRENT")
    content = parse_secret(text["SecretString"], settings.secret_id)
    password = content.get(settings.password_key)
    if not isinstance(password, str) or not password:
        raise AppConfigError(
            f"secret {settings.secret_id} has no text at key {settings.password_key}"
        )
    return Login(table.address(), user_name(content, table, settings), password)


def user_name(content: dict[str, Any], table: ConfigTable, settings: AppConfigSettings) -> str:
    """Who logs in: the secret's user name, else the table's, else the parameter's.

    Raises AppConfigError where none of the three names one.
    """
    user = (
        content.get(settings.username_key)
        or table.value(settings.username_key)
        or settings.default_user
    )
    if not isinstance(user, str) or not user:
        raise AppConfigError(
            f"no database user: set {settings.username_key} in secret {settings.secret_id} or in"
            f" table {settings.table_name}, or the parameter DatabaseUser"
        )
    return user
