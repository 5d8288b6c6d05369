"""Decisions at the edges of patience, limits and busy tasks."""

from copy import replace
from datetime import timedelta

import pytest

from ops_common.answers.queue import Measurement, QueueDepth, Worker
from scale_workers.policy.decision import decide
from scale_workers.policy.history import Arrivals, Memory, RequiredTasks
from scale_workers.policy.in_force import with_measured
from scale_workers.policy.model import ConnectionBudget, NoMeasurement, Policy, ServiceState
from scale_workers.policy.outcome import Decision, HeldBy
from tests.unit.scale_workers.two_measurements import NOW, seen

POLICY = Policy()


def ago(seconds: float, tasks: int = 1, steady: int = 1) -> RequiredTasks:
    return RequiredTasks(NOW - timedelta(seconds=seconds), tasks, steady)


def calm(*required: RequiredTasks) -> Memory:
    """One job a second for long, which one task carries."""
    return Memory(
        measured_at=NOW - timedelta(seconds=60),
        enqueued_total=10_000,
        started_total=10_000,
        arrivals=(Arrivals(60, 60),) * 30,
        busy_seconds=1_000,
        finished_jobs=1_000,
        required=required,
        last_change_at=NOW - timedelta(hours=1),
    )


def decided(
    memory: Memory, *, tasks: int, claims: int = 0, policy: Policy = POLICY, ready: int = 0, **state
) -> Decision:
    workers = tuple(
        Worker(f"ip-{number}", 3, ("*",), int(number < claims), 20) for number in range(tasks)
    )
    measurement = Measurement(
        taken_at=NOW,
        queues=(QueueDepth("default", ready),),
        oldest_wait_seconds=0.0,
        in_flight=0,
        enqueued_total=10_060,
        started_total=10_060,
        workers=workers,
    )
    service = ServiceState(**{"desired": tasks, "running": tasks, **state})
    return decide(measurement, service, policy, memory, NOW)


def test_nothing_is_said_of_limits_that_limit_nothing() -> None:
    decision = decided(calm(ago(60)), tasks=1, policy=Policy(max_tasks=1))
    assert decision.required == 1
    assert decision.held_by is None
    assert decision.memory.last_change_at == NOW - timedelta(hours=1)


def test_nothing_holds_a_change() -> None:
    decision = decided(calm(ago(120), ago(60)), tasks=2)
    assert (decision.desired, decision.held_by) == (1, None)
    assert decision.memory.last_change_at == NOW
    decision = decided(calm(ago(60)), tasks=1, ready=3_000)
    assert (decision.desired, decision.held_by) == (10, HeldBy.MAXIMUM)
    decision = decided(calm(ago(60)), tasks=1, ready=300)
    assert decision.requirement is not None
    assert decision.requirement.capacity.within_seconds == 150


@pytest.mark.parametrize(
    ("required", "desired", "held_by"),
    [
        # Covered: the oldest tick is as old as the patience less one tick.
        ([ago(120), ago(60)], 1, None),
        ([ago(60)], 1, None),
        ([ago(59)], 2, HeldBy.PATIENCE),
        ([], 2, HeldBy.PATIENCE),
        # What came on top of the steady part holds for a tick and a half.
        ([ago(120), ago(90, tasks=2)], 2, HeldBy.RECENT_NEED),
        ([ago(120), ago(91, tasks=2)], 1, None),
        # The steady part holds for as long as the patience, and not longer.
        ([ago(120, steady=2), ago(60)], 2, HeldBy.RECENT_NEED),
        ([ago(121, steady=2), ago(60)], 1, None),
    ],
)
def test_patience_lasts_as_long_as_it_says(
    required: list[RequiredTasks], desired: int, held_by: HeldBy | None
) -> None:
    decision = decided(calm(*required), tasks=2)
    assert (decision.desired, decision.held_by) == (desired, held_by)


def test_a_tick_that_is_repeated_counts_once() -> None:
    memory = decided(calm(ago(60), ago(0, tasks=9, steady=9)), tasks=2).memory
    assert [need.at for need in memory.required] == [NOW - timedelta(seconds=60), NOW]
    assert memory.required[-1] == RequiredTasks(NOW, 1, 1)


def test_patience_is_not_owed_to_tasks_above_the_limit() -> None:
    assert decided(calm(), tasks=12).desired == 8
    decision = decided(calm(), tasks=10)
    assert decision.desired == 10
    assert decision.held_by is HeldBy.PATIENCE


def test_a_rollout_holds_every_task_and_says_so() -> None:
    decision = decided(calm(ago(120), ago(60)), tasks=2, rolling_out=True)
    assert decision.desired == 2
    assert decision.held_by is HeldBy.ROLLOUT


@pytest.mark.parametrize(
    ("known_busy", "workers_busy", "desired", "held_by"),
    [
        (2, 0, 2, None),  # as many as are to stay
        (3, 0, 3, HeldBy.BUSY),
        (9, 0, 6, HeldBy.BUSY),
        # Where ECS was not asked, the workers' own claims tell.
        (None, 2, 2, None),
        (None, 4, 4, HeldBy.BUSY),
    ],
)
def test_busy_tasks_stay(
    known_busy: int | None, workers_busy: int, desired: int, held_by: HeldBy | None
) -> None:
    memory = calm(ago(120), ago(60))
    decision = decided(memory, tasks=6, claims=workers_busy, busy=known_busy)
    assert (decision.desired, decision.held_by) == (desired, held_by)


def test_connections_are_the_limit_only_below_the_maximum() -> None:
    budget = ConnectionBudget(max_connections=60, reserve=10, per_web_task=10, per_worker_task=5)
    at_four = Policy(max_tasks=4, connections=budget)
    assert (
        decided(calm(), tasks=1, ready=9_000, web_tasks=3, policy=at_four).held_by is HeldBy.MAXIMUM
    )
    at_five = replace(at_four, max_tasks=5)
    decision = decided(calm(), tasks=1, ready=9_000, web_tasks=3, policy=at_five)
    assert (decision.desired, decision.held_by) == (4, HeldBy.CONNECTIONS)


@pytest.mark.parametrize(
    ("tasks", "keys", "named"),
    [
        (1, ("clear",), "clear"),
        (2, ("clear", "report"), "clear, report"),
        (5, ("clear", "report"), "clear, report and 3 more"),
        (5, (), ""),
    ],
)
def test_recurring_tasks_are_named_as_far_as_they_are_known(
    tasks: int, keys: tuple[str, ...], named: str
) -> None:
    measurement = replace(seen(), recurring_tasks=tasks, recurring_keys=keys)
    policy = with_measured(replace(POLICY, min_tasks=0), measurement, fires_recurring=True)
    assert policy.min_tasks == 1
    assert policy.bounds_because == f"recurring tasks need a scheduler: {named}"


def test_a_blind_tick_below_the_minimum_raises_to_it_and_remembers_when() -> None:
    policy = replace(POLICY, min_tasks=3)
    service, memory = ServiceState(desired=1, running=1), calm(ago(60))
    decision = decide(NoMeasurement("asleep"), service, policy, memory, NOW)
    assert (decision.desired, decision.required) == (3, 3)
    assert decision.held_by is HeldBy.NO_MEASUREMENT
    counted = replace(memory.service, counts=(1, 3))
    assert decision.memory == replace(memory, required=(), last_change_at=NOW, service=counted)


def test_a_blind_tick_keeps_the_count_and_when_it_changed() -> None:
    memory = calm(ago(60))
    for why, policy in (
        (NoMeasurement("timed out"), POLICY),
        (NoMeasurement("paused", paused=True), replace(POLICY, min_tasks=9)),
    ):
        decision = decide(why, ServiceState(desired=4, running=4), policy, memory, NOW)
        assert (decision.desired, decision.required) == (4, 4)
        counted = replace(memory.service, counts=(4, 4))
        assert decision.memory == replace(memory, required=(), service=counted)


@pytest.mark.parametrize(
    ("found", "by_others"), [(1, True), (2, False), (3, False), (4, False), (5, True)]
)
def test_a_count_beyond_what_was_found_and_asked_for_is_another_s_change(
    found: int, by_others: bool
) -> None:
    # GIVEN a tick that found four tasks and asked for two
    memory = replace(calm(), service=replace(calm().service, counts=(4, 2)))
    decision = decided(memory, tasks=found)
    assert decision.memory.service.changed_by_others == ((NOW,) if by_others else ())
