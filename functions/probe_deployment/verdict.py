"""The verdict on a suite: pure, and the JSON that pipelines rely on (docs/probes.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from probe_deployment.finding import Result, Status
from probe_deployment.request import Request

SCHEMA_VERSION = 2


class Outcome(StrEnum):
    """What the checks of a suite amount to together.

    PENDING is a failure, or a check that could not look, that may still settle: within the grace
    period. UNKNOWN: nothing failed, and something could not be looked at. PASS_SO_FAR: later looks
    follow.
    """

    PASS = "pass"  # noqa: S105  # an outcome
    PASS_SO_FAR = "pass_so_far"  # noqa: S105  # an outcome
    FAIL = "fail"
    UNKNOWN = "unknown"
    PENDING = "pending"

    @property
    def passed(self) -> bool:
        """Whether all that was looked at is well."""
        return self in (Outcome.PASS, Outcome.PASS_SO_FAR)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a suite amounts to."""

    request: Request
    services: tuple[str, ...]
    outcome: Outcome
    results: tuple[Result, ...]
    decided_at: datetime
    attempts: int = 1
    seconds: float = 0.0
    rollback: str = ""
    """What was decided about a rollback, and why."""
    next_look: datetime | None = None
    """When it is looked at again, of a pass so far."""

    @property
    def failed(self) -> tuple[Result, ...]:
        """The checks that failed."""
        return self._of(Status.FAIL)

    @property
    def unknown(self) -> tuple[Result, ...]:
        """The checks that could not look."""
        return self._of(Status.UNKNOWN)

    @property
    def fixed_by_older_version(self) -> tuple[Result, ...]:
        """The failed checks that an older version of the app would pass."""
        return tuple(each for each in self.failed if each.finding.older_version_fixes)

    @property
    def load_was_borne(self) -> bool:
        """Whether requests of a load test were seen and answered (suite `load`)."""
        return self.request.started_at is not None and any(
            each.check == "responses" for each in self._of(Status.PASS)
        )

    @property
    def summary(self) -> str:
        """One line."""
        what = f"{self.request.suite} of {' and '.join(self.services)}"
        notes = ""
        if self.unknown:
            notes += f", {len(self.unknown)} had no answer ({_names(self.unknown)})"
        if skipped := len(self._of(Status.SKIP)):
            notes += f", {skipped} skipped"
        if self.failed:
            state = "not settled yet" if self.outcome is Outcome.PENDING else "failed"
            names = _names(self.failed)
            return f"{what}: {len(self.failed)} of {len(self.results)} checks {state} ({names})"
        so_far = " so far" if self.outcome is Outcome.PASS_SO_FAR else ""
        return f"{what}: {len(self._of(Status.PASS))} checks passed{so_far}{notes}"

    def table(self) -> str:
        """Lines for a terminal: each check with what was observed; a bad one with what to do."""
        width = max((len(each.check) for each in self.results), default=0)
        lines = []
        for each in self.results:
            finding = each.finding
            lines.append(
                f"{finding.status.upper():7}  {each.check:{width}}  {each.seconds:5.1f} s"
                f"  {finding.observed}"
            )
            if finding.status in (Status.FAIL, Status.UNKNOWN):
                lines.append(f"         expected: {finding.expected}")
                lines.append(f"         to do:    {finding.remedy}")
        return "\n".join(lines)

    def troubles(self) -> str:
        """Lines for a message: each failed or unknown check with what to do."""
        return "\n".join(
            f"• {each.check}{': no answer' if each in self.unknown else ''}:"
            f" {each.finding.observed} (expected: {each.finding.expected})\n"
            f"  → {each.finding.remedy}"
            for each in (*self.failed, *self.unknown)
        )

    def as_json(self) -> dict[str, Any]:
        """Schema version 2; fields are only ever added."""
        return {
            "schemaVersion": SCHEMA_VERSION,
            "status": self.outcome.value,
            "suite": self.request.suite,
            "trigger": self.request.trigger.value,
            "services": list(self.services),
            "deploymentId": self.request.deployment_id,
            "decidedAt": self.decided_at.isoformat(),
            "nextLookAt": self.next_look.isoformat() if self.next_look else None,
            "attempts": self.attempts,
            "seconds": round(self.seconds, 2),
            "summary": self.summary,
            "rollback": self.rollback or None,
            "checks": [
                {
                    "name": each.check,
                    "status": each.finding.status.value,
                    "observed": each.finding.observed,
                    "expected": each.finding.expected,
                    "remedy": each.finding.remedy,
                    "olderVersionFixes": each.finding.older_version_fixes,
                    "seconds": round(each.seconds, 2),
                }
                for each in self.results
            ],
            "table": self.table(),
        }

    def _of(self, status: Status) -> tuple[Result, ...]:
        return tuple(each for each in self.results if each.finding.status is status)


def _names(results: Sequence[Result]) -> str:
    return ", ".join(each.check for each in results)


def outcome(results: Sequence[Result], now: datetime, grace_until: datetime | None) -> Outcome:
    """Fail where a check failed, else unknown where one could not look, else pass.

    While the grace period lasts, either of the first two may still settle.
    """
    statuses = {each.finding.status for each in results}
    if not statuses & {Status.FAIL, Status.UNKNOWN}:
        return Outcome.PASS
    if grace_until is not None and now < grace_until:
        return Outcome.PENDING
    return Outcome.FAIL if Status.FAIL in statuses else Outcome.UNKNOWN
