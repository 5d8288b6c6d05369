"""The secret as a step finds it, each version parsed once."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from ops_common.app_config import AppConfigError
from rotate_password.adapters.ports import Ports
from rotate_password.adapters.secret import CURRENT, OWN_LABELS, PENDING, PREVIOUS, SecretState
from rotate_password.reading.credentials import Credentials, SecretText
from rotate_password.reading.request import BadRotation, OutOfTurn

# The labels by the likeliness that the database accepts what is under them.
LIKELY = (CURRENT, PREVIOUS, *OWN_LABELS, PENDING)


@dataclass(frozen=True)
class Versions:
    """The current version, and the one that the token names."""

    state: SecretState
    token: str
    current: SecretText
    pending_text: SecretText | None
    """None until createSecret has stored it."""

    @property
    def promoted(self) -> bool:
        """Whether the token's credentials are current, in its own version or a merged one."""
        pending = self.pending_text and self.pending_text.credentials
        return pending is not None and pending == self.current.credentials

    @property
    def staged(self) -> bool:
        """Whether the token's version is labelled AWSPENDING: its rotation isn't complete."""
        return self.state.labels.get(PENDING) == self.token

    @property
    def pending(self) -> Credentials:
        """The token's credentials. Raises BadRotation before createSecret."""
        if self.pending_text is None:
            raise BadRotation(
                OutOfTurn.NOT_CREATED,
                f"version {self.token} has no value yet: createSecret has not been done",
            )
        return self.pending_text.login


@dataclass(frozen=True)
class Accepted:
    """A labelled version whose credentials the database accepts."""

    version: str
    credentials: Credentials


def read_versions(ports: Ports, token: str) -> Versions:
    """The secret as it is now. Raises BadRotation where the token's rotation is not going on."""
    state = ports.secret.state()
    pending = ports.secret.read(token)
    versions = Versions(
        state=state,
        token=token,
        current=read_current(ports, state),
        pending_text=None if pending is None else ports.shape.read(pending),
    )
    if not versions.staged and not versions.promoted:
        raise BadRotation(
            OutOfTurn.NOT_PENDING,
            f"version {token} of secret {state.name} is neither pending nor current",
        )
    return versions


def read_current(ports: Ports, state: SecretState) -> SecretText:
    """The version that the app reads. Raises BadRotation, AppConfigError."""
    version = state.labels.get(CURRENT)
    if version is None:
        raise BadRotation(OutOfTurn.NO_CURRENT, f"secret {state.name} has no current version")
    text = ports.secret.read(version)
    if text is None:
        raise BadRotation(OutOfTurn.NO_VALUE, f"version {version} of the secret has no value")
    return ports.shape.read(text)


def find_accepted(
    ports: Ports, versions: Versions, refused: tuple[Credentials, ...] = ()
) -> Accepted | None:
    """As `find_accepted_of`, of the secret as a step found it."""
    return find_accepted_of(ports, versions.state, versions.current, refused)


def find_accepted_of(
    ports: Ports, state: SecretState, current: SecretText, refused: tuple[Credentials, ...] = ()
) -> Accepted | None:
    """The first labelled version whose credentials log in, each tried once; None for no such.

    Only a refusal counts: where the database gives no answer its error is raised, lest an outage
    be taken for a lost password. `refused`: those that were tried already.
    """
    tried = set(refused)
    for version, credentials in _labelled(ports, state, current):
        if credentials not in tried:
            tried.add(credentials)
            if ports.database.accepts(credentials):
                return Accepted(version, credentials)
    return None


def known_passwords(ports: Ports, versions: Versions) -> frozenset[str]:
    """Those of all labelled versions: what a copy of the password may hold."""
    labelled = _labelled(ports, versions.state, versions.current)
    return frozenset(credentials.password for _, credentials in labelled)


def _labelled(
    ports: Ports, state: SecretState, current: SecretText
) -> Iterator[tuple[str, Credentials]]:
    """The credentials of every labelled version, read when they are asked for."""
    labels = state.labels
    known = dict.fromkeys(labels[label] for label in (*LIKELY, *sorted(labels)) if label in labels)
    for version in known:
        if version == labels.get(CURRENT):
            text: SecretText | None = current
        else:
            text = _readable(ports, version)
        if text and text.credentials:
            yield version, text.credentials


def _readable(ports: Ports, version: str) -> SecretText | None:
    # An earlier version may be from before somebody put the password in, or put it right.
    with suppress(AppConfigError):
        text = ports.secret.read(version)
        return None if text is None else ports.shape.read(text)
    return None
