"""The steps before the last: make the password, give it to the database, log in with it.

Every step may be repeated at any time, and may die between any two of its side effects: what is
left to do is read from the secret and the database, never remembered. Each returns in words what
it did. See docs/rotation.md for the side effects in their order.
"""

from contextlib import suppress

from ops_common.app_config import AppConfigError
from rotate_password import announcements
from rotate_password.credentials import Credentials
from rotate_password.guard import RolloutInProgress, wait_for_rollouts
from rotate_password.logins import PasswordLost, first_accepted, reset_master
from rotate_password.password import generate
from rotate_password.request import BadRotation
from rotate_password.rotation import (
    Rotation,
    Versions,
    current_version,
    look,
    look_at_pending,
    read,
)
from rotate_password.secret import BASE, PENDING, PREVIOUS, VersionTaken


def create_secret(rotation: Rotation, token: str) -> str:
    """Store the next version: the current text with a new password, labelled AWSPENDING.

    Raises RolloutInProgress while a service is being deployed.
    """
    if look(rotation, token).pending is not None:
        return "the pending version was there"
    _wait_for_rollouts(rotation)
    # Read again: the wait may have been long.
    state = rotation.secret.state()
    base = current_version(state)
    if state.labels.get(BASE) != base:
        rotation.secret.move(BASE, source=state.labels.get(BASE), target=base)
    text = read(rotation, base)
    policy = rotation.policy
    password = generate(policy.password_length, policy.excluded_characters)
    successor = Credentials(_next_user(rotation, text), password)
    try:
        rotation.secret.put(token, rotation.shape.with_credentials(text, successor), PENDING)
    except VersionTaken:
        return "a run at the same time stored the pending version"
    return f"stored a pending version for {successor.user}"


def set_secret(rotation: Rotation, token: str) -> str:
    """Give the database the pending password, logged in with one that it accepts today.

    Raises RolloutInProgress as createSecret does; PasswordLost where the database accepts none
    and the master's may not, or can't, be reset.
    """
    versions, _, pending = look_at_pending(rotation, token)
    if rotation.database.accepts(pending):
        return f"the database had the pending password of {pending.user}"
    login = first_accepted(rotation.database, _known(rotation, versions))
    if login is None:
        return _reset(rotation, versions, pending)
    if login != versions.current:
        rotation.publish(
            announcements.edited(
                versions.state.name,
                f"The database refused the password of {versions.current.user} in the secret's"
                " current version and accepted an earlier one. This rotation sets both right.",
                rotation.clock.now(),
            )
        )
    else:
        # Hours may have passed since createSecret, if something failed.
        _wait_for_rollouts(rotation)
    rotation.database.set_password(login, pending)
    return f"{login.user} set a new password for {pending.user}"


def test_secret(rotation: Rotation, token: str) -> str:
    """Log in with the pending password. Raises LoginRefused.

    Secrets Manager also calls this step alone, with a pending copy of the current version, when a
    rotation is configured (RotateSecret, RotateImmediately=false).
    """
    _, _, pending = look_at_pending(rotation, token)
    rotation.database.check(pending)
    return f"{pending.user} logs in with the pending password"


def prepare_roles(rotation: Rotation, _token: str) -> str:
    """Make the two roles that take turns; a person starts this, once. Repeatable."""
    shape = rotation.shape
    if not shape.alternating_users:
        raise BadRotation("the parameter AlternatingUsers names no roles to prepare")
    owner = shape.credentials(read(rotation, current_version(rotation.secret.state())))
    if owner.user in shape.alternating_users:
        raise BadRotation(
            f"the secret's user {owner.user} takes turns already; roles are prepared by the user"
            " before it, who owned the tables (docs/rotation.md says how to do it again)"
        )
    made = rotation.database.prepare_roles(
        owner,
        shape.alternating_users,
        rotation.policy.owner_role,
        rotation.policy.queue_database,
    )
    return f"roles made: {', '.join(made) or 'none, they were there'}"


def _next_user(rotation: Rotation, text: str) -> str:
    """Whose password is changed: the user's own, or that of the other one of two.

    Users take turns from the first rotation on that finds them prepared and named in the secret.
    """
    shape, current = rotation.shape, rotation.shape.credentials(text)
    if not shape.alternating_users or not shape.names_user(text):
        return current.user
    first, second = shape.alternating_users
    if not shape.takes_turns(text):
        return first if rotation.database.takes_turns(current, {first, second}) else current.user
    return second if current.user == first else first


def _wait_for_rollouts(rotation: Rotation) -> None:
    """Wait for the services to be at rest. Raises RolloutInProgress."""
    names = rotation.policy.services
    if not names:
        return
    try:
        wait_for_rollouts(
            lambda: rotation.services.describe(names),
            rotation.clock,
            rotation.policy.rollout_wait_seconds,
        )
    except RolloutInProgress:
        text = read(rotation, current_version(rotation.secret.state()))
        if rotation.database.accepts(rotation.shape.credentials(text)):
            raise
        # New tasks can't log in with a refused password, so that rollout may never end, and
        # this rotation is the cure.


def _known(rotation: Rotation, versions: Versions) -> list[Credentials]:
    """The credentials of every labelled version, in the order of their likeliness."""
    known = [versions.current]
    for label in (PREVIOUS, BASE):
        version = versions.state.labels.get(label)
        text = None if version is None else rotation.secret.read(version)
        if text is None:
            continue
        # An earlier version may be from before somebody put the password in, or put it right.
        with suppress(AppConfigError):
            known.append(rotation.shape.credentials(text))
    return known


def _reset(rotation: Rotation, versions: Versions, pending: Credentials) -> str:
    user = versions.current.user
    if rotation.reset is None:
        raise PasswordLost(
            f"the database accepts no known password of {user}, neither the current version's"
            " nor an earlier one's; see the runbook, or set AllowMasterReset"
        )
    master = rotation.reset.master_user()
    if pending.user != master:
        raise PasswordLost(
            f"the database accepts no known password of {user}; Amazon RDS can reset that of"
            f" {master} alone, and {pending.user} is to have the next one (see the runbook)"
        )
    rotation.publish(
        announcements.lost(
            versions.state.name,
            f"The database accepts no known password of {user}; Amazon RDS is asked for a reset.",
            rotation.clock.now(),
        )
    )
    reset_master(rotation.database, pending, rotation.reset, rotation.clock)
    return f"Amazon RDS reset the password of {pending.user}"
