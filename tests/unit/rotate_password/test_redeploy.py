"""What is being deployed, and what has to be deployed anew."""

from copy import replace
from datetime import UTC, datetime, timedelta

import pytest

from ops_common.ecs import Deployment, Rollout, Service
from rotate_password.adapters.secret import PENDING
from rotate_password.conditions.outcome import Done, Outcome
from rotate_password.conditions.redeploy import (
    NotDeployable,
    RedeployFailed,
    RolloutInProgress,
    outdated,
    wait_for_rollouts,
)
from tests.unit.rotate_password.memory import Clock, Killed
from tests.unit.rotate_password.world import SERVICES, STEPS, World

BEGAN = datetime(2026, 11, 25, tzinfo=UTC)
FAILED = Deployment("ecs-svc/2", True, "FAILED", "circuit breaker", BEGAN, "jiki:2", 2, 0, 6)
OLDER = Deployment("ecs-svc/1", False, "COMPLETED", "", BEGAN, "jiki:1", 2, 2, 0)


class OneService:
    """ECS that knows one service and starts nothing."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def describe(self, names: tuple[str, ...]) -> list[Service]:
        assert names == (self.service.name,)
        return [self.service]

    def redeploy(self, name: str) -> None:
        raise AssertionError(name)


SERVICE = Service("jiki-api-web", "arn", 2, 2, 0, "jiki:2", (FAILED, OLDER))


def test_a_rollout_stops_the_first_step_before_anything_is_changed() -> None:
    world = World()
    token = world.secret.begin_rotation()
    world.services.rolling = 99

    with pytest.raises(RolloutInProgress) as raised:
        world.step("createSecret", token)

    assert "jiki-api-web" in raised.value.services
    assert sum(world.clock.slept) == 60
    assert world.journal.effects == []
    world.services.rolling = 0
    world.rotate(token)


@pytest.mark.parametrize(
    ("deployments", "controller", "rollout"),
    [
        ((), "CODE_DEPLOY", Rollout.UNKNOWN),
        ((), "EXTERNAL", Rollout.UNKNOWN),
        ((FAILED, OLDER), "ECS", Rollout.FAILED),
    ],
)
def test_no_password_is_changed_where_the_tasks_could_not_be_replaced(
    deployments: tuple[Deployment, ...], controller: str, rollout: Rollout
) -> None:
    service = replace(SERVICE, deployments=deployments, controller=controller)
    clock = Clock()

    with pytest.raises(NotDeployable) as raised:
        wait_for_rollouts(OneService(service), (service.name,), clock, 300)

    assert (raised.value.service, raised.value.controller) == (service.name, controller)
    assert raised.value.rollout is rollout

    assert clock.slept == []


def test_a_rollout_stops_a_password_from_being_set_hours_after_the_first_step() -> None:
    world = World()
    token = world.secret.begin_rotation()
    world.step("createSecret", token)
    world.services.rolling = 99

    with pytest.raises(RolloutInProgress):
        world.step("setSecret", token)

    assert world.database.roles["jiki"] == "first"


@pytest.mark.parametrize("step", list(STEPS)[1:])
def test_a_rollout_stops_nothing_once_the_password_is_set(step: str) -> None:
    world = World()
    token = world.secret.begin_rotation()
    world.step("createSecret", token)
    world.step("setSecret", token)
    world.services.rolling = 99

    world.step(step, token)

    assert world.clock.slept == []


def test_a_rollout_that_a_refused_password_keeps_from_ending_does_not_stop_its_cure() -> None:
    # GIVEN a wrong password in the secret, so that new tasks can't log in
    world = World()
    world.secret.edit(aurora_password="typing error")
    world.services.rolling = 99

    world.rotate()

    assert world.current().password == world.database.roles["jiki"]


def test_a_rollout_that_ends_in_time_is_waited_for() -> None:
    world = World()
    token = world.secret.begin_rotation()
    world.services.rolling = 2

    world.step("createSecret", token)

    assert world.clock.slept == [15, 15]


def test_an_edit_made_during_the_wait_for_a_rollout_is_in_the_pending_version() -> None:
    world = World()
    token = world.secret.begin_rotation()
    world.services.rolling = 1
    world.clock.sleep = lambda seconds: world.secret.edit(late="1")

    world.step("createSecret", token)

    assert '"late"' in str(world.secret.versions[token])


def test_a_service_deployed_between_the_steps_is_redeployed_all_the_same() -> None:
    # GIVEN somebody deploys after createSecret: those tasks boot with the old password
    world = World()
    token = world.secret.begin_rotation()
    for name in list(STEPS)[:3]:
        world.step(name, token)
    world.services.deployed["jiki-api-web"].append(world.clock.now())

    # WHEN
    world.step("finishSecret", token)

    # THEN
    assert [len(world.services.deployed[name]) for name in SERVICES] == [3, 2]


def test_a_service_is_redeployed_though_its_clock_is_ahead_of_the_secrets() -> None:
    world = World()
    token = world.secret.begin_rotation()
    for name in list(STEPS)[:3]:
        world.step(name, token)
    world.services.deployed["jiki-api-web"].append(world.clock.now() + timedelta(seconds=5))

    world.step("finishSecret", token)

    assert [len(world.services.deployed[name]) for name in SERVICES] == [3, 2]


def test_a_service_that_somebody_deployed_after_the_move_is_left_alone_by_a_retry() -> None:
    world = World()
    token = world.secret.begin_rotation()
    world.journal.kill = ("move AWSCURRENT", "after")
    with pytest.raises(Killed):
        world.rotate(token)
    world.services.deployed["jiki-api-web"].append(world.clock.now())

    world.rotate(token)

    assert [len(world.services.deployed[name]) for name in SERVICES] == [2, 2]


def test_a_rollout_is_not_waited_for_where_the_wait_is_zero() -> None:
    world = World()
    world.clock.tick = timedelta(0)
    token = world.secret.begin_rotation()
    world.services.rolling = 1

    with pytest.raises(RolloutInProgress) as raised:
        world.step("createSecret", token, rollout_wait_seconds=0)

    assert raised.value.waited_seconds == 0
    assert world.clock.slept == []


def test_a_deployment_of_the_very_moment_of_the_change_is_made_anew() -> None:
    world = World()
    service = world.services.describe(SERVICES)[0]
    began = service.primary.created_at

    assert outdated([service], began) == ("jiki-api-web",)
    assert outdated([service], began - timedelta(milliseconds=1)) == ()


def test_no_services_means_no_guard_and_no_redeployment() -> None:
    world = World()
    token = world.secret.begin_rotation()
    world.services.rolling = 99

    done = [world.step(name, token, services=()) for name in STEPS]

    assert done[-1] == Done(Outcome.ROTATED, "jiki")
    assert [len(world.services.deployed[name]) for name in SERVICES] == [1, 1]


def test_one_refused_service_leaves_no_other_one_without_new_tasks() -> None:
    # GIVEN a first service that can't be redeployed
    world = World()
    token = world.secret.begin_rotation()
    for name in list(STEPS)[:3]:
        world.step(name, token)
    world.services.refused = {SERVICES[0]}

    # THEN every service is tried, and the error names who has new tasks and who hasn't
    with pytest.raises(RedeployFailed) as caught:
        world.step("finishSecret", token)
    assert caught.value.redeployed == SERVICES[1:]
    assert list(caught.value.failures) == [SERVICES[0]]
    assert [len(world.services.deployed[name]) for name in SERVICES] == [1, 2]
    assert PENDING in world.secret.labels

    # AND the step, tried again, does what is left alone
    world.services.refused = set()
    assert world.step("finishSecret", token).names == SERVICES[:1]
    assert [len(world.services.deployed[name]) for name in SERVICES] == [2, 2]
