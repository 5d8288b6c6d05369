"""The event that starts a step (AWS Secrets Manager User Guide, "Lambda rotation functions")."""

from enum import StrEnum
from typing import Any, NamedTuple

ROTATION_STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
# Not of Secrets Manager's, but a person's: once before users can alternate, and two that only read.
PREPARE_ROLES, REHEARSE, TIMELINE = "prepareRoles", "rehearse", "timeline"
BY_PEOPLE = (PREPARE_ROLES, REHEARSE, TIMELINE)


class OutOfTurn(StrEnum):
    """What of the event, or of the secret's state, the step is not made for."""

    NO_STEP = "no step"
    NO_TEXT = "no text"
    OTHER_SECRET = "other secret"  # noqa: S105  # no password
    NOT_PENDING = "not pending"
    NOT_CREATED = "not created"
    NO_CURRENT = "no current version"
    NO_VALUE = "no value"
    EDITED = "edited meanwhile"
    TAKES_TURNS = "takes turns already"
    NO_ROLES = "no roles"


class BadRotation(Exception):
    """The event, or the state of the secret, is not what the step is made for."""

    def __init__(self, why: OutOfTurn, message: str, *fields: str) -> None:
        super().__init__(message)
        self.why = why
        self.fields = fields
        """Of the event, those that are wrong."""


class Request(NamedTuple):
    """One step of one rotation."""

    step: str
    secret_id: str
    token: str
    """The id of the version that the rotation is to make current; empty for a person's steps."""

    @property
    def secret_name(self) -> str:
        """The name of the secret to rotate."""
        return secret_name(self.secret_id)

    @classmethod
    def from_event(cls, event: Any) -> "Request":
        """Read Secrets Manager's event. Raises BadRotation that names what is wrong."""
        fields = event if isinstance(event, dict) else {}
        step = fields.get("Step")
        if step not in (*ROTATION_STEPS, *BY_PEOPLE):
            known = ", ".join((*ROTATION_STEPS, *BY_PEOPLE))
            raise BadRotation(OutOfTurn.NO_STEP, f"Step must be one of {known}", "Step")
        wanted = ("SecretId",) if step in BY_PEOPLE else ("SecretId", "ClientRequestToken")
        missing = [name for name in wanted if not isinstance(fields.get(name), str)]
        if missing:
            raise BadRotation(
                OutOfTurn.NO_TEXT, f"{' and '.join(missing)} must be a string", *missing
            )
        return cls(step, fields["SecretId"], fields.get("ClientRequestToken", ""))


def secret_name(secret_id: str) -> str:
    """The name in a secret's ARN, which follows it with six characters of AWS's own."""
    _, is_arn, name = secret_id.partition(":secret:")
    return name[:-7] if is_arn else secret_id
