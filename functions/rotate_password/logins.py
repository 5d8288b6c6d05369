"""What the database says to the passwords that are known, and giving it a new one."""

from collections.abc import Iterable
from copy import replace
from datetime import timedelta

from ops_common.answers.logins import LoginAnswer, RolesAnswer
from ops_common.query_database import DatabaseAddress, Login, LoginRefused, QueryDatabase
from rotate_password.clock import Clock
from rotate_password.credentials import Credentials
from rotate_password.master_reset import MasterReset

LOOK_EVERY_SECONDS = 10
MASTER_RESET_SECONDS = 300


class PasswordLost(Exception):
    """No version of the secret holds a password that the database accepts."""


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

    def takes_turns(self, credentials: Credentials, users: set[str]) -> bool:
        """Whether these users are prepared to take turns; False too where the login is refused."""
        try:
            answer = self.check(credentials)
        except LoginRefused:
            return False
        return set(answer.alternating_users) == users

    def set_password(self, by: Credentials, new: Credentials) -> None:
        """Set the new password, logged in as `by`."""
        self._database.ask(
            "set_password", self.login(by), {"user": new.user, "new_password": new.password}
        )

    def prepare_roles(
        self, by: Credentials, users: Iterable[str], owner: str, other_database: str
    ) -> list[str]:
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
        return made


def first_accepted(database: Database, known: Iterable[Credentials]) -> Credentials | None:
    """The first of the credentials that log in, each tried once; None where all are refused.

    Only a refusal counts: where the database gives no answer its error is raised, lest an
    outage be taken for a lost password.
    """
    return next((each for each in dict.fromkeys(known) if database.accepts(each)), None)


def reset_master(database: Database, new: Credentials, reset: MasterReset, clock: Clock) -> None:
    """Have the master's password set to the new one, and wait until it logs in.

    Raises PasswordLost where time runs out (the step is then tried again, and finds the password
    set or goes on waiting).
    """
    reset.begin(new.password)
    deadline = clock.now() + timedelta(seconds=MASTER_RESET_SECONDS)
    while not database.accepts(new):
        if clock.now() >= deadline:
            raise PasswordLost(f"the reset password of {new.user} is not accepted yet")
        clock.sleep(LOOK_EVERY_SECONDS)
