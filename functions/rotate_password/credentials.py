"""Who logs in with what, read from a version of the secret; and who is next."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ops_common.app_config import AppConfigError, parse_secret
from rotate_password import json_key


@dataclass(frozen=True)
class Credentials:
    """A database user and its password."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class SecretShape:
    """Where in the secret the credentials are, and how they change."""

    secret_id: str
    password_key: str
    username_key: str
    alternating_users: tuple[str, ...]
    user_of: Callable[[dict[str, Any]], str]
    """Resolves the user of a parsed secret; see ops_common.app_config.user_name."""

    def credentials(self, text: str) -> Credentials:
        """What a version's text says. Raises AppConfigError that names the secret and the key."""
        content = parse_secret(text, self.secret_id)
        password = content.get(self.password_key)
        if not isinstance(password, str) or not password:
            raise AppConfigError(f"secret {self.secret_id} has no text at key {self.password_key}")
        return Credentials(self.user_of(content), password)

    def alternates(self, text: str) -> bool:
        """Whether users take turns: two are configured, and the secret says who logs in."""
        return bool(self.alternating_users) and self.username_key in parse_secret(
            text, self.secret_id
        )

    def successor(self, text: str, password: str) -> Credentials:
        """The credentials that follow those of a text: the same user's, or the other one's."""
        user = self.credentials(text).user
        if self.alternates(text):
            first, second = self.alternating_users
            user = second if user == first else first
        return Credentials(user, password)

    def with_credentials(self, text: str, credentials: Credentials) -> str:
        """The text with these credentials in place of its own, all else byte for byte.

        Raises AppConfigError where a key is missing, or where the user is named outside the
        secret and is another one.
        """
        values = {self.password_key: credentials.password}
        if self.alternates(text):
            values[self.username_key] = credentials.user
        try:
            replaced = json_key.replace(text, values)
        except json_key.NotAnObject:
            raise AppConfigError(f"secret {self.secret_id} is not a JSON object") from None
        except json_key.KeyMissing as missing:
            raise AppConfigError(f"secret {self.secret_id} has no key {missing}") from None
        if self.credentials(replaced) != credentials:
            raise AppConfigError(
                f"the user in secret {self.secret_id} was changed while {credentials.user} was"
                f" given a new password; put {self.username_key} back as it was"
            )
        return replaced
