"""The app's configuration: what its secret and its table are called, and what the table holds."""

from typing import TYPE_CHECKING, Any, NamedTuple

from .database_url import MAX_PORT
from .query_database import DatabaseAddress

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from .settings import Environment


class AppConfigError(Exception):
    """The config table or the config secret lacks something; the message names the keys too."""

    def __init__(self, message: str, *keys: str) -> None:
        super().__init__(message)
        self.keys = keys


TABLE_KEY, TABLE_VALUE = "id", "value"
"""Attributes of an item of the config table, as the gem jiki-config reads them."""


class AppConfigSettings(NamedTuple):
    """Names of the secret and the table, and of what is read in them."""

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
            env.reject("ADDRESS_KEYS", "must be three keys: of the host, the port and the name")
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
    if not (host and name and port.isdecimal() and 0 < int(port) <= MAX_PORT):
        env.reject("DATABASE_ADDRESS", f"must be HOST:PORT/NAME, not {text!r}")
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
        return complete_address(
            [(key, self.value(key)) for key in keys], table=self._settings.table_name
        )


def complete_address(
    found: list[tuple[str, Any]], *, table: str = "", secret: str = ""
) -> DatabaseAddress:
    """Host, port and name of three keys. Raises AppConfigError that names all missing ones."""
    place = f"table {table}" if table else f"secret {secret}"
    if missing := [key for key, value in found if not value]:
        raise AppConfigError(f"{place} has no value for {', '.join(missing)}", *missing)
    (_, host), (port_key, port), (_, name) = found
    if not (str(port).isdecimal() and 0 < int(port) <= MAX_PORT):
        raise AppConfigError(
            f"{port_key} in {place} must be a number up to {MAX_PORT}, not {port!r}", port_key
        )
    return DatabaseAddress(str(host), int(port), str(name))
