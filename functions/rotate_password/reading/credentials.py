"""Who logs in with what, read once from each version of the secret."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from ops_common.app_config import AppConfigError
from ops_common.app_secret import parse_secret, url_at
from ops_common.database_url import DatabaseUrl
from rotate_password.reading import copies, json_key


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
    """Two roles that may take turns; empty where one user is to be kept."""
    user_of: Callable[[dict[str, Any]], str]
    """Resolves the user of a parsed secret; see ops_common.app_config.user_name."""
    copies: tuple[str, ...] = ()
    """Further keys that hold the password, alone or in a URL, and change with it."""

    def read(self, text: str) -> "SecretText":
        """A version's text, parsed once. Raises AppConfigError where it is no JSON object."""
        content = parse_secret(text, self.secret_id)
        url = url_at(self.password_key, content, self.secret_id)
        password = url.password if url else content.get(self.password_key)
        known = isinstance(password, str) and password
        return SecretText(
            shape=self,
            text=text,
            content=content,
            credentials=Credentials(self.user_of(content), str(password)) if known else None,
            url=url,
        )


@dataclass(frozen=True)
class SecretText:
    """The text of one version, with what it says."""

    shape: SecretShape
    text: str = field(repr=False)
    content: Mapping[str, Any] = field(repr=False)
    credentials: Credentials | None
    """None where the text has no password."""
    url: DatabaseUrl | None = None
    """The URL that holds them, where the password's key has one instead of a password alone."""

    @property
    def login(self) -> Credentials:
        """The credentials. Raises AppConfigError that names the secret and the key."""
        if self.credentials is None:
            raise AppConfigError(
                f"secret {self.shape.secret_id} has no text at key {self.shape.password_key}",
                self.shape.password_key,
            )
        return self.credentials

    @property
    def names_user(self) -> bool:
        """Whether the secret itself says who logs in, so that the user can change with it."""
        return self.url is not None or self.shape.username_key in self.content

    @property
    def takes_turns(self) -> bool:
        """Whether its user is one of two that take turns."""
        user = self.credentials.user if self.credentials else ""
        return self.names_user and user in self.shape.alternating_users

    @property
    def other_copies(self) -> Mapping[str, str]:
        """Where else in the text the password is, but for the keys that change with it; with what
        to do about each.
        """
        # A user who is called as its password is no copy.
        known = (self.shape.password_key, self.shape.username_key, *self.shape.copies)
        password = self.login.password
        return {
            place: copies.advice(place, self.content.get(place), password)
            for place in copies.find(self.content, password, known)
        }

    def unusable_copies(self, passwords: Collection[str]) -> tuple[str, ...]:
        """The keys named as copies that hold none of these passwords, alone or in a URL: what they
        hold would be lost.
        """
        return tuple(
            key
            for key in self.shape.copies
            if copies.password_in(self.content.get(key)) not in passwords
        )

    @property
    def lone_copies(self) -> tuple[str, ...]:
        """The keys named as copies that hold the password without its user."""
        return tuple(
            key
            for key in self.shape.copies
            if isinstance(value := self.content.get(key), str) and "://" not in value
        )

    def with_credentials(self, new: Credentials, known: Collection[str] = ()) -> str:
        """The text with these credentials in place of its own, all else byte for byte.

        A user or a password that somebody took out of it is put in again, at the end. A copy
        changes where it holds one of the `known` passwords: what somebody has put there instead
        would be lost.
        """
        if self.url is not None:
            values = {self.shape.password_key: self.url.with_credentials(new.user, new.password)}
        else:
            values = {self.shape.password_key: new.password}
            if self.credentials is None or self.credentials.user != new.user:
                values[self.shape.username_key] = new.user
        for key in self.shape.copies:
            value = self.content.get(key)
            if copies.password_in(value) in known:
                values[key] = copies.renewed(str(value), user=new.user, password=new.password)
        return json_key.put(self.text, values)
