"""What a rotation would leave behind, so that it is refused before anything changes."""

from collections.abc import Collection, Mapping

from rotate_password.adapters.database import RDS_PROXY_REMEDY
from rotate_password.adapters.ports import Ports
from rotate_password.reading.credentials import Credentials, SecretText


class LeftBehind(Exception):
    """Something would go on with the old password; nothing was changed."""


class CopiesLeft(LeftBehind):
    """The password is also at other places of the secret, or not where a parameter says so."""

    def __init__(
        self, secret_id: str, places: Mapping[str, str], unusable: tuple[str, ...]
    ) -> None:
        found = [f"the password is also at {each} ({advice})" for each, advice in places.items()]
        found += [f"the password isn't at {each}, which PasswordCopies names" for each in unusable]
        super().__init__(f"in secret {secret_id} {'; '.join(found)}; nothing was changed")
        self.places = tuple(places)
        self.unusable = unusable


class BehindRdsProxy(LeftBehind):
    """The new password could not be tried, nor used, through the proxy."""

    def __init__(self) -> None:
        super().__init__(f"the address is Amazon RDS Proxy's: {RDS_PROXY_REMEDY}")


def refuse_what_would_be_left_behind(
    ports: Ports, current: SecretText, held: Collection[str]
) -> None:
    """Raises LeftBehind. A copy may hold one of the passwords `held`."""
    if ports.database.behind_rds_proxy:
        raise BehindRdsProxy
    places, unusable = current.other_copies, current.unusable_copies(held)
    if places or unusable:
        raise CopiesLeft(current.shape.secret_id, places, unusable)


def passwords(current: SecretText, accepted: Credentials | None) -> frozenset[str]:
    """What a copy may hold before a rotation: the accepted password instead of the current."""
    known = (current.login, accepted) if accepted else (current.login,)
    return frozenset(each.password for each in known)
