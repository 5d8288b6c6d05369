"""The verdict on a suite."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from probe_deployment.cause import Cause
from probe_deployment.finding import Result, Status
from probe_deployment.request import Request

OF_A_ZONE = ("restarts", "target_health", "rollout", "hanging")
"""What fails, too, where check zones does."""


class Outcome(StrEnum):
    """What the checks of a suite amount to together.

    PENDING is a failure, or a check without an answer, that may still settle: within the grace
    period. UNKNOWN: nothing failed, and something had no answer. PASS_SO_FAR: later checks follow.
    """

    PASS = "pass"  # noqa: S105  # an outcome
    PASS_SO_FAR = "pass_so_far"  # noqa: S105  # an outcome
    FAIL = "fail"
    UNKNOWN = "unknown"
    PENDING = "pending"

    @property
    def passed(self) -> bool:
        """Whether all that was checked is well."""
        return self in (Outcome.PASS, Outcome.PASS_SO_FAR)


class RolledBack(StrEnum):
    """What became of a rollback that was in question."""

    BEGUN = "begun"
    BEGUN_BEFORE = "begun_before"
    REFUSED = "refused"
    """By ECS: a deregistered task definition, a missing permission."""
    STAYS = "stays"
    """Decided against."""


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
    """What was decided about a rollback, and why, in words."""
    rolled_back: RolledBack | None = None
    """The same as a word; None where none was in question."""
    next_check: datetime | None = None
    """When it is checked again, of a pass so far."""

    @property
    def failed(self) -> tuple[Result, ...]:
        """The checks that failed."""
        return self._of(Status.FAIL)

    @property
    def unknown(self) -> tuple[Result, ...]:
        """The checks that had no answer."""
        return self._of(Status.UNKNOWN)

    @property
    def fixed_by_older_version(self) -> tuple[Result, ...]:
        """The failed checks that an older version of the app would pass.

        Where tasks end in one zone and the same version runs well in another, it is the zone; so
        it may be where check zones had no answer.
        """
        not_well = (*self.failed, *self.unknown)
        of_zone = OF_A_ZONE if any(each.check == "zones" for each in not_well) else ()
        return tuple(
            each
            for each in self.failed
            if each.finding.older_version_fixes and each.check not in of_zone
        )

    @property
    def left_as_it_is(self) -> Result | None:
        """The check whose result forbids to judge a version by others that failed: the database
        refuses the app or nobody knows, or a migration runs, which may be what tasks wait for.
        """
        for each in (*self.failed, *self.unknown):
            migrates = each.check == "migrations" and each.finding.cause is Cause.MIGRATING
            if each.check == "database_login" or migrates:
                return each
        return None

    @property
    def load_was_borne(self) -> bool:
        """Whether requests of a load test were seen and answered (suite `load`)."""
        return self.request.started_at is not None and any(
            each.check == "responses" for each in self.passed
        )

    @property
    def passed(self) -> tuple[Result, ...]:
        """The checks that found all as it should be."""
        return self._of(Status.PASS)

    @property
    def skipped(self) -> tuple[Result, ...]:
        """The checks that didn't apply."""
        return self._of(Status.SKIP)

    def _of(self, status: Status) -> tuple[Result, ...]:
        return tuple(each for each in self.results if each.finding.status is status)


def outcome(results: Sequence[Result], now: datetime, grace_until: datetime | None) -> Outcome:
    """Fail where a check failed, else unknown where one had no answer, else pass.

    While the grace period lasts, either of the first two may still settle.
    """
    statuses = {each.finding.status for each in results}
    if not statuses & {Status.FAIL, Status.UNKNOWN}:
        return Outcome.PASS
    if grace_until is not None and now < grace_until:
        return Outcome.PENDING
    return Outcome.FAIL if Status.FAIL in statuses else Outcome.UNKNOWN
