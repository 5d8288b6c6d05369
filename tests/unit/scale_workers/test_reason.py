"""The words of a reason; all other tests assert on fields."""

from copy import replace
from datetime import timedelta

import pytest

from ops_common.answers.queue import QueueDepth
from scale_workers.observe import DEPLOYMENT_FAILED
from scale_workers.policy.applied import Applied, KeptBy
from scale_workers.policy.decision import decide
from scale_workers.policy.history import Memory, RequiredTasks
from scale_workers.policy.model import ConnectionBudget, NoMeasurement, Policy, ServiceState
from tests.outputs import assert_shown
from tests.unit.scale_workers.test_decide import (
    NOW,
    decided,
    measured,
    memory_of,
    steady,
    workers,
)

BUDGET = ConnectionBudget(max_connections=100, reserve=10, per_web_task=10, per_worker_task=5)


def test_what_arrives_and_what_it_takes() -> None:
    assert decided(steady(60, 1), memory=memory_of(60)).reason == (
        "1 kept: 1.0 jobs/s arrive, each takes 1.0 s; 1 task starts everything within 60 s"
        " (1.0 threads for what arrives, 3 a task)"
    )


def test_the_sum_can_be_redone_by_hand() -> None:
    # GIVEN 900 jobs of a second that wait for 40 s, and one task of three threads
    decision = decided(measured(900, 1), memory=memory_of(60))
    assert decision.requirement is not None
    capacity = decision.requirement.capacity
    # left when a new task is up: 900 and what comes in 75 s, less what three threads do meanwhile
    left = 900 + 75 * 1.0 - 3 * 75
    assert capacity.left == pytest.approx(left, rel=0.01)
    # threads: the stream, its reserve, and what is left in 75 s
    threads = 1.0 + 3 / 60 + left / 75
    assert capacity.sum.threads == pytest.approx(threads, rel=0.01)
    assert decision.required == -(-threads // 3)
    assert f"= {capacity.sum.threads:.1f}, 3 a task" in decision.reason


def test_all_that_is_due_soon_is_one_number() -> None:
    due = measured(due_scheduled=1, soon_due_scheduled=20, recurring_soon=300)
    assert "321 due soon" in decided(due).reason


def test_the_page_shows_reasons_as_they_are_given() -> None:
    burst = decided(measured(900, 1), memory=memory_of(60))
    busy = measured(
        90,
        2,
        oldest_wait_seconds=4.1,
        in_flight=6,
        workers=workers(2, busy_threads=3),
        enqueued_total=10_320,
        started_total=10_230,
    )
    stream = decided(busy, tasks=2, memory=memory_of(230, tasks=2, service_seconds=1.5))
    needed = (RequiredTasks(NOW - timedelta(minutes=1), 8, 8),)
    calm = decided(steady(25, 8), tasks=8, memory=replace(memory_of(25), required=needed))
    scheduler = "recurring tasks need a scheduler: clear_solid_queue_finished_jobs"
    asleep = decided(measured(), tasks=0, policy=Policy(1, bounds_because=scheduler))
    assert_shown("reasons", "\n".join(each.reason for each in (burst, stream, calm, asleep)))


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"rolling_out": True}, "not fewer yet: a deployment is rolling out"),
        ({"busy": 7}, "not fewer yet: 7 tasks run jobs"),
    ],
)
def test_what_holds_tasks_back(state: dict[str, object], said: str) -> None:
    decision = decided(steady(6, 8), tasks=8, memory=memory_of(6), **state)
    assert decision.reason.endswith(said)


def test_limits() -> None:
    most = decided(measured(100_000, 1), policy=Policy(max_tasks=4), memory=memory_of(6))
    assert most.reason.endswith("the maximum is 4")
    policy = Policy(max_tasks=50, connections=BUDGET)
    held = decided(measured(100_000, 1), policy=policy, memory=memory_of(6), web_tasks=4)
    assert held.reason.endswith(
        "the database allows 10: 100 connections less 10 in reserve and 4 web tasks × 10, at 5 a"
        " worker task"
    )
    free = decided(measured(900, 1), policy=Policy(connections=BUDGET), web_tasks=2)
    assert free.reason.endswith("; the database would allow 14")
    kept = decided(steady(60, 1), memory=memory_of(60), policy=Policy(connections=BUDGET))
    assert kept.desired == 1
    assert "the database" not in kept.reason


def test_people_and_clocks_are_named() -> None:
    held = Policy(2, 2, held_until=NOW + timedelta(hours=2), bounds_because="dana")
    assert "held at 2 until 05:00 UTC by dana" in decided(measured(0, 2), policy=held).reason
    by_clock = Policy(4, bounds_because="mon-fri@08:00-18:00")
    assert (
        "the minimum is 4 tasks (mon-fri@08:00-18:00)"
        in decided(measured(0, 4), tasks=4, policy=by_clock, memory=memory_of(0)).reason
    )


def test_without_a_measurement() -> None:
    blind = decided(NoMeasurement("no answer from db:5432 within 5 s"), tasks=4)
    assert blind.reason == "4 kept: no answer from db:5432 within 5 s"
    raised = decided(NoMeasurement("timeout"), tasks=0, policy=Policy(min_tasks=2))
    assert raised.reason == "0 → 2, the minimum: timeout"


def test_what_is_left_out_of_the_sum() -> None:
    sampled = (QueueDepth("default", 500, ready_is_at_least=True, estimate=5_000),)
    assert ": about 5000 ready," in decided(measured(0, 1, queues=sampled)).reason
    assert "1 process without a heartbeat" in decided(measured(dead_processes=1)).reason
    video = measured(queues=(QueueDepth("video", 9),), workers=workers(1, queues=("default",)))
    assert "no live worker takes from video" in decided(video).reason
    ignored = Policy(queue_targets={"video": 0.0})
    assert (
        "video brings no task"
        in decided(measured(queues=(QueueDepth("video", 9),)), policy=ignored).reason
    )


@pytest.mark.parametrize(
    ("count", "names"), [(1, "q0"), (5, "q0, q1, q2, q3, q4"), (7, "q0, q1, q2, q3, q4 and 2 more")]
)
def test_five_queues_are_named(count: int, names: str) -> None:
    queues = tuple(QueueDepth(f"q{number}", 9) for number in range(count))
    given = measured(queues=queues, workers=workers(1, queues=("default",)))
    assert f"no live worker takes from {names}" in decided(given).reason


def test_tasks_that_do_not_come_are_not_promised() -> None:
    service, memory = ServiceState(5, 1, missing_because="unable to place a task"), Memory()
    for minute in range(12):
        at = NOW + timedelta(minutes=minute)
        decision = decide(measured(840, 1, taken_at=at), service, Policy(), memory, at)
        memory = decision.memory
    assert "would start everything" in decision.reason
    assert decision.reason.count("unable to place a task") == 1


def test_a_first_measurement_s_guess_is_called_one() -> None:
    full = measured(3, 1, oldest_wait_seconds=5, in_flight=3, workers=workers(1, busy_threads=3))
    assert decided(full).reason == (
        "1 → 2: 3 ready, oldest 5.0 s, 3 running, 3.0 jobs/s arrive, each is taken to take 1.0 s;"
        " 2 tasks start everything within 150 s; all threads are busy, and no job was seen to end:"
        " one more"
    )


@pytest.mark.parametrize("kept_by", KeptBy)
def test_what_kept_tasks_from_going_has_words(kept_by: KeptBy) -> None:
    assert "{" not in Applied(2, kept_by, "x").note


def test_a_busy_worker_without_a_task_is_named() -> None:
    kept = Applied(2, KeptBy.UNMATCHED, "ip-10-1-0-9")
    assert kept.note == "worker ip-10-1-0-9 runs jobs and matches no task"


def test_a_failed_deployment_says_how_long_no_task_starts() -> None:
    assert "until the next one" in DEPLOYMENT_FAILED
