"""How many jobs arrive, and how many are to come, each figure redone here by hand."""

from copy import replace

import pytest

from scale_workers.policy.measurement import QueueDepth
from scale_workers.policy.model import Arrivals
from scale_workers.policy.rates import observe
from tests.unit.scale_workers.looks import before, seen


def test_what_piles_up_in_a_paused_queue_does_not_arrive() -> None:
    queues = (QueueDepth("default", 0), QueueDepth("mail", 50, paused=True))
    now = seen(queues=queues, arrived_total=1_090, started_total=1_000)
    _, after = observe(now, before(paused=20, waiting=20))
    assert after.arrivals == (Arrivals(60, 60),)
    # A pause that ends, or a queue of that kind that shrinks, takes nothing away.
    _, after = observe(replace(now, queues=queues[:1]), before(paused=20, waiting=20))
    assert after.arrivals == (Arrivals(60, 90),)
    _, after = observe(now, before(arrived_total=1_080))
    assert after.arrivals == (Arrivals(60, 0),)


def test_thirty_ticks_are_remembered() -> None:
    memory = before(arrivals=tuple(Arrivals(60, jobs) for jobs in range(30)))
    _, after = observe(seen(arrived_total=1_099, started_total=1_000), memory)
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
    rates, _ = observe(seen(arrived_total=1_000 + last, started_total=1_000), memory)
    assert rates.arrivals_per_second * 60 == pytest.approx(per_minute)


def test_ticks_of_unequal_length_count_by_their_rate() -> None:
    memory = before(arrivals=(Arrivals(120, 60), Arrivals(60, 60)))
    rates, _ = observe(seen(arrived_total=1_030, started_total=1_000), memory)
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
        arrived_total=1_600,
        started_total=1_000,
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
        arrived_total=1_060,
        started_total=1_000,
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
    rates, _ = observe(seen(arrived_total=1_000 + last, started_total=1_000), memory)
    assert rates.quiet is quiet
