"""Good deployments whose services are scaled while they are checked, or lose a task of no fault of
theirs, played whole: each is left as it is.
"""

from collections.abc import Callable
from datetime import datetime

import pytest

from ops_common.answers.queue_health import QueueHealth
from probe_deployment.http_answer import Answer
from tests.unit.probe_deployment.play import play, settings
from tests.unit.probe_deployment.world import (
    UNHEALTHY,
    WEB,
    WORKER,
    FakeTask,
    World,
    after,
    deployed,
)

LAST_CHECK = after(720)
"""Ten minutes after the rollout's end."""
ADDRESS = "10.1.0.2"
"""Of the third target."""


def scaled_out(boots_until: datetime = LAST_CHECK) -> World:
    """A third task starts a minute before the last check, and answers when it has booted."""
    world = deployed()
    world.tasks.append(FakeTask("more", WEB, after(690), address=ADDRESS))
    world.description = lambda now: {"desiredCount": 3} if now >= after(650) else {}
    states = [("healthy", "")] * 2

    def targets(now: datetime) -> list[tuple[str, str]]:
        if now < after(690):
            return states
        bad = ("unhealthy", "Target.ResponseCodeMismatch")
        return [*states, bad if now < boots_until else ("healthy", "")]

    world.targets = targets
    return world


def starting() -> World:
    """The third task is asked for, and Fargate needs two minutes for it."""
    world = deployed()
    world.tasks.append(FakeTask("more", WEB, after(880)))
    world.description = lambda now: (
        {"desiredCount": 3, "pendingCount": 1} if after(700) <= now < after(880) else {}
    )
    return world


def draining() -> World:
    """The third task's connections drain for five minutes, in which it runs."""
    world = deployed(desired=3)
    world.tasks.append(FakeTask("third", WEB, after(40)))
    world.description = lambda now: {"desiredCount": 2} if now >= after(660) else {}
    world.targets = lambda now: [
        *[("healthy", "")] * 2,
        ("draining", "Target.DeregistrationInProgress") if now >= after(660) else ("healthy", ""),
    ]
    return world


def protected() -> World:
    """One worker is enough, and the other is protected for its job."""
    world = deployed(WORKER)
    world.tasks.append(FakeTask("more", WORKER, after(40)))
    world.desired = 2
    world.description = lambda now: {"desiredCount": 1} if now >= after(150) else {}
    return world


def replaced() -> World:
    """A task is lost once, and the one in its place boots for two minutes."""
    world = deployed()
    world.tasks[3].ended, world.tasks[3].how = after(560), UNHEALTHY
    world.tasks.append(FakeTask("another", WEB, after(650), zone="eu-west-1b", address="10.1.0.1"))
    states = {True: ("healthy", ""), False: ("unhealthy", "Target.Timeout")}
    world.targets = lambda now: [("healthy", ""), states[not after(650) <= now < after(850)]]
    return world


def wakes() -> World:
    """The database slept; it, and then the app, answers after 70 s."""
    asleep = after(700), after(790)
    bad = Answer(503, {"x-request-id": "1"}, 0.1)
    ok = Answer(200, {"x-request-id": "1"}, 0.1)
    return deployed(answer=lambda now: bad if asleep[0] <= now < asleep[1] else ok)


def from_zero(up: float) -> World:
    """A job comes shortly before the last check, and the service is scaled from no task to one."""
    world = deployed(WORKER, desired=0)
    world.tasks = [task for task in world.tasks if not task.new]
    world.tasks.append(FakeTask("late", WORKER, after(up)))
    world.description = lambda now: {"desiredCount": 1} if now >= after(560) else {}
    booted = after(up + 60)
    world.processes = lambda now: [booted] if now >= booted else []
    before = after(-9_000)

    def queue(now: datetime) -> QueueHealth:
        if now >= booted:
            return QueueHealth(0, 0, None, now, now)
        wait = max(0.0, (now - after(540)).total_seconds())
        return QueueHealth(0, 0, wait or None, before, before)

    world.queue = queue
    return world


GOOD: dict[str, Callable[[], World]] = {
    "scaled out, and the task boots": lambda: scaled_out(boots_until=after(900)),
    "scaled out, and the task starts": starting,
    "scaled in, and the task drains": draining,
    "scaled in, and the task is protected": protected,
    "a task is replaced": replaced,
    "a database that wakes": wakes,
    "from zero, and booted within the check's grace": lambda: from_zero(760),
}


@pytest.mark.parametrize("name", GOOD)
def test_passes_for_good(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    played = play(GOOD[name](), settings(monkeypatch))
    assert (played.failed, played.unknown, played.world.deployed) == (set(), set(), [])
    assert [verdict.outcome for verdict in played.verdicts] == [*["pass_so_far"] * 3, "pass"]


def test_a_worker_that_has_had_no_time_to_boot_is_undecided(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    played = play(from_zero(830), settings(monkeypatch))
    assert (played.unknown, played.failed) == ({"solid_queue"}, set())
    assert (played.verdicts[-1].outcome, played.world.deployed) == ("unknown", [])
    assert [event.kind for event in played.events][-1] == "DeploymentUndecided"


def test_a_task_that_scaling_started_and_that_never_answers_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By its end: ECS stops it for its health check, and the next one in its place."""
    world = scaled_out(boots_until=after(9_999))
    world.tasks += [
        FakeTask(f"more{number}", WEB, after(300 + at), ended=after(390 + at), how=UNHEALTHY)
        for number, at in enumerate((0, 100))
    ]
    played = play(world, settings(monkeypatch))
    assert (played.failed, played.world.deployed != []) == ({"restarts"}, True)
