from copy import replace
from datetime import UTC, datetime, timedelta

import pytest

from ops_common.answers.queue import Measurement, QueueDepth, Worker
from scale_workers.policy.burst_prediction import expected, note
from scale_workers.policy.decision import decide
from scale_workers.policy.history import Arrivals, Burst, Memory
from scale_workers.policy.model import Policy, ServiceState
from scale_workers.policy.rates import observe

NOW = datetime(2026, 3, 1, 3, 28, 40, tzinfo=UTC)
HALF_PAST = datetime(2026, 3, 1, 3, 30, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SOON = timedelta(seconds=135)


def remembered(*bursts: tuple[timedelta, int]) -> Memory:
    return Memory(bursts=tuple(Burst(HALF_PAST - ago, jobs) for ago, jobs in bursts))


@pytest.mark.parametrize("period", [HOUR, DAY])
def test_expects_what_came_one_period_ago_and_two(period):
    memory = remembered((2 * period, 900), (period, 1_100))
    assert expected(memory, NOW, NOW + SOON) == Burst(HALF_PAST, 900)


def test_expects_nothing_that_came_only_once():
    assert expected(remembered((HOUR, 900)), NOW, NOW + SOON) is None
    assert expected(remembered((2 * HOUR, 900)), NOW, NOW + SOON) is None


def test_expects_nothing_that_came_at_another_time():
    off = timedelta(seconds=45)
    assert expected(remembered((2 * HOUR, 900), (HOUR + off, 900)), NOW, NOW + SOON) is None


def test_expects_a_burst_only_within_the_window():
    memory = remembered((2 * HOUR, 900), (HOUR, 900))
    assert expected(memory, NOW - 2 * SOON, NOW - SOON) is None
    assert expected(memory, HALF_PAST, HALF_PAST + SOON) is None


def test_adds_up_two_bursts_and_counts_none_twice():
    later = timedelta(seconds=20)
    memory = remembered(
        (2 * HOUR, 900), (2 * HOUR - later, 300), (HOUR, 900), (HOUR - later, 300), (DAY, 900)
    )
    # Each matches both of the hour before; the smaller one counts.
    assert expected(memory, NOW, NOW + SOON) == Burst(HALF_PAST, 600)


def tick(memory: Memory, at: datetime, arrived: int, ready: int, oldest: float = 0):
    measurement = Measurement(
        taken_at=at,
        queues=(QueueDepth("default", ready),),
        oldest_wait_seconds=oldest,
        in_flight=3,
        enqueued_total=arrived,
        started_total=arrived - ready,
        workers=(Worker("ip-10-1-2-3", 3, ("*",), 3, 10),),
    )
    return decide(measurement, ServiceState(1, 1), Policy(), memory, at)


def test_notes_a_burst_at_the_time_of_its_first_job():
    memory, arrived, now = Memory(), 0, NOW - timedelta(minutes=10)
    for _ in range(10):
        arrived += 60
        now += timedelta(minutes=1)
        memory = tick(memory, now, arrived, 0).memory
    assert memory.bursts == ()
    now += timedelta(minutes=1)
    memory = tick(memory, now, arrived + 1_560, 1_400, oldest=25).memory
    (burst,) = memory.bursts
    assert burst.at == now - timedelta(seconds=25)
    assert burst.jobs == 1_560 - 2 * 60


def test_asks_for_tasks_before_a_burst_that_is_expected_and_says_so():
    decision = tick(remembered((2 * HOUR, 900), (HOUR, 900)), NOW, 1_000, 0)
    assert decision.desired > 1
    assert decision.requirement is not None
    expected = decision.requirement.capacity.expected
    assert expected is not None
    assert (expected.jobs, f"{expected.at:%H:%M:%S}") == (900, "03:30:00")


def test_a_burst_is_kept_until_it_could_be_the_one_of_two_days_ago() -> None:
    # GIVEN a burst two days ago but for ten seconds, and another a burst-free day later
    at = HALF_PAST + timedelta(seconds=10)
    memory = replace(
        remembered((2 * DAY, 900), (DAY, 1_100)),
        measured_at=at - timedelta(seconds=60),
        enqueued_total=1_000,
        started_total=1_000,
        arrivals=(Arrivals(60, 10),) * 10,
    )
    # WHEN the day's third comes
    measurement = Measurement(
        taken_at=at,
        queues=(QueueDepth("default", 900),),
        oldest_wait_seconds=10.0,
        in_flight=0,
        enqueued_total=1_900,
        started_total=1_000,
    )
    rates, after = observe(measurement, memory)
    noted = note(measurement, rates, memory, after, Policy())
    # THEN all three are remembered, and none that is older
    assert [burst.at for burst in noted.bursts] == [HALF_PAST - 2 * DAY, HALF_PAST - DAY, HALF_PAST]
    later = replace(measurement, taken_at=at + timedelta(minutes=2))
    oldest, *_ = note(later, rates, replace(memory, measured_at=at), after, Policy()).bursts
    assert oldest.at == HALF_PAST - DAY
