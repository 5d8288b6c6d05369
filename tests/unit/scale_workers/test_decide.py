from copy import replace
from datetime import UTC, datetime, timedelta

import pytest

from ops_common.answers.queue import Measurement, QueueDepth, Worker
from scale_workers.policy.decision import decide
from scale_workers.policy.history import Arrivals, Memory, RequiredTasks
from scale_workers.policy.model import ConnectionBudget, NoMeasurement, Policy, ServiceState
from scale_workers.policy.outcome import Decision, HeldBy

NOW = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
POLICY = Policy()


def workers(tasks: int, *, busy_threads: int = 0, queues: tuple[str, ...] = ("*",)):
    return tuple(
        Worker(f"ip-10-1-2-{number}", 3, queues, busy_threads, 20) for number in range(tasks)
    )


def measured(ready: int = 0, tasks: int = 1, **values) -> Measurement:
    given = {
        "taken_at": NOW,
        "queues": (QueueDepth("default", ready),),
        "oldest_wait_seconds": 40.0 if ready else 0.0,
        "in_flight": 0,
        "workers": workers(tasks),
    }
    return Measurement(**{**given, **values})


def memory_of(jobs_per_minute: int, *, service_seconds: float = 1.0, tasks: int = 1) -> Memory:
    """What half an hour of a steady stream leaves behind."""
    return Memory(
        measured_at=NOW - timedelta(seconds=60),
        enqueued_total=10_000,
        started_total=10_000,
        arrivals=(Arrivals(60, jobs_per_minute),) * 30,
        busy_seconds=1_000 * service_seconds,
        finished_jobs=1_000,
        required=tuple(
            RequiredTasks(NOW - timedelta(seconds=60 * n), tasks, tasks) for n in (2, 1)
        ),
    )


def steady(jobs_per_minute: int, tasks: int, **values) -> Measurement:
    counted = {
        "enqueued_total": 10_000 + jobs_per_minute,
        "started_total": 10_000 + jobs_per_minute,
    }
    return measured(0, tasks, **{**counted, **values})


def decided(measurement, tasks: int = 1, policy: Policy = POLICY, memory=None, **state) -> Decision:
    service = ServiceState(**{"desired": tasks, "running": tasks, **state})
    return decide(measurement, service, policy, memory or Memory(), NOW)


def test_keeps_the_count_while_the_present_tasks_are_enough():
    decision = decided(steady(60, 1), memory=memory_of(60))
    assert (decision.desired, decision.required, decision.held_by) == (1, 1, None)


def test_scales_out_at_once_for_a_backlog_and_says_why():
    backlog = {"queues": (QueueDepth("default", 840),), "in_flight": 9, "started_total": 10_600}
    measurement = steady(840, 3, oldest_wait_seconds=92, **backlog)
    memory = replace(memory_of(840, service_seconds=0.9, tasks=3), in_flight=9)
    decision = decided(measurement, tasks=3, memory=memory)
    assert decision.desired > 3
    assert decision.requirement is not None
    assert decision.requirement.rates.ready == 840
    assert decision.memory.last_change_at == NOW


def test_leaves_a_backlog_to_the_present_tasks_that_they_clear_before_help_could_come():
    # GIVEN 100 jobs of one second and two tasks: done in 17 s, where a start-up takes 75 s
    decision = decided(measured(100, 2), tasks=2, memory=memory_of(6, tasks=2))
    # THEN a third task would find nothing to do
    assert decision.desired == 2


def test_counts_on_tasks_that_are_still_starting():
    # GIVEN five tasks asked for a minute ago, of which one is up
    asked = replace(memory_of(6, tasks=5), last_change_at=NOW - timedelta(seconds=60))
    measurement = measured(900, 1)
    with_them = decided(measurement, tasks=5, running=1, pending=4, memory=asked)
    without = decided(measurement, tasks=1, memory=memory_of(6))
    assert with_them.desired == 5
    assert with_them.required < without.required


def test_counts_scheduled_jobs_that_are_due_when_a_new_task_would_be_up():
    decision = decided(measured(0, 1, soon_due_scheduled=1_000), memory=memory_of(6))
    assert decision.desired > 1


def test_scales_in_after_patience_and_in_steps():
    policy = Policy(scale_in_step=2)
    decision = decided(steady(6, 8), tasks=8, policy=policy, memory=memory_of(6))
    assert decision.desired == 6


def test_does_not_scale_in_while_the_need_was_higher_within_the_patience():
    decision = decided(steady(6, 8), tasks=8, memory=memory_of(6, tasks=8))
    assert decision.desired == 8
    assert decision.held_by is HeldBy.RECENT_NEED


def test_lets_a_task_go_where_the_rest_carry_the_stream():
    # GIVEN a load of 2.6 threads, and of 3.5
    assert decided(steady(156, 2), tasks=2, memory=memory_of(156, tasks=1)).desired == 1
    assert decided(steady(210, 2), tasks=2, memory=memory_of(210, tasks=1)).desired == 2


def test_keeps_a_task_that_works_on_what_waits():
    # GIVEN five minutes of a thread's work: two tasks do it before a third could be up
    measurement = steady(30, 2, queues=(QueueDepth("default", 300),), oldest_wait_seconds=20.0)
    decision = decided(measurement, tasks=2, memory=memory_of(30, tasks=1))
    assert decision.desired == 2
    assert decision.held_by is HeldBy.FORECAST


def test_a_drain_that_is_done_needs_only_one_tick_of_patience():
    # GIVEN a backlog that needed eight tasks two minutes ago, beside a stream that needed one
    required = (
        RequiredTasks(NOW - timedelta(seconds=120), 8, 1),
        RequiredTasks(NOW - timedelta(seconds=60), 1, 1),
    )
    memory = replace(memory_of(6), required=required)
    assert decided(steady(6, 8), tasks=8, memory=memory).desired == 4


def test_threads_that_are_held_by_long_jobs_count_as_held_and_free_no_capacity():
    # GIVEN short jobs behind three that have run for minutes on the only task
    held = {"in_flight": 3, "workers": workers(1, busy_threads=3)}
    queue = {"queues": (QueueDepth("default", 40),)}
    memory = memory_of(30)
    short = decided(steady(30, 1, **queue, **held), memory=memory)
    long = decided(steady(30, 1, **queue, **held, long_running=3), memory=memory)
    assert short.desired == 1
    assert long.desired == 2


def test_does_not_scale_in_on_a_fresh_memory():
    decision = decided(measured(0, 8), tasks=8)
    assert decision.desired == 8
    assert decision.held_by is HeldBy.PATIENCE


def test_does_not_scale_in_during_a_rollout_but_may_scale_out():
    rolling = decided(steady(6, 8), tasks=8, memory=memory_of(6), rolling_out=True)
    assert rolling.desired == 8
    assert rolling.held_by is HeldBy.ROLLOUT
    assert decided(measured(2_000, 1), memory=memory_of(6), rolling_out=True).desired > 1


def test_does_not_scale_in_below_the_tasks_that_run_jobs():
    decision = decided(steady(6, 8), tasks=8, memory=memory_of(6), busy=7)
    assert decision.desired == 7
    assert decision.held_by is HeldBy.BUSY


def test_counts_busy_workers_itself_where_tasks_could_not_be_matched():
    measurement = steady(6, 8, workers=workers(8, busy_threads=1), in_flight=8)
    assert decided(measurement, tasks=8, memory=memory_of(6)).desired == 8


def test_keeps_the_count_without_a_measurement_and_says_why():
    decision = decided(NoMeasurement("no answer from db:5432 within 5 s"), tasks=4)
    assert decision.desired == 4
    assert decision.held_by is HeldBy.NO_MEASUREMENT


def test_waits_out_the_patience_anew_after_blindness():
    blind = decided(NoMeasurement("timeout"), tasks=8, memory=memory_of(6))
    assert decided(steady(6, 8), tasks=8, memory=blind.memory).desired == 8


def test_raises_to_the_minimum_even_without_a_measurement():
    decision = decided(NoMeasurement("timeout"), tasks=0, policy=Policy(min_tasks=2))
    assert decision.desired == 2


def test_leaves_a_paused_cluster_asleep():
    asleep = NoMeasurement("the database is paused", paused=True)
    decision = decided(asleep, tasks=0)
    assert decision.desired == 0


def test_scales_to_zero_only_where_allowed_and_nothing_is_left():
    idle = replace(
        memory_of(0), arrivals=(Arrivals(60, 0),) * 5, required=memory_of(0, tasks=0).required
    )
    zero = Policy(min_tasks=0)
    assert decided(steady(0, 1), policy=zero, memory=idle).desired == 0
    assert decided(steady(0, 1), memory=idle).desired == 1
    for rest in ({"in_flight": 1}, {"due_scheduled": 1}, {"soon_due_scheduled": 1}):
        assert decided(steady(0, 1, **rest), policy=zero, memory=idle).desired == 1


def test_wakes_from_zero_for_a_single_job():
    decision = decided(measured(1, 0), tasks=0, policy=Policy(min_tasks=0))
    assert decision.desired == 1


def test_stops_at_the_maximum_and_says_so():
    decision = decided(measured(100_000, 1), policy=Policy(max_tasks=4), memory=memory_of(6))
    assert decision.desired == 4
    assert decision.held_by is HeldBy.MAXIMUM


def test_stops_at_the_database_connections_and_says_so():
    budget = ConnectionBudget(max_connections=100, reserve=10, per_web_task=10, per_worker_task=5)
    policy = Policy(max_tasks=50, connections=budget)
    decision = decided(measured(100_000, 1), policy=policy, memory=memory_of(6), web_tasks=4)
    assert decision.desired == 10
    assert decision.held_by is HeldBy.CONNECTIONS


def test_gives_connections_back_when_the_web_service_grows():
    budget = ConnectionBudget(max_connections=100, reserve=10, per_web_task=20, per_worker_task=5)
    policy = Policy(max_tasks=50, connections=budget)
    state = {"web_tasks": 4, "busy": 0}
    decision = decided(measured(100_000, 10), tasks=10, policy=policy, **state)
    assert decision.desired == 6


def test_ignores_jobs_of_paused_queues_and_of_queues_that_no_worker_takes():
    paused = (QueueDepth("mail", 90_000, paused=True),)
    assert decided(measured(0, 1, queues=paused), memory=memory_of(6)).desired == 1
    video = (QueueDepth("video", 90_000),)
    decision = decided(
        measured(0, 1, queues=video, workers=workers(1, queues=("default", "mail*"))),
        memory=memory_of(6),
    )
    assert decision.desired == 1
    assert decision.pools is not None
    assert decision.pools.unserved == ("video",)


@pytest.mark.parametrize("paused", [True, False])
@pytest.mark.parametrize("jobs_a_minute", [20, 600])
def test_no_stream_into_a_queue_that_nobody_works_on_brings_a_task(paused, jobs_a_minute):
    # GIVEN 60 jobs a minute that one task does, and others that no worker takes from their queue,
    # or that wait in a paused one: counted up to 500, and in the sequence of all that came
    takers = workers(1, queues=("*",) if paused else ("default",))
    memory = Memory()
    for minute in range(120):
        others = jobs_a_minute * minute
        old = QueueDepth("old", min(500, others), paused, ready_is_at_least=others > 500)
        measurement = measured(
            queues=(QueueDepth("default", 2), old),
            # The oldest job of a paused queue isn't told.
            oldest_wait_seconds=0.5 if paused else 60.0 * minute,
            in_flight=1,
            enqueued_total=60 * minute + others,
            started_total=60 * minute,
            workers=takers,
            taken_at=NOW + timedelta(minutes=minute),
        )
        service = ServiceState(desired=1, running=1)
        decision = decide(measurement, service, POLICY, memory, measurement.taken_at)
        # THEN they bring none, however many they are
        assert decision.required == 1, decision.reason
        memory = decision.memory
    assert decision.requirement is not None
    assert decision.requirement.rates.arrivals_per_second == pytest.approx(1.0)
    assert decision.pools is not None
    assert decision.pools.unserved == (() if paused else ("old",))
