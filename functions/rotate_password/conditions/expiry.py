"""When a role's passwords expire (VALID UNTIL), remembered in a label of the secret.

PostgreSQL refuses an expired password in the words and the code of a wrong one, and who can't log
in can't read it. So the date that a working login has seen is kept with the version whose password
the database was given.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from rotate_password.adapters.secret import Secret, SecretState

# A rotation a month, and a window to be notified in.
SOON = timedelta(days=45)
PREFIX = "ROTATION_VALID_UNTIL_"
_FORMAT = "%Y%m%dT%H%M%SZ"


class PasswordExpired(Exception):
    """No password of the role is valid any more, whatever the secret says."""

    def __init__(self, user: str, since: datetime) -> None:
        self.user, self.since = user, since
        self.statement = f"ALTER ROLE {user} VALID UNTIL 'infinity'"
        super().__init__(
            f"no password of {user} is valid since {since:%Y-%m-%d %H:%M} UTC: {self.statement}"
        )


def remember(secret: Secret, state: SecretState, version: str, until: datetime | None) -> None:
    """Put the date on the version, and take every other one away."""
    wanted = None if until is None else f"{PREFIX}{until.astimezone(UTC):{_FORMAT}}"
    for label, holder in state.labels.items():
        if label.startswith(PREFIX) and (label, holder) != (wanted, version):
            secret.move(label, source=holder, target=None)
    if wanted and state.labels.get(wanted) != version:
        secret.move(wanted, source=None, target=version)


def remembered(labels: Mapping[str, str]) -> Mapping[str, datetime]:
    """By version, the date that is kept with it."""
    found: dict[str, datetime] = {}
    for label, version in labels.items():
        with suppress(ValueError):
            if label.startswith(PREFIX):
                moment = datetime.strptime(label.removeprefix(PREFIX), _FORMAT)
                found[version] = moment.replace(tzinfo=UTC)
    return found
