"""Lifecycle hooks of a blue/green deployment, played in the small world."""

import pytest

from probe_deployment.http_answer import Answer
from probe_deployment.http_get import Listener
from tests.unit.probe_deployment.play import hook, settings
from tests.unit.probe_deployment.world import UNHEALTHY, FakeTask, World, after, deployed


def at(seconds: float, world: World) -> World:
    world.now = after(seconds)
    return world


def test_green_is_asked_at_the_test_listener_once_it_leads_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chosen = settings(monkeypatch)
    for stage, asked in (("POST_SCALE_UP", False), ("POST_TEST_TRAFFIC_SHIFT", True)):
        world = at(130, deployed())
        said, _ = hook(world, stage, chosen)
        assert said == {"hookStatus": "SUCCEEDED"}
        assert bool(world.asked) is asked
    (listener,) = world.asked
    # By its own port, for the public name, with what its rule wants.
    assert listener == Listener(
        "jiki.eu-west-1.elb.amazonaws.com", "api.jiki.io", 8443, True, {"X-Test": "green"}
    )


def test_green_that_answers_500_at_the_test_listener_gets_no_traffic(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken = Answer(500, {"x-request-id": "1"}, 0.1)
    world = at(130, deployed(answer_at_listener=lambda _: broken))
    said, verdict = hook(world, "POST_TEST_TRAFFIC_SHIFT", settings(monkeypatch))
    assert said == {"hookStatus": "FAILED"}
    assert verdict is not None
    assert [each.check for each in verdict.failed] == ["test_listener"]


def test_a_listener_s_own_404_is_no_answer_of_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    world = at(130, deployed(answer_at_listener=lambda _: Answer(404)))
    said, verdict = hook(world, "POST_TEST_TRAFFIC_SHIFT", settings(monkeypatch))
    assert (said, verdict and verdict.failed) == ({"hookStatus": "SUCCEEDED"}, ())


def test_a_broken_production_can_be_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before traffic shifts the public address is the old tasks', and is not judged."""
    world = at(130, deployed(answer=lambda _: Answer(503)))
    said, _ = hook(world, "POST_SCALE_UP", settings(monkeypatch))
    assert said == {"hookStatus": "SUCCEEDED"}
    # Behind it, it is the new ones'.
    said, verdict = hook(at(130, world), "POST_PRODUCTION_TRAFFIC_SHIFT", settings(monkeypatch))
    assert said == {"hookStatus": "FAILED"}
    assert verdict is not None
    assert "health_check" in {each.check for each in verdict.failed}


def test_a_zone_s_fault_rolls_nothing_back(monkeypatch: pytest.MonkeyPatch) -> None:
    world = deployed()
    world.tasks[3].zone = "eu-west-1a"
    world.tasks += [
        FakeTask(
            f"far{number}",
            world.service,
            after(45 + number),
            ended=after(100),
            zone="eu-west-1b",
            how=UNHEALTHY,
        )
        for number in range(3)
    ]
    said, verdict = hook(at(130, world), "POST_PRODUCTION_TRAFFIC_SHIFT", settings(monkeypatch))
    assert said == {"hookStatus": "SUCCEEDED"}
    assert verdict is not None
    assert {"zones", "restarts"} <= {each.check for each in verdict.failed}


@pytest.mark.parametrize("stage", ["POST_SCALE_UP", "POST_PRODUCTION_TRAFFIC_SHIFT"])
def test_while_the_database_refuses_every_version_ecs_is_held(
    stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a database that refuses the app for ten minutes, twice the grace
    back = after(730)
    world = at(130, deployed(refuses_login_until=back))
    world.targets = lambda now: [("healthy" if now >= back else "unhealthy", "")] * 2
    world.answer = lambda now: Answer(200 if now >= back else 503, {"x-request-id": "1"}, 0.1)
    # THEN neither is a good version rolled back, nor traffic led to what can't answer
    said, verdict = hook(world, stage, settings(monkeypatch))
    assert (said, verdict and verdict.failed) == ({"hookStatus": "SUCCEEDED"}, ())
    assert world.now >= back
