"""The steps before the last: make the password, give it to the database, log in with it.

Every step may be repeated at any time, and may die between any two of its side effects: what is
left to do is read from the secret and the database, never remembered. Each returns what it did.
See docs/rotation.md for the side effects in their order.
"""

from rotate_password.adapters.ports import Ports
from rotate_password.adapters.secret import (
    BASE,
    CURRENT,
    FROM,
    PENDING,
    TO,
    SecretState,
    VersionTaken,
)
from rotate_password.conditions.expiry import remember
from rotate_password.conditions.left_behind import passwords, refuse_what_would_be_left_behind
from rotate_password.conditions.outcome import Done, Outcome
from rotate_password.conditions.redeploy import wait_for_rollouts
from rotate_password.conditions.turns import (
    check_first_turn,
    check_successor,
    is_first_turn,
    next_user,
    pair_of,
    take_over,
)
from rotate_password.conditions.versions import Versions, find_accepted, read_current, read_versions
from rotate_password.reading.credentials import Credentials
from rotate_password.reading.request import BadRotation, OutOfTurn
from rotate_password.steps.lost import reset_master
from rotate_password.steps.password import generate
from rotate_password.words import events


def create_secret(ports: Ports, token: str) -> Done:
    """Store the next version: the current text with a new password, labelled AWSPENDING.

    Raises RolloutInProgress while a service is being deployed, LeftBehind for a copy of the
    password that would be left behind.
    """
    versions = read_versions(ports, token)
    if versions.pending_text is not None:
        return Done(Outcome.STORED_BEFORE, versions.pending.user)
    accepted = find_accepted(ports, versions)
    if accepted is None or accepted.credentials == versions.current.credentials:
        versions = _at_rest(ports, versions)
    # What is accepted first: then neither the labels moved here nor who puts the secret right
    # takes the last one from it.
    if accepted is not None:
        _place(ports, versions.state, FROM, accepted.version)
    _ = versions.current.login
    _place(ports, versions.state, BASE, versions.state.labels[CURRENT])
    current = versions.current
    login = accepted.credentials if accepted else None
    held = passwords(current, login)
    refuse_what_would_be_left_behind(ports, current, held)
    successor = Credentials(next_user(ports, current, login), generate())
    if login is not None:
        check_successor(ports, login, successor.user)
        if is_first_turn(ports, login, successor.user):
            check_first_turn(ports, login)
    try:
        ports.secret.put(token, current.with_credentials(successor, held), PENDING)
    except VersionTaken:
        return Done(Outcome.STORED_MEANWHILE, successor.user)
    return Done(Outcome.STORED, successor.user)


def set_secret(ports: Ports, token: str) -> Done:
    """Give the database the pending password, logged in with one that it accepts today.

    Raises RolloutInProgress as createSecret does; PasswordLost where the database accepts none
    and the master's may not, or can't, be reset.
    """
    versions = read_versions(ports, token)
    pending = versions.pending
    if ports.database.accepts(pending):
        return Done(Outcome.SET_BEFORE, pending.user)
    accepted = find_accepted(ports, versions, refused=(pending,))
    if accepted is None:
        _place(ports, versions.state, TO, token)
        return reset_master(ports, versions)
    if accepted.credentials == versions.current.credentials:
        # Hours may have passed since createSecret, if something failed.
        versions = _at_rest(ports, versions)
    else:
        ports.publish(events.drifted(versions.state, accepted.version, ports.clock.now()))
    login = accepted.credentials
    check_successor(ports, login, pending.user)
    if is_first_turn(ports, login, pending.user):
        take_over(ports, login)
    # In this order: the version under TO may be the accepted one.
    _place(ports, versions.state, FROM, accepted.version)
    _place(ports, versions.state, TO, token)
    try:
        ports.database.set_password(login, pending)
    except Exception:
        # The answer may have been lost after the change.
        if ports.database.accepts(pending):
            return Done(Outcome.SET_UNANSWERED, pending.user, login.user)
        raise
    return Done(Outcome.SET, pending.user, login.user)


def test_secret(ports: Ports, token: str) -> Done:
    """Log in with the pending password. Raises LoginRefused.

    Secrets Manager also calls this step alone, with a pending copy of the current version, when a
    rotation is configured (RotateSecret, RotateImmediately=false): from that day on the password
    in use has a label of ours, and the day on which it expires another.
    """
    versions = read_versions(ports, token)
    login = ports.database.check(versions.pending)
    _place(ports, versions.state, TO, token)
    remember(ports.secret, versions.state, token, login.valid_until)
    return Done(Outcome.LOGGED_IN, versions.pending.user)


def prepare_roles(ports: Ports, _token: str) -> Done:
    """Make the two roles that take turns; a person starts this, once. Repeatable."""
    shape = ports.shape
    if not shape.alternating_users:
        raise BadRotation(
            OutOfTurn.NO_ROLES, "the parameter AlternatingUsers names no roles to prepare"
        )
    owner = read_current(ports, ports.secret.state()).login
    if owner.user in shape.alternating_users:
        raise BadRotation(
            OutOfTurn.TAKES_TURNS,
            f"the secret's user {owner.user} takes turns already; roles are prepared by the user"
            " before it, who owned the tables (docs/rotation.md says how to do it again)",
        )
    pair = pair_of(ports)
    databases = {*pair.databases, *ports.database.inspect_turn(owner, pair)}
    answers = ports.database.prepare_roles(owner, pair, sorted(databases)).values()
    return Done(
        Outcome.PREPARED,
        names=tuple(role for answer in answers for role in answer.created),
        carried=tuple(each for answer in answers for each in answer.carried),
        missing=tuple(each.name for answer in answers for each in answer.differences),
    )


def _at_rest(ports: Ports, versions: Versions) -> Versions:
    """Wait for the services to be at rest; the secret as it is then. Raises RolloutInProgress.

    Not waited for where the database refuses the current password: new tasks can't log in with it,
    so that a rollout may never end, and this rotation is the cure.
    """
    choices = ports.choices
    if wait_for_rollouts(
        ports.services, choices.services, ports.clock, choices.rollout_wait_seconds
    ):
        return read_versions(ports, versions.token)
    return versions


def _place(ports: Ports, state: SecretState, label: str, version: str) -> None:
    """Put one of our own labels on a version, if it isn't there."""
    if state.labels.get(label) != version:
        ports.secret.move(label, source=state.labels.get(label), target=version)
