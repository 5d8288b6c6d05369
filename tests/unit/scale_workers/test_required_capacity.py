"""How many tasks the queue is worth, each figure redone here by hand."""

from copy import replace
from datetime import timedelta

import pytest

from scale_workers.policy.history import Burst, Memory
from scale_workers.policy.model import ServiceState
from scale_workers.policy.required_capacity import Evidence, threads_per_task
from tests.unit.scale_workers.capacity_values import (
    NOW,
    POLICY,
    needed,
    seen,
    workers,
)


@pytest.mark.parametrize(
    ("present", "threads"),
    [
        ((), 3),  # the policy's word, without a worker's
        ((5, 5), 5),
        ((3, 4), 4),
        ((1,), 1),
        ((3, 0), 3),  # one that doesn't tell counts nothing
        ((0,), 3),
    ],
)
def test_workers_show_how_many_threads_a_task_has(present: tuple[int, ...], threads: int) -> None:
    assert threads_per_task(seen(workers=workers(*present)), POLICY) == threads


def test_two_worker_processes_of_a_task_add_up() -> None:
    both = tuple(replace(one, hostname="ip-0") for one in workers(2, 3))
    assert threads_per_task(seen(workers=both), POLICY) == 5


def test_a_task_has_a_thread_at_least() -> None:
    assert threads_per_task(seen(), replace(POLICY, threads_per_task=0)) == 1
    assert threads_per_task(seen(), replace(POLICY, threads_per_task=1)) == 1


def test_a_backlog_is_drained_in_what_is_left_of_the_target() -> None:
    measurement = seen(oldest_wait_seconds=50.0)
    found = needed(measurement, ready=1_000)
    # 300 s less 100 s for the start-up and 50 s waited: 1000 × 2 s ÷ 150 s ÷ 3 threads.
    assert found.left == 1_000
    assert found.tasks == 5
    assert found.within_seconds == 250


def test_a_backlog_that_is_late_already_is_drained_in_the_time_of_a_start_up() -> None:
    found = needed(seen(oldest_wait_seconds=290.0), ready=1_000)
    assert found.tasks == 7
    assert found.within_seconds == 200


def test_due_jobs_wait_as_ready_ones_do() -> None:
    assert needed(seen(due_scheduled=300), ready=700).left == 1_000


def test_no_job_needs_more_than_a_thread() -> None:
    policy = replace(POLICY, threads_per_task=1)
    found = needed(seen(), policy=policy, ready=2, fresh_seconds=900.0)
    assert found.tasks == 2


def test_long_jobs_keep_their_threads() -> None:
    assert needed(seen(in_flight=7, long_running=7)).tasks == 3


@pytest.mark.parametrize(
    ("arrivals_per_second", "target_latency_seconds", "tasks"),
    [
        # A load of 30.9 threads; 3.0 × 1 s ÷ 300 s more are next to nothing.
        (30.9, 300, 11),
        # 3.0 × 1 s ÷ 2 s more: exp(-1.5 × 2 s ÷ 1 s) is 5 %.
        (30.9, 2, 11),
        (31.9, 2, 12),
        # No more in reserve than the load itself.
        (1.4, 0.1, 1),
        (1.6, 0.1, 2),
    ],
)
def test_the_steady_stream_takes_its_load_and_a_reserve_for_the_target(
    arrivals_per_second: float, target_latency_seconds: float, tasks: int
) -> None:
    policy = replace(POLICY, target_latency_seconds=target_latency_seconds)
    found = needed(
        seen(),
        policy=policy,
        arrivals_per_second=arrivals_per_second,
        coming_per_second=0.0,
        fresh_seconds=1.0,
        quiet=False,
    )
    assert found.steady == found.tasks == tasks


def test_tasks_that_are_not_up_start_nothing_before_they_are() -> None:
    found = needed(seen(), arrivals_per_second=30.5, fresh_seconds=1.0, quiet=False)
    assert found.tasks == found.steady == 11
    assert found.within_seconds == 100 + 150


@pytest.mark.parametrize(
    ("least", "most", "tasks"), [(0, 10, 10), (20, 10, 20), (0, 0, 1), (0, 100, 100)]
)
def test_no_greater_stream_is_reckoned_with_than_there_may_be_tasks_for(least, most, tasks) -> None:
    policy = replace(POLICY, min_tasks=least, max_tasks=most)
    found = needed(seen(), policy=policy, arrivals_per_second=1_000.0, quiet=False)
    assert found.steady == tasks


UP = {"service": ServiceState(desired=2, running=2)}
TWO = seen(workers=workers(3, 3))


@pytest.mark.parametrize(
    ("arrivals_per_second", "tasks"),
    [
        # Two tasks start three jobs a second, of 2 s each. Within 160 s, until a third could be up,
        # as many more may come as they start in half the target: 3 × (160 s + 150 s) ÷ 160 s.
        (5.8, 2),
        (5.9, 4),
    ],
)
def test_no_task_is_added_before_waits_come_to_half_the_target(arrivals_per_second, tasks) -> None:
    found = needed(TWO, **UP, arrivals_per_second=arrivals_per_second, quiet=False)
    assert found.tasks == tasks
    assert found.comfortable == 4


def test_what_waits_has_to_start_within_half_the_target_too() -> None:
    assert needed(TWO, **UP, ready=450, arrivals_per_second=2.9, quiet=False).tasks == 2
    assert needed(TWO, **UP, ready=451, arrivals_per_second=2.9, quiet=False).tasks == 3


def test_a_job_that_has_waited_half_the_target_brings_all_that_the_target_takes() -> None:
    rates = {"ready": 450, "arrivals_per_second": 2.9, "quiet": False}
    late = replace(TWO, oldest_wait_seconds=151.0)
    assert needed(TWO, **UP, **rates).within_seconds == 150
    found = needed(late, **UP, **rates)
    # Of 450 + 290 jobs 300 are done within a start-up; (440 ÷ 100 + 2.9) × 2 threads do the rest.
    assert found.tasks == 5
    assert found.within_seconds == 200


def test_what_is_foreseen_has_half_the_target_too() -> None:
    rates = {"arrivals_per_second": 2.9, "quiet": False}
    for recurring, tasks in ((1, 2), (450, 2), (451, 3)):
        measurement = replace(TWO, recurring_soon=recurring)
        assert needed(measurement, **UP, **rates).tasks == tasks


def test_a_task_may_go_where_the_rest_carry_the_stream() -> None:
    three = {"service": ServiceState(desired=3, running=3)}
    measurement = seen(workers=workers(3, 3, 3))
    # 3.0 × 2 s ÷ 300 s threads are the reserve.
    assert needed(measurement, **three, arrivals_per_second=2.98, quiet=False).comfortable == 2
    assert needed(measurement, **three, arrivals_per_second=3.0, quiet=False).comfortable == 3


@pytest.mark.parametrize(
    ("measurement", "rates", "tasks"),
    [
        (seen(), {}, 0),
        (seen(), {"quiet": False}, 1),
        (seen(in_flight=1), {}, 1),
        (seen(due_scheduled=1), {}, 1),
        (seen(recurring_soon=1), {}, 1),
        (seen(), {"ready": 1}, 1),
        # One that a present worker will have taken counts all the same.
        (seen(workers=workers(3)), {"ready": 1}, 1),
    ],
)
def test_no_task_is_needed_only_if_there_is_nothing_at_all(measurement, rates, tasks) -> None:
    service = ServiceState(desired=1, running=1)
    assert needed(measurement, service=service, **rates).tasks == tasks


@pytest.mark.parametrize(
    ("soon_due", "recurring", "jobs"),
    [
        ((100, 120, 950), 0, 850),  # a hundred are due soon at any time: those are the stream
        ((950,), 0, 950),
        ((900, 50), 0, 0),
        ((900, 50), 600, 600),
        ((), 900, 900),
    ],
)
def test_jobs_due_soon_beyond_their_usual_number_are_foreseen(soon_due, recurring, jobs) -> None:
    policy = replace(POLICY, threads_per_task=1)
    found = needed(seen(recurring_soon=recurring), policy=policy, memory=Memory(soon_due=soon_due))
    # Tasks are up before they come, so they have the whole target: jobs × 2 s ÷ 300 s.
    assert found.tasks == -(-jobs * 2 // 300)
    assert found.left == 0
    assert found.within_seconds == 300


def test_a_burst_with_a_period_is_foreseen() -> None:
    coming = NOW + timedelta(seconds=90)
    bursts = tuple(Burst(coming - timedelta(hours=hours), 900) for hours in (2, 1))
    found = needed(seen(), memory=Memory(bursts=bursts))
    assert found.expected == Burst(coming, 900)
    assert found.tasks == 2
    # Not yet in sight:
    bursts = tuple(replace(one, at=one.at + timedelta(seconds=71)) for one in bursts)
    assert needed(seen(), memory=Memory(bursts=bursts)).expected is None


def test_the_present_tasks_own_work_lets_none_of_them_go() -> None:
    service = ServiceState(desired=2, running=2)
    found = needed(seen(workers=workers(3, 3)), service=service, ready=300)
    # Two tasks clear 300 jobs of 2 s in 100 s, so no third is called; 300 × 2 ÷ 200 ÷ 3 = 1.
    assert found.left == 0
    assert found.tasks == 1
    assert found.comfortable == 1
    assert needed(seen(workers=workers(3, 3)), service=service, ready=301).comfortable == 2
    assert found.steady == 0


@pytest.mark.parametrize(
    ("in_flight", "ready", "measured", "evidence"),
    [
        (3, 3, False, Evidence.NOTHING_ENDED),
        (2, 30, False, None),  # a thread is free
        (3, 2, False, None),  # next to nothing waits
        (3, 30, True, None),  # a job was seen to end, so the sum is no guess
    ],
)
def test_a_guess_gives_way_to_threads_that_are_all_busy(
    in_flight, ready, measured, evidence
) -> None:
    found = needed(
        seen(workers=workers(3), in_flight=in_flight, oldest_wait_seconds=5.0),
        service=ServiceState(desired=1, running=1),
        ready=ready,
        measured=measured,
        arrivals_per_second=0.1,
    )
    assert found.evidence is evidence
    assert found.tasks == (2 if evidence else 1)
    assert found.comfortable >= found.tasks


def test_the_sum_goes_before_a_guess_s_one_task_more() -> None:
    found = needed(
        seen(workers=workers(3), in_flight=3, oldest_wait_seconds=290.0),
        service=ServiceState(desired=1, running=1),
        ready=1_000,
        measured=False,
    )
    assert (found.evidence, found.tasks) == (None, 6)


@pytest.mark.parametrize(("waited", "tasks"), [(299.0, 1), (330.0, 3), (2_000.0, 3)])
def test_waits_that_grow_beyond_the_target_bring_up_to_half_as_many_again(waited, tasks) -> None:
    found = needed(
        seen(workers=workers(3, 3), in_flight=6, oldest_wait_seconds=waited),
        service=ServiceState(desired=2, running=2),
        ready=10,
        falling_behind=True,
    )
    assert found.tasks == tasks
    assert (found.evidence is Evidence.WAITS_GROW) == (tasks == 3)


def test_a_queue_that_falls_behind_grows_by_how_late_it_is() -> None:
    # GIVEN ten tasks that would be enough, and a job that has waited for 1.2 times the target
    ten = {"service": ServiceState(desired=10, running=10)}
    measurement = seen(oldest_wait_seconds=360.0, workers=workers(*[3] * 10))
    found = needed(measurement, **ten, ready=3, quiet=False, falling_behind=True)
    assert found.evidence is Evidence.WAITS_GROW
    assert found.tasks == 12


@pytest.mark.parametrize("ready", [0, 450, 900, 1_200])
@pytest.mark.parametrize("arrivals_per_second", [0.5, 2.9, 5.9, 9.0])
def test_the_sum_that_is_given_as_the_reason_comes_to_the_number(
    ready, arrivals_per_second
) -> None:
    rates = {"ready": ready, "arrivals_per_second": arrivals_per_second, "quiet": False}
    found = needed(TWO, **UP, **rates)
    assert max(1, found.sum.tasks) == found.tasks
