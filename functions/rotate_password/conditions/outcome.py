"""What a step did, as fields; rotate_password.words.sentences makes sentences of them."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How a step ended, where it did not fail."""

    STORED = "stored"
    STORED_BEFORE = "stored_before"
    STORED_MEANWHILE = "stored_meanwhile"
    """By another run of the same step at the same time."""
    SET = "set"
    SET_BEFORE = "set_before"
    SET_UNANSWERED = "set_unanswered"
    """The answer was lost, and the new password logs in."""
    RESET = "reset"
    LOGGED_IN = "logged_in"
    ROTATED = "rotated"
    ROTATED_BEFORE = "rotated_before"
    PREPARED = "prepared"


@dataclass(frozen=True)
class Done:
    """A step's outcome, and whom and what it was about."""

    outcome: Outcome
    user: str = ""
    """Whose password it is about."""
    login: str = ""
    """Who logged in to set it."""
    names: tuple[str, ...] = ()
    """The services with a new deployment, or the roles that were made."""
    carried: tuple[str, ...] = ()
    """What the roles were given of the user that prepared them."""
    missing: tuple[str, ...] = ()
    """What they still miss of it."""
