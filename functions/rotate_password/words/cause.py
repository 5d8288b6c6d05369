"""Why a step failed, as a word that programs may rely on (docs/events.md)."""

from enum import StrEnum

from botocore.exceptions import BotoCoreError, ClientError

from ops_common.app_config import AppConfigError
from ops_common.ecs import ServiceNotFound
from ops_common.query_database import (
    DatabaseError,
    DatabaseReadOnly,
    DatabaseUnreachable,
    LoginDisabled,
    LoginRefused,
)
from ops_common.settings import SettingsError
from rotate_password.adapters.master_reset import ManagedPassword, PasswordLost
from rotate_password.adapters.secret import SecretTooLarge
from rotate_password.conditions.expiry import PasswordExpired
from rotate_password.conditions.left_behind import BehindRdsProxy, CopiesLeft
from rotate_password.conditions.redeploy import NotDeployable, RedeployFailed, RolloutInProgress
from rotate_password.conditions.turns import PartnerInUse, TurnRefused, UserBlocked
from rotate_password.reading.request import BadRotation

KMS_CODES = ("DecryptionFailure", "EncryptionFailure")


class Cause(StrEnum):
    """What kind of failure it is."""

    BEHIND_RDS_PROXY = "behind_rds_proxy"
    COPIES_LEFT = "copies_left"
    EXPIRED = "expired"
    KMS = "kms"
    LOGIN_DISABLED = "login_disabled"
    LOGIN_REFUSED = "login_refused"
    MANAGED_BY_RDS = "managed_by_rds"
    NOT_DEPLOYABLE = "not_deployable"
    PARTNER_IN_USE = "partner_in_use"
    PASSWORD_LOST = "password_lost"  # noqa: S105  # a word of events
    READ_ONLY = "read_only"
    REDEPLOY_FAILED = "redeploy_failed"
    ROLLOUT_IN_PROGRESS = "rollout_in_progress"
    TOO_LARGE = "too_large"
    TURN_REFUSED = "turn_refused"
    UNREACHABLE = "unreachable"
    DATABASE = "database"
    CONFIGURATION = "configuration"
    OUT_OF_TURN = "out_of_turn"
    AWS = "aws"
    UNEXPECTED = "unexpected"


# The first that fits counts: a kind stands before its base.
_BY_TYPE: tuple[tuple[type[Exception], Cause], ...] = (
    (BehindRdsProxy, Cause.BEHIND_RDS_PROXY),
    (CopiesLeft, Cause.COPIES_LEFT),
    (PasswordExpired, Cause.EXPIRED),
    (UserBlocked, Cause.LOGIN_DISABLED),
    (LoginDisabled, Cause.LOGIN_DISABLED),
    (LoginRefused, Cause.LOGIN_REFUSED),
    (ManagedPassword, Cause.MANAGED_BY_RDS),
    (NotDeployable, Cause.NOT_DEPLOYABLE),
    (PartnerInUse, Cause.PARTNER_IN_USE),
    (PasswordLost, Cause.PASSWORD_LOST),
    (DatabaseReadOnly, Cause.READ_ONLY),
    (RedeployFailed, Cause.REDEPLOY_FAILED),
    (RolloutInProgress, Cause.ROLLOUT_IN_PROGRESS),
    (SecretTooLarge, Cause.TOO_LARGE),
    (TurnRefused, Cause.TURN_REFUSED),
    (DatabaseUnreachable, Cause.UNREACHABLE),
    (DatabaseError, Cause.DATABASE),
    (AppConfigError, Cause.CONFIGURATION),
    (ServiceNotFound, Cause.CONFIGURATION),
    (SettingsError, Cause.CONFIGURATION),
    (BadRotation, Cause.OUT_OF_TURN),
    (BotoCoreError, Cause.AWS),
    (ClientError, Cause.AWS),
)


def cause_of(error: Exception) -> Cause:
    """Its cause."""
    if isinstance(error, ClientError) and is_kms(error):
        return Cause.KMS
    return next((cause for kind, cause in _BY_TYPE if isinstance(error, kind)), Cause.UNEXPECTED)


def is_kms(error: ClientError) -> bool:
    """Whether the secret's key has refused.

    Secrets Manager answers AccessDeniedException for the secret and for its key alike, and only
    the message says which.
    """
    said = error.response["Error"]
    return said["Code"] in KMS_CODES or "kms" in said.get("Message", "").lower()


def details(error: Exception) -> dict[str, str]:
    """What the error holds beside its cause, for the facts of its event."""
    match error:
        case PasswordExpired() | UserBlocked():
            return {"statement": error.statement}
        case CopiesLeft():
            return {"copies": ", ".join((*error.places, *error.unusable))}
        case PartnerInUse():
            used, tasks = error.status, error.old_tasks.items()
            programs = ", ".join(used.applications) or "without a name"
            return {
                "sessions": f"{used.sessions} of {used.name} ({programs})",
                "old_tasks": ", ".join(f"{count} of {name}" for name, count in tasks) or "none",
            }
        case RedeployFailed():
            return {
                "redeployed": ", ".join(error.redeployed),
                "not_redeployed": ", ".join(error.failures),
            }
        case _:
            return {}
