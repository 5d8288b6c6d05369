"""The figures that follow from two looks at the queue, each redone here by hand."""

import math
from copy import replace
from datetime import timedelta

import pytest

from ops_common.answers.queue import Completed, QueueDepth, Worker
from scale_workers.policy.history import Arrivals, Memory
from scale_workers.policy.rates import observe
from tests.unit.scale_workers.two_measurements import NOW, before, seen

WINDOWS = (Completed(60, 30), Completed(300, 200))


def test_a_first_measurement_takes_what_runs_for_the_load() -> None:
    now = seen(in_flight=6, long_running=2, completed=WINDOWS)
    rates, memory = observe(now, Memory())
    # 6 threads for 60 s, 2 of them on long jobs; 30 jobs ended, and one of 1 s is assumed.
    assert (memory.busy_seconds, memory.long_seconds, memory.finished_jobs) == (360, 120, 30)
    assert rates.service_seconds == pytest.approx(361 / 31)
    assert rates.fresh_seconds == pytest.approx(241 / 31)
    assert rates.long_share == pytest.approx(120 / 31 / 60)
    assert rates.hold_seconds == pytest.approx(241 / 31 / (1 - 120 / 31 / 60))
    assert rates.arrivals_per_second == pytest.approx(6 / (361 / 31))
    assert rates.coming_per_second == rates.arrivals_per_second
    assert rates.measured
    assert rates.quiet
    assert memory.arrivals == ()


def test_a_first_measurement_without_anything_finished_assumes_a_second_a_job() -> None:
    rates, memory = observe(seen(in_flight=3), Memory())
    assert (rates.service_seconds, rates.fresh_seconds, rates.long_share) == (1, 1, 0)
    assert rates.arrivals_per_second == 3
    assert not rates.measured
    assert memory.finished_jobs == 0


def test_counters_show_what_arrived_and_ended_since_the_last_measurement() -> None:
    memory = before(in_flight=4, long_running=1, busy_seconds=200, finished_jobs=100)
    now = seen(10, in_flight=6, long_running=3, enqueued_total=1_090, started_total=1_080)
    rates, after = observe(now, replace(memory, long_seconds=50))
    keep = math.exp(-60 / 600)
    # 80 started and two more run, so 78 ended; 5 threads were busy on average, 2 on long jobs.
    assert after.busy_seconds == pytest.approx(200 * keep + 300)
    assert after.long_seconds == pytest.approx(50 * keep + 120)
    assert after.finished_jobs == pytest.approx(100 * keep + 78)
    assert after.arrivals == (Arrivals(60, 90),)
    assert rates.arrivals_per_second == 1.5
    assert not rates.quiet


def test_a_measurement_is_remembered_whole() -> None:
    queues = (QueueDepth("default", 12), QueueDepth("mail", 5, paused=True))
    now = seen(
        queues=queues,
        in_flight=6,
        long_running=3,
        enqueued_total=1_090,
        started_total=1_080,
        soon_due_scheduled=7,
        workers=(Worker("ip-1", 3, ("*",), 3, 20), Worker("ip-2", 5, ("*",), 3, 20)),
    )
    rates, after = observe(now, before(soon_due=(1, 2, 3, 4, 5, 6)))
    assert rates.ready == 12
    assert after.measured_at == NOW
    assert (after.enqueued_total, after.started_total) == (1_090, 1_080)
    assert (after.waiting, after.estimated) == (12, 0)
    assert (after.in_flight, after.long_running, after.threads) == (6, 3, 8)
    assert after.soon_due == (2, 3, 4, 5, 6, 7)


@pytest.mark.parametrize(
    ("jobs_before", "kept"), [(5, 1.0), (10.5, 10 / 10.5), (100, math.exp(-0.1))]
)
def test_few_finished_jobs_fade_slowly(jobs_before: float, kept: float) -> None:
    memory = before(in_flight=2, finished_jobs=jobs_before, busy_seconds=jobs_before)
    now = seen(in_flight=2, enqueued_total=1_004, started_total=1_004)
    _, after = observe(now, memory)
    assert after.finished_jobs == pytest.approx(jobs_before * kept + 4)
    assert after.busy_seconds == pytest.approx(jobs_before * kept + 120)


def test_nothing_fades_while_nothing_runs() -> None:
    memory = before(finished_jobs=50, busy_seconds=100, long_seconds=20)
    _, after = observe(seen(enqueued_total=1_000, started_total=1_000), memory)
    assert (after.busy_seconds, after.long_seconds, after.finished_jobs) == (100, 20, 50)


@pytest.mark.parametrize(("seconds", "used"), [(0.9, False), (1, True), (600, True), (601, False)])
def test_an_old_or_repeated_measurement_says_nothing_about_now(seconds: float, used: bool) -> None:
    memory = before(seconds, arrivals=(Arrivals(60, 5),))
    _, after = observe(seen(enqueued_total=1_010, started_total=1_010), memory)
    assert after.arrivals == ((Arrivals(60, 5), Arrivals(seconds, 10)) if used else ())


def test_finished_jobs_do_where_there_are_no_counters() -> None:
    # GIVEN looks two minutes apart; 30 jobs a minute ended
    memory = Memory(measured_at=NOW - timedelta(seconds=120), waiting=10, in_flight=4)
    now = seen(35, in_flight=8, completed=WINDOWS)
    # WHEN 25 more wait and 4 more run than before
    _, after = observe(now, memory)
    # THEN 60 ended, so 89 came
    assert after.arrivals == (Arrivals(120, 89),)
    assert after.finished_jobs == 60
    assert after.busy_seconds == 120 * 6


def test_a_queue_that_only_shrinks_counts_no_arrival() -> None:
    memory = Memory(measured_at=NOW - timedelta(seconds=60), waiting=90)
    _, after = observe(seen(10, completed=WINDOWS), memory)
    assert after.arrivals == (Arrivals(60, 0),)


def test_the_window_next_to_the_time_between_two_measurements_is_taken() -> None:
    memory = Memory(measured_at=NOW - timedelta(seconds=240), in_flight=1)
    _, after = observe(seen(in_flight=1, completed=WINDOWS), memory)
    assert after.finished_jobs == 160


def test_nothing_is_known_to_arrive_where_nothing_shows_it() -> None:
    memory = Memory(measured_at=NOW - timedelta(seconds=60), arrivals=(Arrivals(60, 5),))
    _, after = observe(seen(40), memory)
    assert after.arrivals == (Arrivals(60, 5),)
    # One counter alone tells of arrivals, but only once jobs are seen to end.
    _, after = observe(seen(40, enqueued_total=40), memory)
    assert after.arrivals == (Arrivals(60, 5),)


def test_counters_may_stand_at_nothing() -> None:
    # GIVEN a database whose sequences have not been used yet
    memory = before(enqueued_total=0, started_total=0, in_flight=3)
    _, after = observe(seen(400, enqueued_total=400, started_total=0), memory)
    assert after.arrivals == (Arrivals(60, 400),)
    assert after.finished_jobs == 3


RUSH = {"enqueued_total": 1_700, "started_total": 1_603, "in_flight": 3}
THREE_THREADS = (Worker("ip-1", 3, ("*",), 3, 20),)


@pytest.mark.parametrize(
    ("threads_before", "seen_now", "service_seconds"),
    [
        # 600 jobs ended on three threads, each of which may have begun one before: a mean of
        # 180 s ÷ 597 at most, whatever the minutes before seemed to say.
        (3, {}, 180 / 597),
        (0, {}, 180 / 597),
        # Tasks went meanwhile, or are not known to be there.
        (6, {}, 360 / 594),
        (0, {"workers": ()}, 1_181 / 1_503),
        # One without a heartbeat may still end jobs.
        (0, {"workers": (), "dead_workers": THREE_THREADS}, 180 / 597),
        # A long job holds its thread, and nobody knows since when.
        (3, {"long_running": 1}, 1_181 / 1_503),
    ],
)
def test_no_job_takes_longer_than_the_threads_had_time(
    threads_before: int, seen_now: dict, service_seconds: float
) -> None:
    # GIVEN minutes in which few jobs seemed to take a second
    keep = math.exp(-60 / 600)
    memory = before(
        finished_jobs=902 / keep, busy_seconds=1_000 / keep, in_flight=3, threads=threads_before
    )
    rates, after = observe(seen(**{"workers": THREE_THREADS, **RUSH, **seen_now}), memory)
    assert rates.service_seconds == pytest.approx(service_seconds, rel=0.01)
    assert rates.fresh_seconds <= rates.service_seconds
    # What is remembered stays what was seen.
    assert after.busy_seconds == pytest.approx(1_180)


def test_few_jobs_say_nothing_of_how_long_the_threads_had() -> None:
    memory = before(busy_seconds=1_000, finished_jobs=10, threads=3)
    now = seen(workers=THREE_THREADS, enqueued_total=1_003, started_total=1_003)
    assert observe(now, memory)[0].service_seconds > 60


def test_one_finished_job_is_a_measurement() -> None:
    now = seen(in_flight=1, enqueued_total=1_001, started_total=1_001)
    rates, _ = observe(now, before(in_flight=1))
    assert rates.measured


def test_a_queue_at_first_sight_is_not_taken_to_go_on() -> None:
    rates, _ = observe(seen(90, oldest_wait_seconds=40.0, median_wait_seconds=20.0), Memory())
    assert rates.coming_per_second == 0


def test_what_still_comes_is_the_last_tick_s_rate_by_its_own_seconds() -> None:
    memory = before(30, arrivals=(Arrivals(120, 60),), enqueued_total=1_000)
    # GIVEN 90 jobs in the last half minute that all wait, evenly, after half a job a second
    now = seen(
        90,
        oldest_wait_seconds=30.0,
        median_wait_seconds=15.0,
        enqueued_total=1_090,
        started_total=1_000,
    )
    rates, _ = observe(now, memory)
    assert rates.coming_per_second == pytest.approx(3.0)


def test_counters_that_fell_count_nothing() -> None:
    _, after = observe(seen(enqueued_total=10, started_total=10), before())
    assert after.arrivals == (Arrivals(60, 0),)
    assert after.finished_jobs == 0


def test_beyond_the_bound_the_sample_shows_how_many_wait() -> None:
    deep = (
        QueueDepth("default", 500, ready_is_at_least=True, estimate=1_860),
        QueueDepth("mail", 40, paused=True),
    )
    rates, after = observe(seen(queues=deep, started_total=1_200), before(waiting=100))
    assert rates.ready == 1_860
    assert (after.waiting, after.estimated) == (1_860, 1_860)


def test_a_paused_queue_however_deep_hides_no_other() -> None:
    deep = (
        QueueDepth("default", 500, ready_is_at_least=True, estimate=19_100),
        QueueDepth("mail", 500, paused=True, ready_is_at_least=True, estimate=800),
    )
    rates, _ = observe(seen(queues=deep), Memory())
    assert rates.ready == 19_100


BUSY = (Worker("ip-1", 3, ("*",), 3, 20),)


def test_a_busy_interval_counts_more_than_the_memory_where_jobs_have_become_slower() -> None:
    # GIVEN ten minutes in which a job took 0.5 s
    memory = before(in_flight=3, threads=3, busy_seconds=900, finished_jobs=1_800)
    # WHEN all three threads were busy for a minute, and 15 jobs ended: 12 s each
    slow = seen(500, in_flight=3, workers=BUSY, started_total=1_015)
    rates, _ = observe(slow, memory)
    # THEN the mean is nearer to that than the fading memory would make it
    assert rates.service_seconds > 0.9
    idle = replace(slow, workers=(Worker("ip-1", 9, ("*",), 3, 20),))
    assert observe(idle, memory)[0].service_seconds < 0.7


@pytest.mark.parametrize(
    ("ended", "kept"),
    [
        *((300, math.exp(-0.1)), (250, math.exp(-0.1)), (230, 0.2), (180, 0.2)),
        # Fewer than ten say little.
        *((10, 0.2), (9, math.exp(-0.1))),
    ],
)
def test_only_jobs_that_take_half_as_long_again_count_more_than_the_memory(
    ended: int, kept: float
) -> None:
    # GIVEN ten minutes in which a job took 0.5 s, and a busy minute with one each 180 s ÷ `ended`
    memory = before(in_flight=3, threads=3, busy_seconds=900, finished_jobs=1_800)
    _, after = observe(seen(500, in_flight=3, workers=BUSY, started_total=1_000 + ended), memory)
    assert after.busy_seconds == pytest.approx(900 * kept + 180)
    assert after.finished_jobs == pytest.approx(1_800 * kept + ended)


def test_waits_that_grow_beside_busy_threads_are_seen() -> None:
    memory = before(waiting=400, in_flight=3, threads=3, oldest_wait_seconds=100.0)
    busy = seen(500, in_flight=3, workers=BUSY, started_total=1_015)
    assert observe(replace(busy, oldest_wait_seconds=131.0), memory)[0].falling_behind
    assert not observe(replace(busy, oldest_wait_seconds=129.0), memory)[0].falling_behind
    free = replace(busy, in_flight=2, oldest_wait_seconds=131.0)
    assert not observe(free, memory)[0].falling_behind


def test_a_thread_is_held_for_no_longer_than_a_hundred_first_minutes() -> None:
    # GIVEN nothing but jobs that run for hours
    memory = before(in_flight=3, long_running=3, busy_seconds=9_000, long_seconds=9_000)
    now = seen(in_flight=3, long_running=3, enqueued_total=1_000, started_total=1_000)
    rates, _ = observe(now, memory)
    # THEN their first minute is all that counts, of which one second is assumed
    assert rates.fresh_seconds == 1
    assert rates.long_share == pytest.approx(1 / 60)
    # AND a share of long jobs never makes the hold infinite
    memory = before(in_flight=100, busy_seconds=90_000, long_seconds=45_000, long_running=50)
    now = seen(in_flight=100, long_running=50, enqueued_total=1_000, started_total=1_000)
    rates, _ = observe(now, memory)
    assert rates.long_share == 0.99
