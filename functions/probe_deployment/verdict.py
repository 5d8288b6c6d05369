"""The verdict on a suite: pure, and the JSON that pipelines rely on (docs/probes.md)."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from probe_deployment.finding import Result, Status
from probe_deployment.triggers import Request

SCHEMA_VERSION = 1


class Outcome(StrEnum):
    """PENDING is a failure that may still settle: within the grace period."""

    PASS = "pass"  # noqa: S105  # an outcome
    FAIL = "fail"
    PENDING = "pending"


class Verdict(NamedTuple):
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

    @property
    def failed(self) -> tuple[Result, ...]:
        """The checks that failed."""
        return tuple(each for each in self.results if each.finding.status is Status.FAIL)

    @property
    def load_was_borne(self) -> bool:
        """Whether requests of a load test were seen and answered (suite `load`)."""
        return self.request.started_at is not None and any(
            each.check == "responses" and each.finding.status is Status.PASS
            for each in self.results
        )

    @property
    def summary(self) -> str:
        """One line."""
        what = f"{self.request.suite} of {' and '.join(self.services)}"
        if not self.failed:
            skipped = sum(each.finding.status is Status.SKIP for each in self.results)
            note = f", {skipped} skipped" if skipped else ""
            return f"{what}: {len(self.results) - skipped} checks passed{note}"
        names = ", ".join(each.check for each in self.failed)
        word = "not settled yet" if self.outcome is Outcome.PENDING else "failed"
        return f"{what}: {len(self.failed)} of {len(self.results)} checks {word} ({names})"

    def table(self) -> str:
        """Lines for a terminal: each check with what was seen; a failed one with what to do."""
        width = max((len(each.check) for each in self.results), default=0)
        lines = []
        for each in self.results:
            finding = each.finding
            lines.append(
                f"{finding.status.upper():4}  {each.check:{width}}  {each.seconds:5.1f} s"
                f"  {finding.saw}"
            )
            if finding.status is Status.FAIL:
                lines.append(f"      wanted: {finding.wanted}")
                lines.append(f"      to do:  {finding.remedy}")
        return "\n".join(lines)

    def failures(self) -> str:
        """Lines for a message: each failed check with what to do."""
        return "\n".join(
            f"• {each.check}: {each.finding.saw} (wanted: {each.finding.wanted})\n"
            f"  → {each.finding.remedy}"
            for each in self.failed
        )

    def as_json(self) -> dict[str, Any]:
        """Schema version 1; fields are only ever added."""
        return {
            "schemaVersion": SCHEMA_VERSION,
            "status": self.outcome.value,
            "suite": self.request.suite,
            "trigger": self.request.trigger.value,
            "services": list(self.services),
            "deploymentId": self.request.deployment_id,
            "decidedAt": self.decided_at.isoformat(),
            "attempts": self.attempts,
            "seconds": round(self.seconds, 2),
            "summary": self.summary,
            "rollback": self.rollback or None,
            "checks": [
                {
                    "name": each.check,
                    "status": each.finding.status.value,
                    "saw": each.finding.saw,
                    "wanted": each.finding.wanted,
                    "remedy": each.finding.remedy,
                    "seconds": round(each.seconds, 2),
                }
                for each in self.results
            ],
            "table": self.table(),
        }


def outcome(results: Sequence[Result], now: datetime, grace_until: datetime | None) -> Outcome:
    """Fail where a check failed, or pending while the grace period lasts; else pass."""
    if all(each.finding.status is not Status.FAIL for each in results):
        return Outcome.PASS
    return Outcome.PENDING if grace_until is not None and now < grace_until else Outcome.FAIL
