import math

import pytest

from scale_workers.staffing import threads_for


def share_late(threads: int, load: float, service_seconds: float, target_seconds: float) -> float:
    """P(wait > t) of an M/M/c queue as the textbooks define it, by factorials."""
    delayed = load**threads / math.factorial(threads) * threads / (threads - load)
    at_once = sum(load**count / math.factorial(count) for count in range(threads))
    patience = math.exp(-(threads - load) * target_seconds / service_seconds)
    return delayed / (at_once + delayed) * patience


@pytest.mark.parametrize("arrivals_per_second", [0.01, 0.3, 2.0, 7.5])
@pytest.mark.parametrize("service_seconds", [0.2, 3.0, 12.0])
@pytest.mark.parametrize("target_seconds", [0.5, 10.0, 60.0])
def test_takes_the_fewest_threads_with_which_95_percent_start_in_time(
    arrivals_per_second: float, service_seconds: float, target_seconds: float
) -> None:
    load = arrivals_per_second * service_seconds
    threads = threads_for(arrivals_per_second, service_seconds, target_seconds, 1000)
    assert threads > load
    assert share_late(threads, load, service_seconds, target_seconds) <= 0.05
    fewer = threads - 1
    assert fewer <= load or share_late(fewer, load, service_seconds, target_seconds) > 0.05


def test_takes_none_for_no_load() -> None:
    assert threads_for(0.0, 5.0, 60.0, 30) == 0
    assert threads_for(5.0, 0.0, 60.0, 30) == 0


def test_takes_no_more_than_there_may_be() -> None:
    assert threads_for(4.0, 1.0, 60.0, 4) == 4
    assert threads_for(100.0, 1.0, 60.0, 4) == 4
    # 300 busy threads would need some ten more to start 95 % of ten-minute jobs in a second.
    assert threads_for(0.5, 600.0, 1.0, 301) == 301
    assert threads_for(0.5, 600.0, 1.0, 1000) > 310
