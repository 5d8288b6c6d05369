"""The login to the database that holds Solid Queue's tables, where that is another one."""

from copy import replace
from typing import TYPE_CHECKING

from .app_config import AppConfigError, AppConfigSettings
from .app_secret import current_content, url_at
from .query_database import DatabaseAddress, Login

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

IN_SECRET = "secret:"  # noqa: S105  # a prefix


def has_own_login(place: str) -> bool:
    """Whether the queue has a user of its own, maybe on another server."""
    return place.startswith(IN_SECRET)


def on_the_same_server(place: str) -> str:
    """The database's name, where the app's own login reaches it; else nothing."""
    return "" if has_own_login(place) else place


def at_queue(
    login: Login, place: str, secrets: "SecretsManagerClient", settings: AppConfigSettings
) -> Login:
    """The app's login, at the queue's place: a name, or `secret:KEY` of a URL; empty changes none.

    Raises AppConfigError where the key holds no URL of PostgreSQL.
    """
    if not has_own_login(place):
        return replace(login, address=replace(login.address, name=place or login.address.name))
    key = place.removeprefix(IN_SECRET)
    url = url_at(key, current_content(secrets, settings), settings.secret_id)
    if url is None:
        raise AppConfigError(f"secret {settings.secret_id} has no URL of a database at {key}", key)
    return Login(DatabaseAddress(url.host, url.port, url.name), url.user, url.password)
