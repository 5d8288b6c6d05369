"""What one check found."""

from enum import StrEnum
from typing import NamedTuple, Self


class Status(StrEnum):
    """The three outcomes of a check."""

    PASS = "pass"  # noqa: S105  # an outcome
    FAIL = "fail"
    SKIP = "skip"


class Finding(NamedTuple):
    """An outcome, in words for people: what was seen, what was wanted, what mends it."""

    status: Status
    saw: str
    wanted: str = ""
    remedy: str = ""

    @classmethod
    def passed(cls, saw: str, wanted: str) -> Self:
        """All is as it should be."""
        return cls(Status.PASS, saw, wanted)

    @classmethod
    def failed(cls, saw: str, wanted: str, remedy: str) -> Self:
        """Something is not as wanted; `remedy` is the next thing to do."""
        return cls(Status.FAIL, saw, wanted, remedy)

    @classmethod
    def skipped(cls, reason: str) -> Self:
        """The check doesn't apply, and why."""
        return cls(Status.SKIP, reason)


class Result(NamedTuple):
    """A finding with the check's name and the time that it took."""

    check: str
    finding: Finding
    seconds: float
