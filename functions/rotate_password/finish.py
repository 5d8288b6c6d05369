"""The last step: make the new password current, with every edit made meanwhile, and tell tasks."""

import uuid

from rotate_password import announcements
from rotate_password.credentials import Credentials
from rotate_password.redeploy import redeploy
from rotate_password.request import BadRotation
from rotate_password.rotation import Rotation, Versions, look_at_pending
from rotate_password.secret import BASE, CURRENT, MERGED, PENDING

# Each is somebody's edit between two calls of ours; ten in a row is no person.
MAXIMUM_EDITS = 10


def finish_secret(rotation: Rotation, token: str) -> str:
    """Move AWSCURRENT, redeploy the services, say so, and take AWSPENDING away at the very end.

    AWSPENDING on the token's version is thus the sign that something is left to do: a step that
    died goes on where it stopped, and a step repeated after the end does nothing.
    """
    promoted_now = _promote(rotation, token)
    versions, pending_text, pending = look_at_pending(rotation, token)
    if not versions.staged:
        return "the rotation was complete"
    # In the run that moved the label every service is outdated, whatever its clock says; a later
    # one goes by the time of the last change of the secret, which was that move.
    since = None if promoted_now else versions.state.last_changed
    redeployed = redeploy(rotation.services, rotation.policy.services, since)
    rotation.publish(
        announcements.rotated(
            versions.state.name,
            pending.user,
            rotation.shape.takes_turns(pending_text),
            rotation.policy.services,
            rotation.clock.now(),
        )
    )
    rotation.secret.move(PENDING, source=token, target=None)
    return f"{pending.user} has a new password; redeployed: {', '.join(redeployed) or 'nothing'}"


def _promote(rotation: Rotation, token: str) -> bool:
    """Make the pending password current; whether this run did it.

    UpdateSecretVersionStage names the version that it takes AWSCURRENT from, and fails if that
    has lost it: so an edit can never slip in between the look and the move.
    """
    for _ in range(MAXIMUM_EDITS):
        versions, pending_text, pending = look_at_pending(rotation, token)
        if versions.promoted:
            return False
        merged = rotation.shape.with_credentials(versions.current_text, pending)
        _report_edit(rotation, versions, pending)
        current, target = versions.state.labels[CURRENT], token
        if merged != pending_text:
            # The token's version can't be written again (ResourceExistsException). The id
            # follows from what is merged, so that a repeated step finds its own version.
            target = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{token}/{current}"))
            rotation.secret.put(target, merged, MERGED)
        if rotation.secret.move(CURRENT, source=current, target=target):
            return True
    raise BadRotation(f"secret {versions.state.name} was edited {MAXIMUM_EDITS} times meanwhile")


def _report_edit(rotation: Rotation, versions: Versions, pending: Credentials) -> None:
    """Tell that the password was edited. Raises LoginRefused where the database's was as well."""
    base = versions.state.labels.get(BASE)
    text = None if base is None else rotation.secret.read(base)
    if text is not None and rotation.shape.credentials(text) != versions.current:
        # Who has also changed it in the database is not locked out: the rotation begins again,
        # and setSecret finds that it has to set the password anew.
        rotation.database.check(pending)
        rotation.publish(
            announcements.edited(
                versions.state.name,
                "Somebody changed the database password in the secret while it was being rotated."
                " The database accepts the rotation's, which becomes current; the edit stays in"
                f" version {versions.state.labels[CURRENT]} (AWSPREVIOUS).",
                rotation.clock.now(),
            )
        )
