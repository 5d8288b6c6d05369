"""Who logs in with what, read from a version of the secret; and who is next."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ops_common.app_config import AppConfigError, parse_secret
from rotate_password import json_key


@dataclass(frozen=True)
class Credentials:
    """A database user and its password."""

    user: str
    password: str = field(repr=False)


class SecretShape(NamedTuple):
    """Where in the secret the credentials are, and how they change."""

    secret_id: str
    password_key: str
    username_key: str
    alternating_users: tuple[str, ...]
    """Two roles that may take turns; empty where one user is to be kept."""
    user_of: Callable[[dict[str, Any]], str]
    """Resolves the user of a parsed secret; see ops_common.app_config.user_name."""

    def credentials(self, text: str) -> Credentials:
        """What a version's text says. Raises AppConfigError that names the secret and the key."""
        content = parse_secret(text, self.secret_id)
        password = content.get(self.password_key)
        if not isinstance(password, str) or not password:
            raise AppConfigError(f"secret {self.secret_id} has no text at key {self.password_key}")
        return Credentials(self.user_of(content), password)

    def names_user(self, text: str) -> bool:
        """Whether the secret itself says who logs in, so that the user can change with it."""
        return self.username_key in parse_secret(text, self.secret_id)

    def takes_turns(self, text: str) -> bool:
        """Whether a text's user is one of two that take turns."""
        return self.names_user(text) and self.credentials(text).user in self.alternating_users

    def with_credentials(self, text: str, credentials: Credentials) -> str:
        """The text with these credentials in place of its own, all else byte for byte.

        Raises AppConfigError where it has none, or where the user is named outside the secret and
        is another one.
        """
        values = {self.password_key: credentials.password}
        if self.credentials(text).user != credentials.user and self.names_user(text):
            values[self.username_key] = credentials.user
        replaced = json_key.replace(text, values)
        if self.credentials(replaced) != credentials:
            raise AppConfigError(
                f"the user in secret {self.secret_id} was changed while {credentials.user} was"
                f" given a new password; put {self.username_key} back as it was"
            )
        return replaced
