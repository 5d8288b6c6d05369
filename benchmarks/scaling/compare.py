"""Every policy on every workload with every seed, and the clairvoyant bound beside them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing import Pool

from benchmarks.scaling.clairvoyant import HEADROOMS, PENALTIES, Clairvoyant, plan
from benchmarks.scaling.cluster import Tallies
from benchmarks.scaling.hard_workloads import HARD_WORKLOADS
from benchmarks.scaling.policies import (
    MAX_TASKS,
    MIN_TASKS,
    Fixed,
    Judoscale,
    KedaHpa,
    Ours,
    Scaler,
    SolidQueueAutoscaler,
    TargetTracking,
)
from benchmarks.scaling.run import THREADS, Result, mean, result, simulate
from benchmarks.scaling.workloads import WORKLOADS, Workload
from scale_workers.model import Policy

OURS = "jiki-ops"
BOUND = "clairvoyant"
POLICY = Policy(min_tasks=MIN_TASKS, max_tasks=MAX_TASKS, threads_per_task=THREADS)
"""The defaults of the template."""


def _target_tracking(workload: Workload, seed: int) -> Scaler:
    jobs = workload.jobs(seed)
    mean_seconds = sum(job.service_seconds for job in jobs) / len(jobs)
    return TargetTracking(THREADS * POLICY.target_latency_seconds / mean_seconds)


SCALERS: dict[str, Callable[[Workload, int], Scaler]] = {
    OURS: lambda _workload, _seed: Ours(POLICY),
    "solid_queue_autoscaler": lambda _workload, _seed: SolidQueueAutoscaler(),
    "Judoscale": lambda _workload, _seed: Judoscale(POLICY.target_latency_seconds),
    "KEDA + HPA": lambda _workload, _seed: KedaHpa(THREADS),
    "ECS target tracking": _target_tracking,
    "one fixed task": lambda _workload, _seed: Fixed(),
}


@dataclass(frozen=True)
class Comparison:
    """Mean figures of one workload, by the policy's name; the bound last."""

    workload: Workload
    results: dict[str, Result]

    @property
    def ours(self) -> Result:
        """Our figures."""
        return self.results[OURS]

    @property
    def peers(self) -> dict[str, Result]:
        """All others that could really be had."""
        return {name: one for name, one in self.results.items() if name not in (OURS, BOUND)}

    @property
    def better_on_both(self) -> list[str]:
        """Peers with a shorter p95 and fewer task-hours, or more in time and fewer task-hours."""
        return [
            name
            for name, peer in self.peers.items()
            if peer.task_hours < self.ours.task_hours
            and (peer.p95 < self.ours.p95 or peer.in_time > self.ours.in_time)
        ]

    @property
    def of_bound(self) -> float:
        """Our task-hours ÷ the bound's, at no smaller share in time."""
        return self.ours.task_hours / self.results[BOUND].task_hours


def compare(workloads: Iterable[Workload], seeds: list[int]) -> Iterator[Comparison]:
    """Compare, workload by workload, on two processes."""
    with Pool(2) as pool:
        for workload in workloads:
            runs = [(workload.name, seed) for seed in seeds]
            by_seed = pool.map(_one_seed, runs, chunksize=1)
            yield Comparison(
                workload, {name: mean([one[name] for one in by_seed]) for name in by_seed[0]}
            )


def tallies(workload: Workload, seed: int, names: Iterable[str]) -> dict[str, Tallies]:
    """Whole runs, for the picture."""
    return {name: simulate(workload, seed, SCALERS[name](workload, seed)) for name in names}


def _one_seed(run: tuple[str, int]) -> dict[str, Result]:
    # Names travel between processes, where the workloads' functions could not.
    name, seed = run
    workload = next(one for one in (*WORKLOADS, *HARD_WORKLOADS) if one.name == name)
    results = {
        scaler: _figures(workload, seed, make(workload, seed)) for scaler, make in SCALERS.items()
    }
    return {**results, BOUND: _bound(workload, seed, results[OURS].in_time)}


def _figures(workload: Workload, seed: int, scaler: Scaler) -> Result:
    tallied = simulate(workload, seed, scaler)
    return result(tallied, workload.hours, POLICY.target_latency_seconds)


def _bound(workload: Workload, seed: int, in_time: float) -> Result:
    """The cheapest plan that starts no smaller share in time (by no more than 0.1 %)."""
    plans = {
        tuple(plan(workload, seed, THREADS, POLICY.target_latency_seconds, penalty, headroom))
        for headroom in HEADROOMS
        for penalty in PENALTIES
    }
    played = [_figures(workload, seed, Clairvoyant(list(one))) for one in sorted(plans)]
    good = [one for one in played if one.in_time >= in_time - 0.001]
    return (
        min(good, key=lambda one: one.task_hours)
        if good
        else max(played, key=lambda one: one.in_time)
    )
