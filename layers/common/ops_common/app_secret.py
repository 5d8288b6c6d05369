"""What the app's secret holds: JSON keys, one of them the password or a URL with it."""

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from .app_config import AppConfigError, AppConfigSettings
from .database_url import BadDatabaseUrl, DatabaseUrl, is_url

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


class Form(StrEnum):
    """Why a secret's text is no JSON object."""

    BINARY = "binary"
    BYTE_ORDER_MARK = "byte order mark"
    TOO_DEEP = "too deep"
    NO_JSON = "no JSON"
    NO_OBJECT = "no object"


class NoObject(AppConfigError):
    """The secret is no JSON object; nothing of it is quoted."""

    def __init__(self, form: Form, message: str) -> None:
        super().__init__(message)
        self.form = form


def parse_secret(text: str, secret_id: str) -> dict[str, Any]:
    """The secret's JSON object. Raises NoObject, never quoting the content."""
    if text.startswith("\ufeff"):
        raise NoObject(
            Form.BYTE_ORDER_MARK,
            f"secret {secret_id} begins with a byte order mark (BOM), which is no JSON; save it"
            " again without",
        )
    try:
        content = json.loads(text)
    except RecursionError:
        raise NoObject(Form.TOO_DEEP, f"secret {secret_id} is nested too deep to be read") from None
    except ValueError:
        # The decoder's own message may quote the document.
        raise NoObject(
            Form.NO_JSON, f"secret {secret_id} is not JSON; expected an object"
        ) from None
    if not isinstance(content, dict):
        raise NoObject(
            Form.NO_OBJECT,
            f"secret {secret_id} is a JSON {type(content).__name__}; expected an object",
        )
    return content


def current_content(secrets: "SecretsManagerClient", settings: AppConfigSettings) -> dict[str, Any]:
    """The secret as the app reads it at boot. Raises AppConfigError."""
    version = secrets.get_secret_value(SecretId=settings.secret_id, VersionStage="AWSCURRENT")
    if "SecretString" not in version:
        raise NoObject(
            Form.BINARY, f"secret {settings.secret_id} is binary; expected a text of JSON"
        )
    return parse_secret(version["SecretString"], settings.secret_id)


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
            f"the URL at {key} in secret {secret_id} can't be used: {error}", key
        ) from None


def password_of(content: dict[str, Any], settings: AppConfigSettings) -> str:
    """The password at its key, out of a URL where that holds one; empty where there is none."""
    if url := url_of(content, settings):
        return url.password
    value = content.get(settings.password_key)
    return value if isinstance(value, str) else ""
