"""Answers about who logs in, and about the roles that take turns."""

from dataclasses import dataclass
from datetime import datetime

from .answer import Answer
from .turns import Difference


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
    valid_until: datetime | None = None
    """When the role's password expires (VALID UNTIL), if ever."""
    read_only: bool = False
    """Whether it is a standby: a reader's endpoint, or a failover that isn't over."""
    pooled: bool = False
    """Whether a proxy or pooler is between, which has to know a new password too."""


@dataclass(frozen=True)
class UserStatus(Answer):
    """Whether a role may log in, and its sessions on the server, our own aside."""

    name: str
    can_login: bool
    valid_until: datetime | None
    sessions: int
    applications: tuple[str, ...]
    """The application names of its sessions."""
    by_token_alone: bool = False
    """Whether it is a member of rds_iam, whom Amazon RDS takes no password of."""


@dataclass(frozen=True)
class UsersAnswer(Answer):
    """`inspect_users`: those of the users asked for that exist."""

    users: tuple[UserStatus, ...]


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
    carried: tuple[str, ...] = ()
    """What else of the user that prepared them they were given."""
    differences: tuple[Difference, ...] = ()
    """What they still miss of it."""
