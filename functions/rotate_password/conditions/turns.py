"""Whose password is changed next, and whether that breaks anybody who uses it still."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from ops_common.answers.logins import UserStatus
from ops_common.answers.turns import Difference
from ops_common.query_database import LoginRefused
from rotate_password.adapters.database import Pair
from rotate_password.adapters.master_reset import ManagedPassword
from rotate_password.adapters.ports import Ports
from rotate_password.adapters.secret import last_turn
from rotate_password.conditions.expiry import PasswordExpired
from rotate_password.conditions.redeploy import Held
from rotate_password.reading.credentials import Credentials, SecretText

ASK_EVERY_SECONDS = 5
NAMED = 5


class PartnerInUse(Held):
    """Somebody is still logged in as the user whose password is about to be changed."""

    def __init__(self, status: UserStatus, old_tasks: Mapping[str, int]) -> None:
        tasks = ", ".join(f"{count} of {name}" for name, count in old_tasks.items()) or "none"
        super().__init__(
            f"{status.name}, who is to have a new password, has {status.sessions} sessions"
            f" ({', '.join(status.applications) or 'without a name'}); tasks from before the last"
            f" turn: {tasks}. Nothing was changed, and Secrets Manager will try again"
        )
        self.status = status
        self.old_tasks = old_tasks


class TurnRefused(Exception):
    """The pair would miss something of the user before it."""

    def __init__(self, differences: tuple[Difference, ...]) -> None:
        named = "; ".join(
            f"{each.kind} {each.name}" + (f" ({each.statement})" if each.statement else "")
            for each in differences[:NAMED]
        )
        more = f" and {len(differences) - NAMED} more" if len(differences) > NAMED else ""
        super().__init__(f"the roles that take turns would miss {named}{more}; nothing was changed")
        self.differences = differences


class UserBlocked(Exception):
    """The role that is to have the new password could not log in with it (NOLOGIN, rds_iam)."""

    def __init__(self, user: str, *, by_token_alone: bool = False) -> None:
        self.user = user
        self.statement = (
            f"REVOKE rds_iam FROM {user}" if by_token_alone else f"ALTER ROLE {user} LOGIN"
        )
        how = " by password" if by_token_alone else ""
        super().__init__(f"{user} may not log in{how}: {self.statement}")


def next_user(ports: Ports, current: SecretText, accepted: Credentials | None) -> str:
    """Who is to have the new password.

    Users take turns from the first rotation on that finds them prepared and named in the secret.
    `accepted`: who logs in today, whoever the current version names: where that is another one,
    it goes by who logs in, since of the two only the pair can change each other's passwords.
    """
    users, named = current.shape.alternating_users, current.names_user
    user = current.login.user
    if accepted and accepted.user != user and user not in users:
        user, named = accepted.user, True
    if not users or not named:
        return user
    first, second = users
    if user in users:
        return second if user == first else first
    if accepted is None or accepted != current.credentials:
        return user
    try:
        prepared = set(ports.database.check(accepted).alternating_users)
    except LoginRefused:
        return user
    return first if prepared == set(users) else user


def pair_of(ports: Ports) -> Pair:
    """The two of the parameter, in the databases that it names."""
    choices = ports.choices
    databases = ports.database.databases(choices.queue_database)
    return Pair(ports.shape.alternating_users, choices.owner_role, databases)


def is_first_turn(ports: Ports, login: Credentials, successor: str) -> bool:
    """Whether a user from before the pair hands over to it."""
    users = ports.shape.alternating_users
    return successor in users and login.user not in users


def check_first_turn(ports: Ports, login: Credentials) -> None:
    """Raises TurnRefused for what `take_over` could not give to the pair."""
    found = ports.database.inspect_turn(login, pair_of(ports))
    _refuse(each for answer in found.values() for each in answer.differences if not each.carried)


def take_over(ports: Ports, login: Credentials) -> None:
    """Give the pair what `login` has, a migration since they were prepared included.

    Raises TurnRefused where something is left, DatabaseTimeout where a table is busy.
    """
    pair = pair_of(ports)
    databases = ports.database.inspect_turn(login, pair)
    if any(answer.differences for answer in databases.values()):
        made = ports.database.prepare_roles(login, pair, databases)
        _refuse(each for answer in made.values() for each in answer.differences)


def refuse_managed(ports: Ports, user: str) -> None:
    """Raises ManagedPassword where the user's password is Amazon RDS's."""
    if ports.master and ports.master.managed() and ports.master.name() == user:
        raise ManagedPassword(
            f"Amazon RDS manages the password of {user} (MasterUserSecret) and rotates it"
            " itself: end that (--no-manage-master-user-password), or let two other users alternate"
        )


def check_successor(ports: Ports, login: Credentials, successor: str) -> None:
    """Wait until nobody is logged in as the successor, if that is another user.

    Raises PartnerInUse when the wait is over; UserBlocked or PasswordExpired for a role that may
    not log in, ManagedPassword for one whose password is Amazon RDS's.
    """
    refuse_managed(ports, successor)
    clock, wait = ports.clock, ports.choices.rollout_wait_seconds
    deadline = clock.now() + timedelta(seconds=wait)
    while status := ports.database.user_status(login, successor):
        if not status.can_login or status.by_token_alone:
            raise UserBlocked(successor, by_token_alone=status.can_login)
        if status.valid_until and status.valid_until <= clock.now():
            raise PasswordExpired(successor, status.valid_until)
        if login.user == successor or not status.sessions:
            return
        if clock.now() >= deadline:
            raise PartnerInUse(status, _old_tasks(ports))
        clock.sleep(ASK_EVERY_SECONDS)


def _old_tasks(ports: Ports) -> dict[str, int]:
    turned = last_turn(ports.secret)
    return {
        name: count
        for name in ports.choices.services
        if turned and (count := ports.services.started_before(name, turned))
    }


def _refuse(differences: Iterable[Difference]) -> None:
    if found := tuple(differences):
        raise TurnRefused(found)
