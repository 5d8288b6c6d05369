"""Deployments of services that are set up otherwise than Jiki's, or that meet each other, played
whole.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.probe_deployment.play import play, settings
from tests.unit.probe_deployment.world import (
    GREEN_GROUP,
    GROUP,
    INTERNAL,
    WEB,
    WORKER,
    FakeTask,
    World,
    after,
    definition,
    deployed,
    with_tasks_that_end,
)


def without_state(**changes: Any) -> World:
    """Behind a Classic Load Balancer ECS names no rolloutState."""
    world = deployed(**changes)
    as_is = world.description

    def described(_: object) -> dict[str, Any]:
        world.description = as_is
        listed = world.service_description(world.service)["deployments"]
        world.description = described
        for one in listed:
            one.pop("rolloutState", None)
        return {"deployments": listed}

    world.description = described
    return world


def never_runs(world: World) -> World:
    """Its tasks end as they start."""
    return with_tasks_that_end(world, every=60, until=840, seconds=15)


def migrate_at_once() -> World:
    """Four tasks start to migrate, and three end for the fourth one's lock, twice."""
    world = deployed(desired=4)
    world.tasks += [
        FakeTask(f"early{number}", WEB, after(31 + number), ended=after(40 + number))
        for number in range(6)
    ]
    world.tasks += [FakeTask(f"more{number}", WEB, after(90)) for number in range(2)]
    return world


def network_balancer() -> World:
    """A third target was unhealthy when it was deregistered, and drains."""
    states = [("healthy", ""), ("unhealthy.draining", "Target.DeregistrationInProgress")]
    return deployed(targets=lambda _: states)


def dispatches_alone() -> World:
    """The service that is deployed has dispatcher and scheduler alone; another has the workers."""
    world = deployed(WORKER, kinds=("Dispatcher", "Scheduler"))
    elsewhere = {
        "kind": "Worker",
        "hostname": "ip-10-1-9-9",
        "registered_at": after(-9_000).isoformat(),
        "heartbeat_age_seconds": 9.0,
        "claims": 0,
    }
    world.older_processes = [elsewhere]
    return world


GOOD: dict[str, Callable[[], World]] = {
    "without a rolloutState": without_state,
    "tasks that migrate at once": migrate_at_once,
    "a target that drains at a Network Load Balancer": network_balancer,
    "a dispatcher beside another service's workers": dispatches_alone,
}


@pytest.mark.parametrize("name", GOOD)
def test_passes_for_good(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = settings(monkeypatch)
    workers = (*chosen.names.worker, "jiki-api-mailers")
    played = play(GOOD[name](), chosen._replace(names=chosen.names._replace(worker=workers)))
    assert (played.failed, played.unknown, played.world.deployed) == (set(), set(), [])
    assert played.verdicts[-1].outcome == "pass"


def test_one_without_a_rollout_state_that_hangs_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    played = play(never_runs(without_state(completed=None)), settings(monkeypatch))
    assert "hanging" in played.failed
    assert played.events[-1].state == "open"


def test_a_loop_that_goes_on_after_the_rollout_s_end_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    played = play(never_runs(deployed()), settings(monkeypatch))
    assert "restarts" in played.failed
    assert [arn.rpartition(":")[2] for arn in played.world.deployed] == ["1"]


def test_a_dispatcher_whose_workers_are_of_no_service_here_is_notified_and_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They may run in the web service's Puma; or it lost its own, and an old row is left."""
    played = play(dispatches_alone(), settings(monkeypatch))
    assert (played.failed, played.world.deployed) == ({"solid_queue"}, [])


def test_a_dispatcher_without_any_worker_is_rolled_back(monkeypatch: pytest.MonkeyPatch) -> None:
    played = play(deployed(WORKER, kinds=("Dispatcher",)), settings(monkeypatch))
    assert (played.failed, len(played.world.deployed)) == ({"solid_queue"}, 1)


def test_targets_that_nobody_checks_are_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    states = [("unavailable", "Target.HealthCheckDisabled")] * 2
    played = play(deployed(targets=lambda _: states), settings(monkeypatch))
    assert (played.unknown, played.failed) == ({"target_health"}, set())
    assert (played.verdicts[-1].outcome, played.world.deployed) == ("unknown", [])


@pytest.mark.parametrize(
    ("passed_at", "kind"),
    [(-3_600, "DeploymentProbed"), (-6_000, "DeploymentRollbackProbed")],
)
def test_a_redeployment_is_ecs_s_roll_back_only_if_nothing_has_passed_since_the_failure(
    passed_at: float, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a deployment that ECS gave up 90 minutes ago
    world = deployed()
    world.items = {
        f"probe#failed#{WEB}": {
            "deployment": {"S": "ecs-svc/bad"},
            "failed_at": {"S": after(-5_400).isoformat()},
        },
        f"probe#passed#{WEB}": {
            "task_definition": {"S": definition(WEB)},
            "passed_at": {"S": after(passed_at).isoformat()},
        },
    }
    # WHEN what passed last is deployed (again, as after a rotation)
    played = play(world, settings(monkeypatch))
    assert (played.failed, played.events[-1].kind) == (set(), kind)


@pytest.mark.parametrize("failing", [GROUP, GREEN_GROUP])
def test_5xx_are_seen_behind_each_of_two_load_balancers(
    failing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups = [{"targetGroupArn": GROUP}, {"targetGroupArn": GREEN_GROUP}]
    world = deployed(description=lambda _: {"loadBalancers": groups})
    world.balancers = {GREEN_GROUP: INTERNAL}
    world.traffic_of[failing.rpartition(":")[2]] = lambda at: (60, 3 * (at >= after(60)), 0.1)
    played = play(world, settings(monkeypatch))
    assert (played.failed, len(played.world.deployed)) == ({"responses_since"}, 1)
