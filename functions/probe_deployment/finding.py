"""What one check found."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple, Self

from probe_deployment.cause import Cause


class Status(StrEnum):
    """The outcomes of a check. UNKNOWN: it had no answer, which says nothing about the app."""

    PASS = "pass"  # noqa: S105  # an outcome
    FAIL = "fail"
    UNKNOWN = "unknown"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Finding:
    """An outcome, in words for people (what was observed and expected, and what fixes it) and as
    fields for programs (the cause, and what it is about).
    """

    status: Status
    observed: str
    expected: str = ""
    remedy: str = ""
    older_version_fixes: bool = False
    """Whether an older version of the app would not have what was found."""
    cause: Cause | None = None
    """None where the check's name and its status say all."""
    subjects: tuple[str, ...] = ()
    """Names of what is at fault: services, keys, calls, other checks. Never a value."""

    @classmethod
    def passed(cls, observed: str, expected: str) -> Self:
        """All is as it should be."""
        return cls(Status.PASS, observed, expected)

    @classmethod
    def failed(
        cls,
        observed: str,
        expected: str,
        remedy: str,
        *,
        cause: Cause | None = None,
        subjects: Iterable[str] = (),
        older_version_fixes: bool = False,
    ) -> Self:
        """Something is not as expected; `remedy` is the next thing to do."""
        status = Status.FAIL
        return cls(status, observed, expected, remedy, older_version_fixes, cause, tuple(subjects))

    @classmethod
    def unknown(
        cls,
        observed: str,
        expected: str,
        remedy: str,
        *,
        cause: Cause | None = None,
        subjects: Iterable[str] = (),
    ) -> Self:
        """The check had no answer, or one that decides nothing; `remedy` is how to get another."""
        status = Status.UNKNOWN
        return cls(status, observed, expected, remedy, cause=cause, subjects=tuple(subjects))

    @classmethod
    def skipped(cls, reason: str) -> Self:
        """The check doesn't apply, and why."""
        return cls(Status.SKIP, reason)

    @classmethod
    def left_to(cls, check: str, reason: str) -> Self:
        """Skipped, for what is at fault is reported by another check."""
        observed = f"{reason}: see {check}"
        return cls(Status.SKIP, observed, cause=Cause.OTHER_CHECK, subjects=(check,))

    @classmethod
    def worst(cls, findings: list[Self]) -> Self:
        """The first failed one, else the first unknown one, else the first passed or skipped."""
        for status in (Status.FAIL, Status.UNKNOWN, Status.PASS):
            for finding in findings:
                if finding.status is status:
                    return finding
        return findings[0]


class Trouble(NamedTuple):
    """What is wrong with one of several that a check judges."""

    cause: Cause
    words: str


def first_cause(troubles: Mapping[Any, Trouble]) -> Cause:
    """The cause of the first of them, which a finding on all of them has."""
    return next(iter(troubles.values())).cause


@dataclass(frozen=True, slots=True)
class Result:
    """A finding with the check's name and the time that it took."""

    check: str
    finding: Finding
    seconds: float
