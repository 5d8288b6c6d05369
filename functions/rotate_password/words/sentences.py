"""What people read of a rotation: sentences made of outcomes, errors and labels."""

from collections.abc import Sequence
from datetime import datetime

from botocore.exceptions import ClientError, HTTPClientError

from ops_common.app_config import AppConfigError
from ops_common.ecs import ServiceNotFound
from ops_common.ops_events import EventNotPublished
from ops_common.query_database import DatabaseError
from ops_common.settings import SettingsError
from rotate_password.adapters.master_reset import ManagedPassword, PasswordLost
from rotate_password.adapters.secret import SecretState, SecretTooLarge
from rotate_password.conditions.expiry import PasswordExpired
from rotate_password.conditions.left_behind import LeftBehind
from rotate_password.conditions.outcome import Done, Outcome
from rotate_password.conditions.redeploy import Held, RedeployFailed
from rotate_password.conditions.turns import TurnRefused, UserBlocked
from rotate_password.reading.request import BadRotation
from rotate_password.words.cause import is_kms

REASONS = {
    Outcome.STORED: "stored a pending version for {user}",
    Outcome.STORED_BEFORE: "the pending version was there",
    Outcome.STORED_MEANWHILE: "a run at the same time stored the pending version",
    Outcome.SET: "{login} set a new password for {user}",
    Outcome.SET_BEFORE: "the database had the pending password of {user}",
    Outcome.SET_UNANSWERED: "{login} set a new password for {user}; the answer was lost",
    Outcome.RESET: "Amazon RDS reset the password of {user}",
    Outcome.LOGGED_IN: "{user} logs in with the pending password",
    Outcome.ROTATED: "{user} has a new password; redeployed: {names}",
    Outcome.ROTATED_BEFORE: "the rotation was complete",
    Outcome.PREPARED: "roles made: {names}; carried over: {carried}; still missing: {missing}",
}
# Written for people by ourselves, without a secret in them.
OWN_ERRORS = (
    AppConfigError,
    BadRotation,
    DatabaseError,
    EventNotPublished,
    Held,
    LeftBehind,
    ManagedPassword,
    PasswordExpired,
    PasswordLost,
    ServiceNotFound,
    SecretTooLarge,
    SettingsError,
    TurnRefused,
    UserBlocked,
)


def reason(done: Done) -> str:
    """What a step did."""
    lists = {"names": done.names, "carried": done.carried, "missing": done.missing}
    return REASONS[done.outcome].format(
        user=done.user,
        login=done.login,
        **{name: ", ".join(values) or "none" for name, values in lists.items()},
    )


def failure(error: Exception) -> str:
    """Why a step failed, in words that can hold no secret.

    Our own errors are written for people. AWS's and all others' messages may quote a parameter,
    so no more than the operation, the code and the type are given of them.
    """
    if isinstance(error, RedeployFailed):
        refused = "; ".join(f"{name}: {failure(each)}" for name, each in error.failures.items())
        return (
            f"no new tasks for {refused}. The password is changed: new logins of their running"
            f" tasks may be refused. New tasks for: {', '.join(error.redeployed) or 'none'}"
        )
    if isinstance(error, OWN_ERRORS):
        return str(error)
    if isinstance(error, ClientError):
        code = error.response["Error"]["Code"]
        if is_kms(error):
            return (
                f"{error.operation_name} answered {code}: the secret's KMS key refuses this"
                " function, which needs kms:Decrypt and kms:GenerateDataKey on it"
            )
        said = f"{error.operation_name} answered {code}"
        if code.startswith("AccessDenied"):
            said += (
                ": this function's role, the policy of what is asked for, or an endpoint's must"
                " allow it; CloudTrail says which refused"
            )
        return said
    if isinstance(error, HTTPClientError):
        return f"an AWS API did not answer ({type(error).__name__})"
    return f"unexpected {type(error).__name__}"


def rotated(user: str, redeployed: Sequence[str], valid_until: datetime | None) -> str:
    """A rotation is complete."""
    tasks = f" New tasks are starting for {' and '.join(redeployed)}." if redeployed else ""
    end = f" The role's passwords are valid until {valid_until:%Y-%m-%d}." if valid_until else ""
    return f"{user} logs in with a new password.{tasks}{end}"


def drifted(accepted: str, state: SecretState) -> str:
    """The current password is refused, another version's is not."""
    labels = " and ".join(label for label, version in state.labels.items() if version == accepted)
    return (
        "The database refused the password in the secret's current version and accepted that of"
        f" version {accepted} ({labels}). This rotation sets both right."
    )


def edited(version: str) -> str:
    """The password in the secret was changed during the rotation."""
    return (
        "Somebody changed the database password in the secret while it was being rotated. The"
        " database accepts the rotation's, which becomes current; the edit stays in version"
        f" {version} (AWSPREVIOUS)."
    )


def resetting(user: str) -> str:
    """Amazon RDS is asked."""
    return f"The database accepts no known password of {user}; Amazon RDS is asked for a reset."
