"""Answers about what a user has that the roles which take turns would miss."""

from dataclasses import dataclass
from enum import StrEnum

from .answer import Answer


class DifferenceKind(StrEnum):
    """What of the old user it is."""

    OBJECT = "object"
    """Owned by it: whatever it made since the roles were prepared."""
    SETTING = "setting"
    MEMBERSHIP = "membership"
    GRANT = "grant"
    POLICY = "policy"
    """Of row-level security: the rows of its table would be hidden without an error."""
    DEFAULT_GRANT = "default_grant"
    ATTRIBUTE = "attribute"


@dataclass(frozen=True)
class Difference(Answer):
    """One thing that the old user has and the pair, or its owner role, hasn't."""

    kind: DifferenceKind
    name: str
    statement: str
    """The SQL that carries it over; empty where none does."""
    carried: bool
    """Whether the old user itself may run that: `prepare_roles` then does."""


@dataclass(frozen=True)
class TurnAnswer(Answer):
    """`inspect_turn`: all differences in one database, and which others to inspect."""

    differences: tuple[Difference, ...]
    other_databases: tuple[str, ...]
    """Databases of the same server in which the user owns or may do something."""
