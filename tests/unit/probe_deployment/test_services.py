"""What the state of services, tasks and targets amounts to."""

from copy import replace
from datetime import timedelta

import pytest

from ops_common.ecs import Service
from probe_deployment.cause import Cause
from probe_deployment.checks import rollout, steady_state, target_health
from probe_deployment.finding import Status
from tests.unit.probe_deployment.samples import DEPLOYMENT, NOW, SERVICE, service

OLDER = replace(DEPLOYMENT, id="ecs-svc/1", primary=False, running=1)


def target(state: str, reason: str = "") -> target_health.Target:
    return target_health.Target("10.1.0.5", state, reason)


LONG_AGO = NOW - timedelta(hours=2)


@pytest.mark.parametrize(
    ("state", "cause"),
    [
        (service(rollout_state="IN_PROGRESS"), Cause.IN_PROGRESS),
        (service(rollout_state="FAILED"), Cause.GAVE_UP),
        (service(OLDER), Cause.DRAINS),
        (service(running=1), Cause.OTHER_COUNT),
        (service(desired=0, running=0), Cause.NO_TASK),
    ],
)
def test_a_rollout_ends_with_all_tasks_and_nothing_older(state: Service, cause: Cause) -> None:
    trouble = rollout.judge(state, may_be_empty=False)
    assert trouble is not None
    assert trouble.cause is cause


def test_a_worker_service_may_be_empty() -> None:
    assert rollout.judge(service(desired=0, running=0), may_be_empty=True) is None
    assert steady_state.judge(service(desired=0, running=0), NOW, may_be_empty=True) is None


@pytest.mark.parametrize(
    "state",
    [
        SERVICE,
        service(OLDER, rollout_state="IN_PROGRESS"),
        replace(service(running=1), pending=1),
        service(running=3),  # protected from a scale-in
    ],
)
def test_the_canary_takes_no_offence_at_what_is_under_way(state: Service) -> None:
    assert steady_state.judge(state, NOW, may_be_empty=False) is None


@pytest.mark.parametrize(
    ("state", "cause"),
    [
        (service(rollout_state="IN_PROGRESS", created_at=LONG_AGO), Cause.HANGS),
        (service(rollout_state="FAILED"), Cause.GAVE_UP),
        (service(running=1), Cause.OTHER_COUNT),
        (service(desired=0, running=0), Cause.NO_TASK),
    ],
)
def test_the_canary_finds_what_will_not_settle_by_itself(state: Service, cause: Cause) -> None:
    trouble = steady_state.judge(state, NOW, may_be_empty=False)
    assert trouble is not None
    assert trouble.cause is cause


def baking(running: int) -> Service:
    deployed = service(OLDER, rollout_state="IN_PROGRESS", created_at=LONG_AGO)
    newest = replace(deployed.primary, running=running)
    return replace(deployed, deployments=(newest, OLDER), shifts_traffic=True)


def test_a_blue_green_deployment_may_bake_for_hours_but_not_start_for_hours() -> None:
    assert steady_state.judge(baking(running=2), NOW, may_be_empty=False) is None
    trouble = steady_state.judge(baking(running=1), NOW, may_be_empty=False)
    assert trouble is not None
    assert trouble.cause is Cause.HANGS


@pytest.mark.parametrize(
    ("targets", "cause"),
    [
        ([target("healthy"), target("draining")], None),
        ([target("healthy"), target("unhealthy", "Target.Timeout")], Cause.UNHEALTHY),
        ([target("healthy"), target("initial")], Cause.UNHEALTHY),
        ([target("healthy"), target("unused", "Target.NotInUse")], Cause.ZONE_NOT_ENABLED),
        ([target("draining")], Cause.NO_TARGET),
        ([], Cause.NO_TARGET),
    ],
)
def test_targets_are_well_when_all_that_stay_are_healthy(
    targets: list[target_health.Target], cause: Cause | None
) -> None:
    finding = target_health.judge(targets)
    assert finding.cause is cause
    assert (finding.status is Status.PASS) is (cause is None)
    assert finding.older_version_fixes is (cause is Cause.UNHEALTHY)


def test_one_healthy_target_is_enough_while_others_start() -> None:
    targets = [target("healthy"), target("initial")]
    assert target_health.judge(targets, {"draining", "initial"}).status is Status.PASS
    assert target_health.judge(targets[1:], {"draining", "initial"}).status is Status.FAIL
