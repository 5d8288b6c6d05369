"""What people are told about a rotation (docs/events.md); never a password."""

from collections.abc import Sequence
from datetime import datetime

from botocore.exceptions import ClientError, HTTPClientError

from ops_common.app_config import AppConfigError
from ops_common.ecs import ServiceNotFound
from ops_common.ops_events import EventNotPublished, OpsEvent, Severity, State
from ops_common.query_database import DatabaseError
from ops_common.settings import SettingsError
from rotate_password.guard import RolloutInProgress
from rotate_password.logins import PasswordLost
from rotate_password.request import BadRotation


def incident(secret_name: str) -> str:
    """The key that groups all events of one secret's rotation."""
    return f"rotation:{secret_name}"


def rotated(
    secret_name: str, user: str, alternating: bool, redeployed: Sequence[str], now: datetime
) -> OpsEvent:
    """The rotation is complete; it also ends an incident of failed attempts."""
    return OpsEvent(
        kind="PasswordRotated",
        state=State.NOTICE,
        severity=Severity.INFO,
        incident=incident(secret_name),
        title=f"Database password rotated: {secret_name}",
        text=f"{user} logs in with a new password."
        + (f" New tasks are starting for {' and '.join(redeployed)}." if redeployed else ""),
        occurred_at=now,
        facts={
            "secret": secret_name,
            "user": user,
            "strategy": "alternating users" if alternating else "single user",
            "redeployed": ", ".join(redeployed),
        },
    )


def edited(secret_name: str, text: str, now: datetime) -> OpsEvent:
    """The password in the secret was not the one that the rotation or the database knew."""
    return OpsEvent(
        kind="PasswordEdited",
        state=State.NOTICE,
        severity=Severity.WARNING,
        incident=incident(secret_name),
        title=f"Database password was edited by hand: {secret_name}",
        text=text,
        occurred_at=now,
        facts={"secret": secret_name},
    )


def lost(secret_name: str, text: str, now: datetime) -> OpsEvent:
    """No known password logs in."""
    return OpsEvent(
        kind="PasswordLost",
        state=State.OPEN,
        severity=Severity.CRITICAL,
        incident=incident(secret_name),
        title=f"Database password lost: {secret_name}",
        text=text,
        occurred_at=now,
        facts={"secret": secret_name},
    )


def failed(secret_name: str, step: str, error: Exception, now: datetime) -> OpsEvent:
    """A step has failed; Secrets Manager will try again."""
    if isinstance(error, PasswordLost):
        return lost(secret_name, str(error), now)
    return OpsEvent(
        kind="RotationFailed",
        state=State.OPEN,
        severity=Severity.WARNING if isinstance(error, RolloutInProgress) else Severity.CRITICAL,
        incident=incident(secret_name),
        title=f"Database password not rotated: {secret_name}",
        text=f"Step {step} failed: {reason(error)}",
        occurred_at=now,
        facts={"secret": secret_name, "step": step},
    )


SAFE = (
    AppConfigError,
    BadRotation,
    DatabaseError,
    EventNotPublished,
    PasswordLost,
    RolloutInProgress,
    ServiceNotFound,
    SettingsError,
)


def reason(error: Exception) -> str:
    """Why it failed, in words that can hold no secret.

    Our own errors are written for people. AWS's and all others' messages may quote a parameter,
    so no more than the operation, the code and the type are given of them.
    """
    if isinstance(error, SAFE):
        return str(error)
    if isinstance(error, ClientError):
        return f"{error.operation_name} answered {error.response['Error']['Code']}"
    if isinstance(error, HTTPClientError):
        return f"an AWS API did not answer ({type(error).__name__})"
    return f"unexpected {type(error).__name__}"
