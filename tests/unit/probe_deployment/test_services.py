"""What the state of services, tasks and targets amounts to."""

from copy import replace
from datetime import timedelta

import pytest

from ops_common.ecs import Service
from probe_deployment.checks import rollout, steady_state, target_health
from probe_deployment.finding import Status
from tests.unit.probe_deployment.samples import DEPLOYMENT, NOW, SERVICE, service

OLDER = replace(DEPLOYMENT, id="ecs-svc/1", primary=False, running=1)


def target(state: str, description: str = "", reason: str = "") -> target_health.Target:
    return target_health.Target("10.1.0.5", state, reason, description)


LONG_AGO = NOW - timedelta(hours=2)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (service(rollout_state="IN_PROGRESS"), "rollout IN_PROGRESS, 2/2 new"),
        (service(rollout_state="IN_PROGRESS", failed=3), "3 tasks failed to start"),
        (service(rollout_state="FAILED", rollout_reason="breaker"), "rollout FAILED: breaker"),
        (service(OLDER), "still drains tasks of an older deployment"),
        (service(running=1), "runs 1 of 2 tasks"),
        (service(desired=0, running=0), "scaled to no task at all"),
    ],
)
def test_a_rollout_ends_with_all_tasks_and_nothing_older(state: Service, words: str) -> None:
    assert words in rollout.judge(state, may_be_empty=False)


def test_a_worker_service_may_be_empty() -> None:
    assert rollout.judge(service(desired=0, running=0), may_be_empty=True) == ""
    assert steady_state.judge(service(desired=0, running=0), NOW, may_be_empty=True) == ""


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
    assert steady_state.judge(state, NOW, may_be_empty=False) == ""


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (service(rollout_state="IN_PROGRESS", created_at=LONG_AGO), "rollout for 120 minutes"),
        (service(rollout_state="FAILED"), "rollout FAILED"),
        (service(running=1), "runs 1 of 2 tasks"),
        (service(desired=0, running=0), "scaled to no task at all"),
    ],
)
def test_the_canary_finds_what_will_not_mend_itself(state: Service, words: str) -> None:
    assert words in steady_state.judge(state, NOW, may_be_empty=False)


@pytest.mark.parametrize(
    ("targets", "status"),
    [
        ([("healthy", ""), ("draining", "")], "pass"),
        ([("healthy", ""), ("unhealthy", "Health checks failed with these codes: [503]")], "fail"),
        ([("healthy", ""), ("initial", "Target registration is in progress")], "fail"),
        ([("draining", "")], "fail"),
        ([], "fail"),
    ],
)
def test_targets_are_well_when_all_that_stay_are_healthy(
    targets: list[tuple[str, str]], status: str
) -> None:
    finding = target_health.judge([target(*each) for each in targets])
    assert finding.status == status
    assert all(reason in finding.observed for state, reason in targets if state != "draining")


def test_one_healthy_target_is_enough_while_others_start() -> None:
    targets = [target("healthy"), target("initial")]
    assert target_health.judge(targets, {"draining", "initial"}).status is Status.PASS
    assert target_health.judge(targets[1:], {"draining", "initial"}).status is Status.FAIL
