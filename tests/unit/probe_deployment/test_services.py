"""What the state of services, tasks and targets amounts to."""

from copy import replace
from datetime import timedelta

import pytest

from ops_common.ecs import Service
from probe_deployment import tasks
from probe_deployment.checks import image, rollout, steady_state, target_health
from probe_deployment.finding import Status
from tests.unit.probe_deployment.samples import DEPLOYMENT, NOW, SERVICE, service

OLDER = replace(DEPLOYMENT, id="ecs-svc/1", primary=False, running=1)
LONG_AGO = NOW - timedelta(hours=2)
TASK = tasks.Task(
    id="0a1b2c3d4e5f",
    last_status="RUNNING",
    task_definition="web:42",
    deployment_id="ecs-svc/2",
    images={"app": "jiki/api:new"},
    digests={"app": "sha256:1"},
    stopped_reason="",
    exits=(),
)
IMAGES = {"app": "jiki/api:new"}


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
        ([("healthy", ""), ("draining", "")], Status.PASS),
        ([("healthy", ""), ("unhealthy", "Health checks failed with these codes: [503]")], "fail"),
        ([("healthy", ""), ("initial", "Target registration is in progress")], "fail"),
        ([("draining", "")], "fail"),
        ([], "fail"),
    ],
)
def test_targets_are_well_when_all_that_stay_are_healthy(
    targets: list[tuple[str, str]], status: str
) -> None:
    finding = target_health.judge(targets)
    assert finding.status == status
    assert all(reason in finding.saw for state, reason in targets if state != "draining")


def test_one_healthy_target_is_enough_while_others_start() -> None:
    targets = [("healthy", ""), ("initial", "")]
    assert target_health.judge(targets, {"draining", "initial"}).status is Status.PASS
    assert target_health.judge(targets[1:], {"draining", "initial"}).status is Status.FAIL


@pytest.mark.parametrize(
    ("running", "expected_tag", "saw"),
    [
        ([], None, "no running task"),
        ([replace(TASK, images={"app": "jiki/api:old"})], None, "task 0a1b2c3d has api:old"),
        ([TASK], "other", "its task definition has api:new"),
        ([replace(TASK, images={"app": "jiki/api:old"}), TASK], "new", "1 of 2"),
        ([TASK, replace(TASK, digests={"app": "sha256:2"})], "new", "2 different builds"),
    ],
)
def test_each_running_task_must_have_the_image(
    running: list[tasks.Task], expected_tag: str | None, saw: str
) -> None:
    finding = image.judge("web", running, IMAGES, expected_tag, "deploy it again")
    assert finding.status is Status.FAIL
    assert saw in finding.saw


@pytest.mark.parametrize(
    ("image_name", "tag"),
    [
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com/jiki/api:3f78", "3f78"),
        ("registry:5000/jiki/api", "latest"),
        ("jiki/api:3f78@sha256:00ff", "3f78"),
    ],
)
def test_a_tag_is_told_from_a_port_and_a_digest(image_name: str, tag: str) -> None:
    task = replace(TASK, images={"app": image_name})
    finding = image.judge("web", [task], {"app": image_name}, tag, "")
    assert finding.status is Status.PASS


def test_why_tasks_stopped_is_told_once_each_and_without_what_was_wanted() -> None:
    crashed = replace(
        TASK,
        stopped_reason="Essential container in task exited",
        exits=("app exited with 137 (OutOfMemoryError: container killed)",),
    )
    stopped = [
        crashed,
        crashed,
        replace(TASK, stopped_reason="Scaling activity initiated by (deployment ecs-svc/2)"),
        replace(crashed, deployment_id="ecs-svc/1", stopped_reason="another deployment's"),
    ]
    assert tasks.why_stopped(stopped, "ecs-svc/2") == [
        "Essential container in task exited; app exited with 137"
        " (OutOfMemoryError: container killed)"
    ]
