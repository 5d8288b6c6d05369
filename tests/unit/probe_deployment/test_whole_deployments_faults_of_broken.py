"""No error of AWS turns a broken deployment that is left as it is into one that is rolled back.

Those are deployments that hang or that ECS gave up, and those whose cause another check knows: the
check that knows it may be the one that had no answer.
"""

from collections.abc import Callable

import pytest

from tests.unit.probe_deployment.play import Faults, play, settings
from tests.unit.probe_deployment.test_whole_deployments_broken import (
    boot_loop,
    half_of_the_zones,
)
from tests.unit.probe_deployment.test_whole_deployments_faults import ERRORS
from tests.unit.probe_deployment.world import WORKER, FakeTask, World, after, deployed

NO_CAPACITY = ("TaskFailedToStart", "RESOURCE:MEMORY")
NO_ROOM = ("TaskFailedToStart", "Capacity is unavailable at this time. Please try again later")
READ = {"ecs.describe_services", "ecs.list_tasks", "ecs.describe_tasks", "logs.filter_log_events"}
"""What each suite of a deployment that has not completed asks."""


def old_jobs_end() -> World:
    """All new tasks run, and the old one still finishes a long job."""
    world = deployed(WORKER, completed=None)
    world.tasks[0].ended = None
    return world


def unplaced(*how: str, **changes: object) -> World:
    """AWS lacks what the new tasks need, and the old ones serve on."""
    world = deployed(completed=None, **changes)
    for old in world.tasks[:2]:
        old.ended = None
    world.tasks[2:] = [
        FakeTask(f"new{number}", world.service, after(at), ended=after(at), exit_code=None)
        for number, at in enumerate(range(40, 840, 100))
    ]
    for task in world.tasks[2:]:
        task.how = (how[0], how[1])
    return world


def refused() -> World:
    """Tasks end as they start, for the database refuses the password."""
    world = boot_loop()
    world.refuses_login_until = after(9_999)
    return world


LEFT: dict[str, tuple[Callable[[], World], str, set[str]]] = {
    "old jobs end": (old_jobs_end, "stuck", set()),
    "hangs without capacity": (lambda: unplaced(*NO_ROOM), "stuck", {"hanging", "restarts"}),
    "given up without capacity": (
        lambda: unplaced(*NO_CAPACITY, gave_up=after(600)),
        "failed_deployment",
        {"stopped_tasks"},
    ),
}


def hangs_in_one_zone() -> World:
    """It never completes, for the tasks in one zone end."""
    world = half_of_the_zones()
    world.completed = None
    return world


CAUSES = {
    "half of the zones": half_of_the_zones,
    "hangs in one zone": hangs_in_one_zone,
    "the database refuses it": refused,
}


class Once(Faults):
    """The call fails the first time only: one check had no answer, and another one got it."""

    def __call__[T](self, name: str, answer: Callable[[], T]) -> T:
        self._fail = "" if name in self.met else self._fail
        return super().__call__(name, answer)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: str(error)[:60])
@pytest.mark.parametrize("name", LEFT)
def test_no_error_deploys_where_a_deployment_hangs_or_was_given_up(
    name: str, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, suite, failing = LEFT[name]
    chosen, recorded = settings(monkeypatch), Faults()
    whole = play(make(), chosen, recorded)
    assert (whole.failed, whole.verdicts[-1].request.suite) == (failing, suite)
    assert recorded.met >= READ
    for call in recorded.met:
        for faults in (Faults(call, error), Once(call, error)):
            played = play(make(), chosen, faults)
            assert call in faults.met
            assert played.world.deployed == [], call
            # What could not look adds no failure.
            assert played.failed <= failing, call


@pytest.mark.parametrize("name", CAUSES)
def test_no_error_hides_the_cause_that_no_older_version_cures(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen, recorded = settings(monkeypatch), Faults()
    assert play(CAUSES[name](), chosen, recorded).world.deployed == []
    for call in recorded.met:
        for faults in (Faults(call, ERRORS[0]), Once(call, ERRORS[0])):
            assert play(CAUSES[name](), chosen, faults).world.deployed == [], call


def test_the_same_are_rolled_back_where_the_version_is_at_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # GIVEN what makes the tests above say something: the way to UpdateService is open
    world = unplaced("EssentialContainerExited", "Essential container", gave_up=after(600))
    for task in world.tasks[2:]:
        task.exit_code = 1
    played = play(world, settings(monkeypatch))
    assert [arn.rpartition(":")[2] for arn in played.world.deployed] == ["1"]
