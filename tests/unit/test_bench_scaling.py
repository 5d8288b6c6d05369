"""The simulator that the README's figures come from."""

from copy import replace

import pytest

from benchmarks.scaling.clairvoyant import Clairvoyant, plan
from benchmarks.scaling.cluster import Cluster
from benchmarks.scaling.compare import BOUND, OURS, Comparison
from benchmarks.scaling.hard_setups import README
from benchmarks.scaling.policies import Fixed, KedaHpa, Ours, SolidQueueAutoscaler, TargetTracking
from benchmarks.scaling.pooled_cluster import PooledCluster
from benchmarks.scaling.random_workloads import FAMILIES, random_workload
from benchmarks.scaling.run import Result, result, simulate
from benchmarks.scaling.workloads import WORKLOADS, Job, Pool, Setup, Workload, burst, short
from scale_workers.policy.model import Policy


def at_once(count: int) -> Workload:
    return Workload(
        "at once", 0.5, lambda rng, _end: burst(rng, 60, count, short(1.0)), "one burst"
    )


def test_the_same_seed_gives_the_same_jobs_and_another_seed_others():
    for workload in (
        replace(one, hours=1) for one in WORKLOADS if one.name in ("steady", "heavy tail")
    ):
        # Another object, since drawn jobs are kept.
        assert workload.jobs(1) == replace(workload, about="the same again").jobs(1)
        assert workload.jobs(1) != workload.jobs(2)


@pytest.mark.parametrize("number", range(len(FAMILIES)))
def test_a_workload_drawn_by_lot_is_always_the_same(number: int):
    workload, other = random_workload(number), random_workload(number + len(FAMILIES))
    assert 0 < len(workload.jobs(1)) < 25 * 4 * 3600 * 1.1
    assert workload.jobs(1) == random_workload(number).jobs(1)
    assert workload.about != other.about
    assert workload.about.partition(":")[0] == other.about.partition(":")[0]


def test_one_task_works_through_a_burst_at_the_speed_of_its_threads():
    # GIVEN 300 jobs of two seconds at once, and three threads
    jobs = [Job(0.0, 2.0) for _ in range(300)]
    tallies = Cluster(jobs, tasks=1, threads=3, seed=1).run(1_000)
    # THEN a hundredth of them starts every two seconds, and the task is paid for all the time
    assert max(tallies.waits) == pytest.approx(198)
    assert tallies.task_seconds == 1_000


def test_a_new_task_is_paid_for_at_once_and_works_after_its_start_up():
    cluster = Cluster([Job(0.0, 500.0) for _ in range(4)], tasks=1, threads=3, seed=1)
    cluster.set_desired(2, protect_busy=False)
    tallies = cluster.run(200)
    assert sorted(tallies.waits)[:3] == [0, 0, 0]
    assert 45 <= max(tallies.waits) <= 90
    assert tallies.task_seconds == 400


def test_a_plain_scale_in_breaks_running_jobs_and_a_protected_one_does_not():
    for protect, broken in ((False, 3), (True, 0)):
        cluster = Cluster([Job(0.0, 300.0) for _ in range(6)], tasks=2, threads=3, seed=1)
        cluster.env.run(until=10)
        cluster.set_desired(1, protect_busy=protect)
        assert cluster.run(2_000).broken == broken


def test_a_broken_job_starts_again_elsewhere():
    cluster = Cluster([Job(0.0, 300.0) for _ in range(6)], tasks=2, threads=3, seed=1)
    cluster.env.run(until=10)
    cluster.set_desired(1, protect_busy=False)
    cluster.run(700)
    assert cluster.in_flight == 0
    assert cluster.ready == 0


def test_counts_no_further_than_the_measurement_does_but_counters_go_on():
    cluster = Cluster([Job(0.0, 60.0) for _ in range(2_000)], tasks=1, threads=3, seed=1)
    cluster.env.run(until=1)
    measurement = cluster.measure(0)
    assert (measurement.ready, measurement.ready_is_at_least) == (500, True)
    assert (measurement.arrived_total, measurement.started_total) == (2_000, 3)


def test_scheduled_jobs_are_seen_when_they_are_due_within_the_look_ahead():
    cluster = Cluster([Job(100.0, 1.0, scheduled=True)], tasks=1, threads=3, seed=1)
    assert cluster.measure(99).soon_due_scheduled == 0
    assert cluster.measure(100).soon_due_scheduled == 1


def test_ours_waits_less_than_one_fixed_task_and_pays_less_than_keda():
    workload = at_once(900)
    ours, fixed, keda = (
        result(simulate(workload, 1, scaler), workload.hours, 60)
        for scaler in (Ours(Policy()), Fixed(), KedaHpa(3))
    )
    assert ours.p95 < fixed.p95 / 1.5
    assert ours.task_hours < keda.task_hours


def test_solid_queue_autoscaler_adds_one_at_a_hundred_jobs_and_rests_two_minutes():
    cluster = Cluster([Job(0.0, 60.0) for _ in range(100)], tasks=1, threads=1, seed=1)
    cluster.env.run(until=1)
    scaler = SolidQueueAutoscaler()
    assert scaler.desired(cluster) == 1  # 99 are ready, one runs
    busier = Cluster([Job(0.0, 60.0) for _ in range(101)], tasks=1, threads=1, seed=1)
    busier.env.run(until=1)
    assert [scaler.desired(busier), scaler.desired(busier)] == [2, 1]


def test_target_tracking_waits_for_three_data_points():
    cluster = Cluster([Job(0.0, 60.0) for _ in range(101)], tasks=1, threads=1, seed=1)
    cluster.env.run(until=1)
    scaler = TargetTracking(backlog_per_task=20)
    assert [scaler.desired(cluster) for _ in range(3)] == [1, 1, 5]


def test_the_clairvoyant_is_ready_before_the_burst():
    workload = at_once(900)
    steps = plan(workload, 1, 3, 60, penalty=5.0, headroom=1.15)
    seen = result(simulate(workload, 1, Clairvoyant(steps)), workload.hours, 60)
    ours = result(simulate(workload, 1, Ours(Policy())), workload.hours, 60)
    assert steps[0] > 1
    assert seen.in_time > ours.in_time


def compared(ours: tuple[float, float, float], peer: tuple[float, float, float]) -> Comparison:
    """Ours, one peer and a bound of six task-hours, by share in time, p95 and task-hours."""
    figures = {OURS: ours, "peer": peer, BOUND: (0.9, 10.0, 6.0)}
    return Comparison(
        WORKLOADS[0],
        {
            name: Result(in_time, 0, p95, p95, task_hours, 0, 0)
            for name, (in_time, p95, task_hours) in figures.items()
        },
    )


def test_a_peer_is_better_if_it_is_cheaper_and_waits_less_by_either_figure():
    ours = (0.9, 20.0, 8.0)
    assert compared(ours, (0.9, 19.0, 7.9)).better_on_both == ["peer"]
    assert compared(ours, (0.91, 21.0, 7.9)).better_on_both == ["peer"]
    assert compared(ours, (0.9, 19.0, 8.0)).better_on_both == ["peer"]
    assert compared(ours, (0.99, 1.0, 8.1)).better_on_both == []
    assert compared(ours, (0.9, 20.0, 1.0)).better_on_both == []


def test_the_bound_bounds_only_what_starts_no_more_jobs_in_time():
    peer = (0.0, 0.0, 0.0)
    assert compared((0.9, 20.0, 9.0), peer).of_bound == 1.5
    assert compared((0.95, 20.0, 9.0), peer).of_bound is None


def pooled(jobs: list[Job], setup: Setup, tasks: int = 1) -> PooledCluster:
    cluster = PooledCluster(jobs, tasks, setup, seed=1)
    cluster.env.run(until=10)
    return cluster


def test_threads_of_another_pool_take_no_job():
    jobs = [Job(0.0, 60.0, queue="default") for _ in range(9)]
    measurement = pooled(jobs, README).measure(75)
    assert measurement.in_flight == 3
    assert [(one.name, one.ready) for one in measurement.queues] == [("default", 6)]
    assert sum(worker.threads for worker in measurement.workers) == 18


def test_a_task_may_never_come_up():
    cluster = pooled([Job(0.0, 60.0)], Setup((Pool(("*",), 3),), never_start=1.0))
    cluster.set_desired(4, protect_busy=True)
    cluster.env.run(until=600)
    assert (cluster.running, cluster.service().desired) == (1, 4)


def test_what_is_rolled_back_moves_the_sequence_alone():
    cluster = pooled([Job(0.0, 1.0)] * 4, Setup((Pool(("*",), 3),), rolled_back=20.0))
    measurement = cluster.measure(75)
    assert (measurement.arrived_total, measurement.enqueued_total) == (4, 84)


def test_killed_workers_leave_rows_that_the_deployed_rule_keeps_apart():
    setup = Setup((Pool(("*",), 3),), kills_per_hour=120.0)
    jobs = [Job(float(second), 5.0) for second in range(600)]
    cluster = PooledCluster(jobs, 1, setup, seed=1)
    cluster.env.run(until=590)
    measurement = cluster.measure(135)
    assert [worker.threads for worker in measurement.workers] == [3]
    assert measurement.dead_workers
    assert all(worker.replaced for worker in measurement.dead_workers)
    # What ran in them has failed, and is not waited for.
    assert cluster.in_flight <= 3
