"""Lifecycle hooks of a deployment whose old and new tasks look alike: what the old ones did, or
have in common with the new ones, is nothing to roll back for.
"""

from dataclasses import replace
from datetime import datetime

import pytest

from probe_deployment.http_answer import Answer
from tests.unit.probe_deployment.play import hook, play, settings
from tests.unit.probe_deployment.world import (
    GREEN_GROUP,
    GROUP,
    WORKER,
    FakeTask,
    Minute,
    World,
    after,
    deployed,
)

GREEN, SHIFTED = "POST_SCALE_UP", "POST_PRODUCTION_TRAFFIC_SHIFT"


def again(service: str = "jiki-api-web") -> World:
    """The definition that runs is deployed again by force: a rotation does so."""
    world = deployed(service, completed=None)
    for task in world.tasks:
        if not task.new:
            task.redeployed, task.ended = True, None
    world.now = after(130)
    return world


def test_an_old_task_that_was_killed_is_no_restart_of_the_new_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = again()
    killed = replace(world.tasks[0], ended=after(-600), exit_code=137, why="OutOfMemoryError: x")
    world.tasks += [replace(killed, id=f"killed{number}") for number in range(2)]
    said, verdict = hook(world, GREEN, settings(monkeypatch))
    assert (said, verdict and verdict.failed) == ({"hookStatus": "SUCCEEDED"}, ())


def test_an_error_of_the_old_tasks_is_not_new(monkeypatch: pytest.MonkeyPatch) -> None:
    world, line = again(), "NoMethodError (undefined method 'total' for nil):"
    world.lines = [(after(-3_500 + 40 * number), "old0", line) for number in range(85)]
    world.lines += [(after(60 + 10 * number), "new0", line) for number in range(4)]
    said, verdict = hook(world, GREEN, settings(monkeypatch))
    assert (said, verdict and verdict.failed) == ({"hookStatus": "SUCCEEDED"}, ())


def test_a_new_task_that_is_killed_is_found_still(monkeypatch: pytest.MonkeyPatch) -> None:
    world = again()
    world.tasks.append(
        FakeTask("killed", world.service, after(45), ended=after(120), exit_code=137)
    )
    said, verdict = hook(world, GREEN, settings(monkeypatch))
    assert said == {"hookStatus": "FAILED"}
    assert verdict is not None
    assert [each.check for each in verdict.failed] == ["restarts"]


def test_the_old_worker_s_processes_are_none_of_the_new_one_s(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """ECS may list the old deployment as the primary one until the new one has the traffic."""
    world = again(WORKER)
    old = world.service_description(WORKER)["deployments"][1] | {"status": "PRIMARY"}
    world.description = lambda _: {"deployments": [old]}
    world.processes = lambda _: [after(-7_000)]
    said, verdict = hook(world, GREEN, settings(monkeypatch))
    assert said == {"hookStatus": "FAILED"}
    assert verdict is not None
    assert [each.check for each in verdict.failed] == ["solid_queue"]


@pytest.mark.parametrize(("errors", "status"), [(12, "SUCCEEDED"), (60, "FAILED")])
def test_answers_are_compared_with_those_of_the_other_target_group(
    errors: int, status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN 2 % of 5xx at the old tasks, in a target group that is not the revision's
    def blue(at: datetime) -> Minute:
        return (600, 12, 0.1) if at < after(120) else (0, 0, 0)

    def green(at: datetime) -> Minute:
        return (600, errors, 0.1) if at >= after(120) else (0, 0, 0)

    world = deployed(now=after(900), traffic_of={"targetgroup/jiki/1": blue})
    world.traffic_of["targetgroup/jiki/2"] = green
    world.resolved = {"loadBalancers": [{"targetGroupArn": GREEN_GROUP}]}
    alternate = {"alternateTargetGroupArn": GREEN_GROUP}
    balancer = {"targetGroupArn": GROUP, "advancedConfiguration": alternate}
    world.description = lambda _: {"loadBalancers": [balancer]}
    said, _ = hook(world, SHIFTED, settings(monkeypatch))
    assert said == {"hookStatus": status}


def test_a_503_of_the_test_listener_s_own_says_nothing_of_the_app(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = Answer(503, {"server": "awselb/2.0"}, 0.01)
    world = deployed(now=after(130), answer_at_listener=lambda _: own)
    said, verdict = hook(world, "POST_TEST_TRAFFIC_SHIFT", settings(monkeypatch))
    assert (said, verdict and verdict.failed) == ({"hookStatus": "SUCCEEDED"}, ())
    # Nor does its 502 come of nothing: there the app has broken the connection.
    broken = replace(own, status=502)
    world = deployed(now=after(130), answer_at_listener=lambda _: broken)
    said, _ = hook(world, "POST_TEST_TRAFFIC_SHIFT", settings(monkeypatch))
    assert said == {"hookStatus": "FAILED"}


@pytest.mark.parametrize(("strategy", "hangs"), [("BLUE_GREEN", False), ("ROLLING", True)])
def test_a_deployment_may_wait_for_a_person_before_its_first_task(
    strategy: str, hangs: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = deployed(completed=None)
    world.tasks = [task for task in world.tasks if not task.new]
    for task in world.tasks:
        task.ended = None
    world.description = lambda _: {"deploymentConfiguration": {"strategy": strategy}}
    played = play(world, settings(monkeypatch))
    assert (played.failed, bool(played.events)) == ({"hanging"} if hangs else set(), hangs)
