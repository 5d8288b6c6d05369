"""The events of a rotation (docs/events.md); never a password."""

from collections.abc import Sequence
from datetime import datetime

from ops_common.ops_events import OpsEvent, Severity, State
from rotate_password.adapters.master_reset import PasswordLost
from rotate_password.adapters.secret import CURRENT, SecretState
from rotate_password.conditions.expiry import SOON
from rotate_password.conditions.redeploy import Held
from rotate_password.words import sentences
from rotate_password.words.cause import cause_of, details


def incident(secret_name: str) -> str:
    """The key that groups all events of one secret's rotation."""
    return f"rotation:{secret_name}"


def rotated(
    secret_name: str,
    user: str,
    alternating: bool,
    redeployed: Sequence[str],
    now: datetime,
    valid_until: datetime | None = None,
) -> OpsEvent:
    """The rotation is complete; it also ends an incident of failed attempts."""
    return OpsEvent(
        kind="PasswordRotated",
        state=State.NOTICE,
        severity=Severity.WARNING if valid_until and valid_until < now + SOON else Severity.INFO,
        incident=incident(secret_name),
        title=f"Database password rotated: {secret_name}",
        text=sentences.rotated(user, redeployed, valid_until),
        occurred_at=now,
        facts={
            "secret": secret_name,
            "user": user,
            "strategy": "alternating users" if alternating else "single user",
            "redeployed": ", ".join(redeployed),
            **({"valid_until": valid_until.isoformat()} if valid_until else {}),
        },
    )


def drifted(state: SecretState, accepted: str, now: datetime) -> OpsEvent:
    """The database refused the current version's password, and accepts that of another one."""
    return _edited(state.name, sentences.drifted(accepted, state), accepted, now)


def edited(state: SecretState, now: datetime) -> OpsEvent:
    """The password in the secret was changed while it was being rotated."""
    version = state.labels[CURRENT]
    return _edited(state.name, sentences.edited(version), version, now)


def _edited(secret_name: str, text: str, version: str, now: datetime) -> OpsEvent:
    return OpsEvent(
        kind="PasswordEdited",
        state=State.NOTICE,
        severity=Severity.WARNING,
        incident=incident(secret_name),
        title=f"Database password was edited by hand: {secret_name}",
        text=text,
        occurred_at=now,
        facts={"secret": secret_name, "version": version},
    )


def resetting(secret_name: str, user: str, now: datetime) -> OpsEvent:
    """No known password logs in, and Amazon RDS is asked for another one."""
    return _lost(secret_name, sentences.resetting(user), now)


def failed(secret_name: str, step: str, error: Exception, now: datetime) -> OpsEvent:
    """A step has failed; Secrets Manager will try again."""
    if isinstance(error, PasswordLost):
        return _lost(secret_name, str(error), now)
    facts = {"secret": secret_name, "step": step, "cause": cause_of(error).value, **details(error)}
    return OpsEvent(
        kind="RotationFailed",
        state=State.OPEN,
        severity=Severity.WARNING if isinstance(error, Held) else Severity.CRITICAL,
        incident=incident(secret_name),
        title=f"Database password not rotated: {secret_name}",
        text=f"Step {step} failed: {sentences.failure(error)}",
        occurred_at=now,
        facts=facts,
    )


def _lost(secret_name: str, text: str, now: datetime) -> OpsEvent:
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
