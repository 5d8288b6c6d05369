"""What one check found."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class Status(StrEnum):
    """The outcomes of a check. UNKNOWN: it could not look, which says nothing about the app."""

    PASS = "pass"  # noqa: S105  # an outcome
    FAIL = "fail"
    UNKNOWN = "unknown"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Finding:
    """An outcome, in words for people: what was observed and expected, and what fixes it."""

    status: Status
    observed: str
    expected: str = ""
    remedy: str = ""
    older_version_fixes: bool = False
    """Whether an older version of the app would not have what was found."""

    @classmethod
    def passed(cls, observed: str, expected: str) -> Self:
        """All is as it should be."""
        return cls(Status.PASS, observed, expected)

    @classmethod
    def failed(
        cls, observed: str, expected: str, remedy: str, *, older_version_fixes: bool = False
    ) -> Self:
        """Something is not as expected; `remedy` is the next thing to do."""
        return cls(Status.FAIL, observed, expected, remedy, older_version_fixes)

    @classmethod
    def unknown(cls, observed: str, expected: str, remedy: str) -> Self:
        """The check could not look, or what it saw doesn't tell; `remedy` is what would let it."""
        return cls(Status.UNKNOWN, observed, expected, remedy)

    @classmethod
    def skipped(cls, reason: str) -> Self:
        """The check doesn't apply, and why."""
        return cls(Status.SKIP, reason)

    @classmethod
    def worst(cls, findings: list[Self]) -> Self:
        """The first failed one, else the first unknown one, else the first passed or skipped."""
        for status in (Status.FAIL, Status.UNKNOWN, Status.PASS):
            for finding in findings:
                if finding.status is status:
                    return finding
        return findings[0]


@dataclass(frozen=True, slots=True)
class Result:
    """A finding with the check's name and the time that it took."""

    check: str
    finding: Finding
    seconds: float
