"""What the database says to the passwords that are known, and giving it a new one."""

from collections.abc import Iterable, Mapping
from copy import replace
from datetime import timedelta
from typing import Any

from ops_common.answers.logins import LoginAnswer, RolesAnswer
from ops_common.query_database import (
    DatabaseAddress,
    DatabaseUnreachable,
    Login,
    LoginRefused,
    QueryDatabase,
)
from rotate_password.clock import Clock
from rotate_password.credentials import Credentials

ASK_EVERY_SECONDS = 5


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

    def login(self, credentials: Credentials) -> Login:
        """The login of these credentials."""
        return Login(self._address, credentials.user, credentials.password)

    def check(self, credentials: Credentials) -> LoginAnswer:
        """Log in once. Raises LoginRefused, DatabaseUnreachable and their like."""
        return LoginAnswer.from_json(self._database.ask("check_login", self.login(credentials)))

    def accepts(self, credentials: Credentials) -> bool:
        """Whether this login is not refused. Raises where the database gives no answer."""
        try:
            self.check(credentials)
        except LoginRefused:
            return False
        return True

    def set_password(self, by: Credentials, new: Credentials) -> None:
        """Set the new password, logged in as `by`."""
        self._database.ask(
            "set_password", self.login(by), {"user": new.user, "new_password": new.password}
        )

    def prepare_roles(
        self, by: Credentials, users: Iterable[str], owner: str, other_database: str
    ) -> tuple[str, ...]:
        """Prepare the alternating users; see query_database.roles. Returns the roles made.

        They own what is in the app's database, and what is in the other one if it has a name.
        """
        login = self.login(by)
        parameters = {"users": list(users), "owner_role": owner}
        made: list[str] = []
        for name in dict.fromkeys((self._address.name, other_database or self._address.name)):
            there = replace(login, address=replace(self._address, name=name))
            answer = self._database.ask("prepare_roles", there, parameters)
            made += RolesAnswer.from_json(answer).created
        return tuple(made)
