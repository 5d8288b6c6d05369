"""The last step: make the new password current, with every edit made meanwhile, and new tasks."""

import uuid

from rotate_password.adapters.ports import Ports
from rotate_password.adapters.secret import BASE, CURRENT, MERGED, PENDING
from rotate_password.conditions.outcome import Done, Outcome
from rotate_password.conditions.redeploy import redeploy
from rotate_password.conditions.versions import Versions, known_passwords, read_versions
from rotate_password.reading.request import BadRotation, OutOfTurn
from rotate_password.words import events

# Each is somebody's edit between two calls of ours; ten in a row is no person.
MAXIMUM_EDITS = 10


def finish_secret(ports: Ports, token: str) -> Done:
    """Move AWSCURRENT, redeploy the services, say so, and take AWSPENDING away at the very end.

    AWSPENDING on the token's version is thus the sign that something is left to do: a step that
    died goes on where it stopped, and a step repeated after the end does nothing. The pending
    password logs in before AWSCURRENT moves, and once more when all else is done: a text that was
    read before the rotation may have been saved since. Raises LoginRefused, RedeployFailed.
    """
    for _ in range(MAXIMUM_EDITS):
        moved = _promote(ports, token)
        versions = read_versions(ports, token)
        if not versions.staged:
            ports.database.check(versions.pending)
            return Done(Outcome.ROTATED_BEFORE, versions.pending.user)
        if versions.promoted and (done := _complete(ports, versions, moved)):
            return done
    raise _edited(versions.state.name)


def _promote(ports: Ports, token: str) -> bool:
    """Make the pending password current; whether this run did it.

    UpdateSecretVersionStage names the version that it takes AWSCURRENT from, and fails if that
    has lost it: so an edit can never slip in between the check and the move.
    """
    for _ in range(MAXIMUM_EDITS):
        versions = read_versions(ports, token)
        pending = versions.pending
        if versions.promoted:
            return False
        ports.database.check(pending)
        known = known_passwords(ports, versions) if ports.shape.copies else ()
        merged = versions.current.with_credentials(pending, known)
        _report_edit(ports, versions)
        current, target = versions.state.labels[CURRENT], token
        if versions.pending_text and merged != versions.pending_text.text:
            # The token's version can't be written again (ResourceExistsException). The id
            # follows from what is merged, so that a repeated step finds its own version.
            target = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{token}/{current}"))
            ports.secret.put(target, merged, MERGED)
        if ports.secret.move(CURRENT, source=current, target=target):
            return True
    raise _edited(versions.state.name)


def _edited(name: str) -> BadRotation:
    return BadRotation(
        OutOfTurn.EDITED, f"secret {name} was edited {MAXIMUM_EDITS} times meanwhile"
    )


def _complete(ports: Ports, versions: Versions, moved: bool) -> Done | None:
    """New tasks and the news of it; None where the password was edited again meanwhile."""
    pending, names = versions.pending, ports.choices.services
    # In the run that moved the label every service is outdated, whatever its clock says; a later
    # one goes by the time of the last change of the secret, which was that move or a later edit.
    since = None if moved else versions.state.last_changed
    redeployed = redeploy(ports.services, names, since)
    turns = versions.pending_text is not None and versions.pending_text.takes_turns
    login = ports.database.check(pending)
    if not _still_promoted(ports, versions):
        return None
    ports.publish(
        events.rotated(
            versions.state.name,
            pending.user,
            turns,
            names,
            ports.clock.now(),
            login.valid_until,
        )
    )
    if not _still_promoted(ports, versions):
        return None
    ports.secret.move(PENDING, source=versions.token, target=None)
    return Done(Outcome.ROTATED, pending.user, names=redeployed)


def _still_promoted(ports: Ports, versions: Versions) -> bool:
    labels = ports.secret.state().labels
    unchanged = labels.get(CURRENT) == versions.state.labels.get(CURRENT)
    return unchanged or read_versions(ports, versions.token).promoted


def _report_edit(ports: Ports, versions: Versions) -> None:
    """Publish that the password in the secret was edited since the rotation began."""
    base = versions.state.labels.get(BASE)
    text = None if base is None else ports.secret.read(base)
    if text is not None and ports.shape.read(text).credentials != versions.current.credentials:
        ports.publish(events.edited(versions.state, ports.clock.now()))
