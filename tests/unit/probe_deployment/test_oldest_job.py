"""The oldest ready job before and after a deployment: what of its wait was before."""

from datetime import timedelta

import pytest

from ops_common.answers.queue_health import QueueHealth
from probe_deployment.checks.queue_health import OldestJob, judge
from probe_deployment.finding import Finding, Status
from tests.unit.probe_deployment.play import play, settings
from tests.unit.probe_deployment.samples import NOW
from tests.unit.probe_deployment.world import WORKER, World, deployed

LATE = 300.0
SINCE = NOW - timedelta(seconds=200)


def of(wait: float | None, *, worked: bool) -> Finding:
    at = NOW if worked else SINCE - timedelta(seconds=1)
    return judge(QueueHealth(0, 0, wait, at, at), SINCE, NOW, LATE)


@pytest.mark.parametrize(
    ("wait", "passed", "before"),
    [(900, 200, 700), (200, 200, 0), (150, 200, 0), (0, 200, 0)],
)
def test_a_wait_has_both_figures(wait: float, passed: float, before: float) -> None:
    oldest = OldestJob.at(wait, passed)
    assert (oldest.wait_seconds, oldest.before_seconds) == (wait, before)


@pytest.mark.parametrize(
    ("wait", "status", "fixes"),
    [
        (None, Status.PASS, False),
        (120, Status.PASS, False),
        (121, Status.FAIL, True),
        (LATE + 200, Status.FAIL, True),
        # It was late before already: it is no evidence against the new version.
        (LATE + 201, Status.FAIL, False),
    ],
)
def test_where_no_job_was_taken_on_a_late_one_of_before_accuses_nobody(
    wait: float | None, status: Status, fixes: bool
) -> None:
    finding = of(wait, worked=False)
    assert (finding.status, finding.older_version_fixes) == (status, fixes)


@pytest.mark.parametrize("wait", [310.0, 400.0, 600.0, 1200.0])
def test_a_backlog_that_was_there_before_and_is_worked_on_rolls_nothing_back(
    wait: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a queue as far behind after the deployment as before it
    def backlog() -> World:
        return deployed(WORKER, queue=lambda now: QueueHealth(0, 0, wait, now, now))

    played = play(backlog(), settings(monkeypatch))
    assert played.failed == {"queue_health"}
    assert played.world.deployed == []
