"""How many jobs arrive, and how many are to come, each figure redone here by hand."""

from copy import replace

import pytest

from ops_common.answers.queue import QueueDepth
from scale_workers.policy.history import Arrivals, ServiceMemory
from scale_workers.policy.rates import observe, rolled_back
from tests.unit.scale_workers.two_measurements import before, seen


def test_what_piles_up_in_a_paused_queue_does_not_arrive() -> None:
    queues = (QueueDepth("default", 30), QueueDepth("mail", 50, paused=True))
    now = seen(queues=queues, enqueued_total=1_090, started_total=1_040)
    # 40 started and 30 more wait than before; the sequence has counted 20 of the other queue.
    _, after = observe(now, before())
    assert after.arrivals == (Arrivals(60, 70),)


def test_a_pause_that_ends_brings_no_more_than_was_enqueued() -> None:
    now = seen(500, enqueued_total=1_060, started_total=1_040)
    _, after = observe(now, before(waiting=20))
    assert after.arrivals == (Arrivals(60, 60),)


def test_enqueues_that_were_rolled_back_do_not_arrive() -> None:
    # GIVEN four jobs that came and ran, and eighty that their transactions took back
    now = seen(enqueued_total=1_084, started_total=1_004)
    memory = before(service=ServiceMemory(ready_total=0))
    _, after = observe(now, memory)
    assert after.arrivals == (Arrivals(60, 4),)
    assert rolled_back(now, memory) == 80


def test_nothing_is_known_of_rollbacks_where_not_all_jobs_could_be_counted() -> None:
    deep = (QueueDepth("default", 500, ready_is_at_least=True, estimate=900),)
    now = seen(queues=deep, enqueued_total=2_000, started_total=1_000)
    assert rolled_back(now, before(service=ServiceMemory(ready_total=0))) == 0
    assert rolled_back(replace(now, queues=()), before()) == 0


def test_the_sequence_is_right_where_it_differs_by_less_than_a_sample_may_err() -> None:
    deep = (QueueDepth("default", 500, ready_is_at_least=True, estimate=19_600),)
    now = seen(queues=deep, enqueued_total=1_600, started_total=1_000)
    # 600 came, by the sequence; the samples differ by 100 of 19,500.
    _, after = observe(now, before(waiting=19_500, estimated=19_500))
    assert after.arrivals == (Arrivals(60, 600),)
    # Here they differ by more than twentieth of it.
    _, after = observe(replace(now, enqueued_total=3_000), before(waiting=19_500))
    assert after.arrivals == (Arrivals(60, 100),)


def test_thirty_ticks_are_remembered() -> None:
    memory = before(arrivals=tuple(Arrivals(60, jobs) for jobs in range(30)))
    _, after = observe(seen(enqueued_total=1_099, started_total=1_099), memory)
    assert [one.jobs for one in after.arrivals] == [*range(1, 30), 99]


@pytest.mark.parametrize(
    ("jobs", "per_minute"),
    [
        # One tick speaks for itself, of two the faster is cut to the other.
        ([12], 12),
        ([12, 40], 12),
        # Three ticks with thirty jobs are enough: the fourth is too long ago.
        ([90, 10, 10, 10], 10),
        ([90, 40, 20, 30], (30 + 20 + 30) / 3),
        ([4, 20, 4, 6], (6 + 4 + 6) / 3),
        # With fewer jobs more ticks are taken, thirty of them at most.
        ([9, 9, 9, 9, 9, 9], 9),
        ([30, 1, 1, 1], (1 + 1 + 1 + 1) / 4),
        ([0] * 29 + [1], 0),
        ([6, 2, 0], (2 + 2 + 0) / 3),
    ],
)
def test_the_steady_rate_leaves_one_burst_out(jobs: list[int], per_minute: float) -> None:
    *earlier, last = jobs
    memory = before(arrivals=tuple(Arrivals(60, count) for count in earlier))
    rates, _ = observe(seen(enqueued_total=1_000 + last, started_total=1_000 + last), memory)
    assert rates.arrivals_per_second * 60 == pytest.approx(per_minute)


def test_ticks_of_unequal_length_count_by_their_rate() -> None:
    memory = before(arrivals=(Arrivals(120, 60), Arrivals(60, 60)))
    rates, _ = observe(seen(enqueued_total=1_030, started_total=1_030), memory)
    # 0.5, 1 and 0.5 a second; the fastest is cut to 0.5.
    assert rates.arrivals_per_second == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("oldest", "median", "share"),
    [
        (40, 20, 1.0),  # came evenly
        (40, 10, 1.0),  # comes faster and faster
        (40, 30, 0.25),  # mostly at once
        (40, 40, 0.0),  # all at once
        (10, 5, 0.5),  # too young to tell
        (20, 10, 1.0),
        (1, 0.5, 0.05),
        (0, 0, 0.0),
        (40, 0, 0.0),
        (40, 50, 0.0),  # clocks disagree
    ],
)
def test_a_queue_that_builds_up_evenly_goes_on_as_in_the_last_tick(oldest, median, share) -> None:
    memory = before(arrivals=(Arrivals(60, 60), Arrivals(60, 60)))
    now = seen(
        enqueued_total=1_600,
        started_total=1_600,
        oldest_wait_seconds=float(oldest),
        median_wait_seconds=float(median),
    )
    rates, _ = observe(now, memory)
    # One a second is steady, ten came in the last tick.
    assert rates.arrivals_per_second == pytest.approx(1)
    assert rates.coming_per_second == pytest.approx(1 + share * 9)


def test_a_rate_that_falls_is_not_taken_below_the_steady_one() -> None:
    memory = before(arrivals=(Arrivals(60, 600), Arrivals(60, 600)))
    now = seen(
        enqueued_total=1_060,
        started_total=1_060,
        oldest_wait_seconds=40.0,
        median_wait_seconds=20.0,
    )
    rates, _ = observe(now, memory)
    assert rates.coming_per_second == rates.arrivals_per_second


@pytest.mark.parametrize(
    ("jobs", "quiet"), [([0, 0, 0], True), ([9, 0, 0, 0], True), ([9, 0, 0], False)]
)
def test_three_ticks_without_a_job_are_quiet(jobs: list[int], quiet: bool) -> None:
    *earlier, last = jobs
    memory = before(arrivals=tuple(Arrivals(60, count) for count in earlier))
    rates, _ = observe(seen(enqueued_total=1_000 + last, started_total=1_000 + last), memory)
    assert rates.quiet is quiet
