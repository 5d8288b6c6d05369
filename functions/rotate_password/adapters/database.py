"""What the database says to the passwords that are known, and giving it a new one."""

import re
from collections.abc import Iterable, Mapping
from copy import replace
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ops_common.answers.logins import LoginAnswer, RolesAnswer, UsersAnswer, UserStatus
from ops_common.answers.turns import TurnAnswer
from ops_common.query_database import (
    DatabaseAddress,
    DatabaseUnreachable,
    Login,
    LoginDisabled,
    LoginRefused,
    QueryDatabase,
)
from rotate_password.adapters.clock import Clock
from rotate_password.reading.credentials import Credentials

ASK_EVERY_SECONDS = 5
# Amazon RDS User Guide, "RDS Proxy": its endpoints are NAME.proxy-ID.REGION.rds.amazonaws.com.
_RDS_PROXY = re.compile(r"\.proxy-\w+\.[a-z0-9-]+\.rds\.amazonaws\.com", re.IGNORECASE)
RDS_PROXY_REMEDY = (
    "it takes the passwords of its own secrets alone, so no new one could be tried: give"
    " DatabaseAddress the cluster's own endpoint"
)


@dataclass(frozen=True)
class Pair:
    """Two roles that take turns, and the one that owns what they make."""

    users: tuple[str, ...]
    owner_role: str
    databases: tuple[str, ...]
    """Those that are known to be the app's."""

    def as_json(self) -> dict[str, Any]:
        """The fields of the requests about them."""
        return {"users": list(self.users), "owner_role": self.owner_role}


class RetryingDatabase:
    """A QueryDatabase that asks again while it can't be reached: a paused Aurora must resume."""

    def __init__(self, database: QueryDatabase, clock: Clock, wait_seconds: int) -> None:
        self._database = database
        self._clock = clock
        self._wait = timedelta(seconds=wait_seconds)

    def ask(
        self, request: str, login: Login, parameters: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """See QueryDatabase. Raises DatabaseUnreachable once the wait is over."""
        deadline = self._clock.now() + self._wait
        while True:
            try:
                return self._database.ask(request, login, parameters)
            except DatabaseUnreachable:
                if self._clock.now() >= deadline:
                    raise
            self._clock.sleep(ASK_EVERY_SECONDS)


class Database:
    """The database of one address, asked by query_database."""

    def __init__(self, database: QueryDatabase, address: DatabaseAddress) -> None:
        self._database = database
        self._address = address

    @property
    def behind_rds_proxy(self) -> bool:
        """Whether the address is that of Amazon RDS Proxy, which knows no pending password."""
        return _RDS_PROXY.search(self._address.host) is not None

    def login(self, credentials: Credentials) -> Login:
        """The login of these credentials."""
        return Login(self._address, credentials.user, credentials.password)

    def check(self, credentials: Credentials) -> LoginAnswer:
        """Log in once. Raises LoginRefused, DatabaseUnreachable and their like."""
        return LoginAnswer.from_json(self._database.ask("check_login", self.login(credentials)))

    def accepts(self, credentials: Credentials) -> bool:
        """Whether this login is not refused.

        Raises where the database gives no answer, and LoginDisabled where the password is not
        what is wrong.
        """
        try:
            self.check(credentials)
        except LoginDisabled:
            raise
        except LoginRefused:
            return False
        return True

    def set_password(self, by: Credentials, new: Credentials) -> None:
        """Set the new password, logged in as `by`."""
        self._database.ask(
            "set_password", self.login(by), {"user": new.user, "new_password": new.password}
        )

    def user_status(self, by: Credentials, user: str) -> UserStatus | None:
        """Whether a role may log in, and its sessions; None where there is no such role."""
        answer = self._database.ask("inspect_users", self.login(by), {"users": [user]})
        return next(iter(UsersAnswer.from_json(answer).users), None)

    def inspect_turn(self, by: Credentials, pair: Pair) -> Mapping[str, TurnAnswer]:
        """What the pair would miss of `by`, in each database that it has something in."""
        found: dict[str, TurnAnswer] = {}
        left = list(pair.databases or (self._address.name,))
        while left:
            name = left.pop(0)
            answer = self._database.ask("inspect_turn", self._login_to(by, name), pair.as_json())
            found[name] = TurnAnswer.from_json(answer)
            left += [each for each in found[name].other_databases if each not in (*found, *left)]
        return found

    def prepare_roles(
        self, by: Credentials, pair: Pair, databases: Iterable[str]
    ) -> Mapping[str, RolesAnswer]:
        """Prepare the pair in these databases; see query_database.roles."""
        return {
            name: RolesAnswer.from_json(
                self._database.ask("prepare_roles", self._login_to(by, name), pair.as_json())
            )
            for name in databases
        }

    def databases(self, queue_database: str) -> tuple[str, ...]:
        """The app's own and, if it has a name, Solid Queue's."""
        return tuple(dict.fromkeys((self._address.name, queue_database or self._address.name)))

    def _login_to(self, credentials: Credentials, name: str) -> Login:
        return replace(self.login(credentials), address=replace(self._address, name=name))
