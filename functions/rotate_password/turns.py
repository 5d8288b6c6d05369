"""Whose password is changed next: the user's own, or that of the other one of two."""

from rotate_password.credentials import Credentials, SecretText
from rotate_password.ports import Ports


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
    prepared = set(ports.database.check(accepted).alternating_users)
    return first if prepared == set(users) else user
