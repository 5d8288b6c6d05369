"""Every policy on every workload with every seed, and the clairvoyant bound beside them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import Pool

from benchmarks.scaling.clairvoyant import HEADROOMS, PENALTIES, SLOT_SECONDS, Clairvoyant, plan
from benchmarks.scaling.hard_setups import SETUPS
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
from benchmarks.scaling.random_workloads import random_workload
from benchmarks.scaling.run import THREADS, Result, mean, result, simulate
from benchmarks.scaling.tallies import Tallies
from benchmarks.scaling.workloads import HOUR, WORKLOADS, Workload
from scale_workers.policy.model import Policy

OURS = "jiki-ops"
BOUND = "clairvoyant"
IN_TIME_TOLERANCE = 0.001
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


def _fixed(tasks: int) -> Callable[[Workload, int], Scaler]:
    return lambda _workload, _seed: Fixed(tasks)


FIXED = {f"{tasks} fixed tasks": _fixed(tasks) for tasks in (2, 3, 4, 6)}
"""Beside these, where a task is more than three threads for everything."""


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
        """Peers with no more task-hours and a shorter p95 or a greater share in time."""
        return [
            name
            for name, peer in self.peers.items()
            if peer.task_hours <= self.ours.task_hours
            and (peer.p95 < self.ours.p95 or peer.in_time > self.ours.in_time)
        ]

    @property
    def of_bound(self) -> float | None:
        """Our task-hours ÷ the bound's; None where none of its plans starts as many in time."""
        bound = self.results.get(BOUND)
        if bound is None:
            return None
        if bound.in_time < self.ours.in_time - IN_TIME_TOLERANCE:
            return None
        return self.ours.task_hours / bound.task_hours


def compare(workloads: Sequence[Workload], seeds: list[int]) -> Iterator[Comparison]:
    """Compare, workload by workload, on two processes."""
    runs = [(workload.name, seed) for workload in workloads for seed in seeds]
    with Pool(2) as pool:
        results = pool.imap(_one_seed, runs)
        for workload in workloads:
            by_seed = [next(results) for _ in seeds]
            yield Comparison(
                workload, {name: mean([one[name] for one in by_seed]) for name in by_seed[0]}
            )


def tallies(workload: Workload, seed: int, names: Iterable[str]) -> dict[str, Tallies]:
    """Whole runs, for the picture."""
    return {name: simulate(workload, seed, SCALERS[name](workload, seed)) for name in names}


def _one_seed(run: tuple[str, int]) -> dict[str, Result]:
    # Names travel between processes, where the workloads' functions could not.
    name, seed = run
    workload = _named(name)
    scalers = SCALERS if workload.setup is None else SCALERS | FIXED
    results = {
        scaler: _figures(workload, seed, make(workload, seed)) for scaler, make in scalers.items()
    }
    if workload.setup:
        # The plan's fluid of work knows one pool, whose tasks come.
        return results
    return {**results, BOUND: _bound(workload, seed, results[OURS].in_time)}


def _named(name: str) -> Workload:
    if name.startswith("random "):
        return random_workload(int(name.removeprefix("random ")))
    return next(one for one in (*WORKLOADS, *HARD_WORKLOADS, *SETUPS) if one.name == name)


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
    best = most = None
    # Cheapest first: a plan costs no less than the tasks that are in it.
    for one in sorted(plans, key=sum):
        if best and sum(one) * SLOT_SECONDS / HOUR > best.task_hours:
            break
        figures = _figures(workload, seed, Clairvoyant(list(one)))
        if figures.in_time >= in_time - IN_TIME_TOLERANCE:
            best = min(best or figures, figures, key=lambda result: result.task_hours)
        most = max(most or figures, figures, key=lambda result: result.in_time)
    bound = best or most
    assert bound is not None  # noqa: S101  # there are plans
    return bound
