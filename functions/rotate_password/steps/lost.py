"""What is done where no known password logs in."""

from rotate_password.adapters.master_reset import PasswordLost, Reset, wait_for_login
from rotate_password.adapters.ports import Ports
from rotate_password.adapters.secret import RESET, SecretState
from rotate_password.conditions.expiry import PasswordExpired, remembered
from rotate_password.conditions.outcome import Done, Outcome
from rotate_password.conditions.turns import refuse_managed
from rotate_password.conditions.versions import Versions
from rotate_password.reading.credentials import SecretText
from rotate_password.words import events


def reset_master(ports: Ports, versions: Versions) -> Done:
    """Have Amazon RDS set the pending password, if it may, and wait until it logs in.

    It is asked once for a token: where the password is refused after that, the password is not
    what is wrong. Raises PasswordLost that says which, PasswordExpired, or ManagedPassword.
    """
    user = versions.current.credentials.user if versions.current.credentials else "the app"
    pending = versions.pending
    for each in {user, pending.user}:
        refuse_managed(ports, each)
    if ports.master is None or not ports.choices.may_reset:
        raise_if_expired(ports, versions.state, versions.current)
        raise PasswordLost(
            Reset.NOT_ALLOWED,
            f"the database accepts no known password of {user}, of none of the secret's labelled"
            " versions (a role that is gone or renamed, and a password past its VALID UNTIL, are"
            " refused alike); see the runbook, or set AllowMasterReset",
        )
    master = ports.master.name()
    if pending.user != master:
        raise PasswordLost(
            Reset.NOT_THE_MASTER,
            f"the database accepts no known password of {user}; Amazon RDS can reset that of"
            f" {master} alone, and {pending.user} is to have the next one (see the runbook)",
        )
    if versions.state.labels.get(RESET) != versions.token:
        ports.publish(events.resetting(versions.state.name, user, ports.clock.now()))
        ports.master.begin_reset(pending.password)
        ports.secret.move(RESET, source=versions.state.labels.get(RESET), target=versions.token)
    if not wait_for_login(ports.database, pending, ports.clock):
        raise_if_expired(ports, versions.state, versions.current)
        raise PasswordLost(
            Reset.NOT_ACCEPTED,
            f"Amazon RDS was asked to reset the password of {pending.user}, which is not accepted"
            " yet; if it stays so, check whether the role may log in at all (NOLOGIN, VALID UNTIL)",
        )
    return Done(Outcome.RESET, pending.user)


def raise_if_expired(ports: Ports, state: SecretState, current: SecretText) -> None:
    """Raises PasswordExpired where a label says that the current user's passwords have."""
    user = current.credentials.user if current.credentials else ""
    for version, until in remembered(state.labels).items():
        text = ports.secret.read(version)
        credentials = None if text is None else ports.shape.read(text).credentials
        if credentials and credentials.user == user and until <= ports.clock.now():
            raise PasswordExpired(user, until)
