"""Answers about who logs in, and about the roles that take turns."""

from dataclasses import dataclass

from .answer import Answer


@dataclass(frozen=True)
class LoginAnswer(Answer):
    """`check_login`: who is logged in, and how."""

    session_user: str
    current_user: str
    server_version: str
    tls: str | None
    """The TLS version of the connection, as the server sees it; None behind a proxy without."""
    alternating_users: tuple[str, ...]
    """The two that `prepare_roles` made in this database, where this login may set their
    passwords; else none."""


@dataclass(frozen=True)
class PasswordAnswer(Answer):
    """`set_password`: whose password is a new one."""

    user: str


@dataclass(frozen=True)
class RolesAnswer(Answer):
    """`prepare_roles`: the roles that take turns, and which of them were made now."""

    created: tuple[str, ...]
    users: tuple[str, ...]
    owner_role: str
