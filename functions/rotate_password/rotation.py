"""What the steps of a rotation work with, and what they all have to know first."""

from typing import NamedTuple

from ops_common.ops_events import PublishEvent
from rotate_password.clock import Clock
from rotate_password.credentials import Credentials, SecretShape
from rotate_password.logins import Database
from rotate_password.master_reset import MasterReset
from rotate_password.redeploy import Services
from rotate_password.request import BadRotation
from rotate_password.secret import CURRENT, PENDING, Secret, SecretState


class Policy(NamedTuple):
    """The choices that the template leaves to a team."""

    services: tuple[str, ...]
    rollout_wait_seconds: int
    password_length: int
    excluded_characters: str
    owner_role: str
    queue_database: str
    """The database of Solid Queue's tables; empty where that is the app's own."""


class Rotation(NamedTuple):
    """The collaborators of every step."""

    secret: Secret
    shape: SecretShape
    database: Database
    services: Services
    publish: PublishEvent
    reset: MasterReset | None
    clock: Clock
    policy: Policy


class Versions(NamedTuple):
    """The secret as a step finds it: the current version, and the one that the token names."""

    state: SecretState
    token: str
    current_text: str
    current: Credentials
    pending_text: str | None
    pending: Credentials | None

    @property
    def promoted(self) -> bool:
        """Whether the token's credentials are current, in its own version or a merged one."""
        return self.pending == self.current

    @property
    def staged(self) -> bool:
        """Whether the token's version is labelled AWSPENDING: its rotation isn't complete."""
        return self.state.labels.get(PENDING) == self.token


def look(rotation: Rotation, token: str) -> Versions:
    """The secret as it is now. Raises BadRotation where the token's rotation is not going on."""
    state = rotation.secret.state()
    current_text = read(rotation, current_version(state))
    pending_text = rotation.secret.read(token)
    versions = Versions(
        state=state,
        token=token,
        current_text=current_text,
        current=rotation.shape.credentials(current_text),
        pending_text=pending_text,
        pending=None if pending_text is None else rotation.shape.credentials(pending_text),
    )
    if not versions.staged and not versions.promoted:
        raise BadRotation(f"version {token} of secret {state.name} is neither pending nor current")
    return versions


def look_at_pending(rotation: Rotation, token: str) -> tuple[Versions, str, Credentials]:
    """As `look`, once createSecret has stored the pending version. Raises BadRotation before."""
    versions = look(rotation, token)
    if versions.pending_text is None or versions.pending is None:
        raise BadRotation(f"version {token} has no value yet: createSecret has not been done")
    return versions, versions.pending_text, versions.pending


def current_version(state: SecretState) -> str:
    """The version that the app reads. Raises BadRotation where there is none."""
    if CURRENT not in state.labels:
        raise BadRotation(f"secret {state.name} has no current version")
    return state.labels[CURRENT]


def read(rotation: Rotation, version: str) -> str:
    """The text of a version that a label is on. Raises BadRotation where it has none."""
    text = rotation.secret.read(version)
    if text is None:
        raise BadRotation(f"version {version} of the secret has no value")
    return text
