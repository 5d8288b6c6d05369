"""One policy on one workload with one seed."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import numpy as np
import simpy

from benchmarks.scaling.cluster import Cluster
from benchmarks.scaling.policies import MIN_TASKS, Scaler
from benchmarks.scaling.pooled_cluster import PooledCluster
from benchmarks.scaling.tallies import Tallies
from benchmarks.scaling.workloads import HOUR, Workload

THREADS = 3


@dataclass(frozen=True)
class Result:
    """The figures of a run."""

    in_time: float
    p50: float
    p95: float
    p99: float
    task_hours: float
    changes_per_hour: float
    broken: float


def simulate(workload: Workload, seed: int, scaler: Scaler) -> Tallies:
    """Run a policy on a workload."""
    jobs, setup = workload.jobs(seed), workload.setup
    cluster = (
        PooledCluster(jobs, MIN_TASKS, setup, seed)
        if setup
        else Cluster(jobs, MIN_TASKS, THREADS, seed)
    )

    def ticks() -> Generator[simpy.Event, Any]:
        # Ticks are not in step with the full minutes at which cron jobs fire.
        yield cluster.env.timeout(17.0 % scaler.interval_seconds)
        while True:
            cluster.set_desired(scaler.desired(cluster), protect_busy=scaler.protects_busy)
            yield cluster.env.timeout(scaler.interval_seconds)

    cluster.env.process(ticks())
    return cluster.run(workload.hours * HOUR)


def result(tallies: Tallies, hours: float, target_seconds: float) -> Result:
    """The figures of one run."""
    waits = np.array(tallies.waits or [0.0])
    p50, p95, p99 = np.percentile(waits, (50, 95, 99))
    return Result(
        in_time=float((waits <= target_seconds).mean()),
        p50=float(p50),
        p95=float(p95),
        p99=float(p99),
        task_hours=tallies.task_seconds / HOUR,
        changes_per_hour=tallies.changes / hours,
        broken=float(tallies.broken),
    )


def mean(results: list[Result]) -> Result:
    """The mean of several seeds, figure by figure."""
    names = Result.__dataclass_fields__
    return Result(**{name: float(np.mean([getattr(r, name) for r in results])) for name in names})
