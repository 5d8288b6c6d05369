"""What could have been done by someone who knew the future.

A plan of tasks over time, found by dynamic programming on the fluid of work: in each half minute
so much work arrives, so many tasks do so much of it, each task that is added costs its start-up,
and each job that starts late costs a penalty. Played in the same simulator, asking for each task
early enough. A greater penalty gives a plan that is dearer and more in time.
"""

from dataclasses import dataclass

import numpy as np

from benchmarks.scaling.cluster import Cluster
from benchmarks.scaling.policies import MAX_TASKS, MIN_TASKS
from benchmarks.scaling.task import START_UP_SECONDS
from benchmarks.scaling.workloads import HOUR, Workload

SLOT_SECONDS = 30.0
START_UP_MEAN_SECONDS = sum(START_UP_SECONDS) / 2
PENALTIES = (0.3, 1.0, 5.0)
"""Task-seconds that a late job counts for."""
HEADROOMS = (1.0, 1.15, 1.4)
"""The fluid knows no chance: plans for so much more work than comes are tried too."""


@dataclass
class Clairvoyant:
    """Follows a plan of desired counts, one per slot."""

    plan: list[int]
    interval_seconds: float = SLOT_SECONDS
    protects_busy: bool = True

    def desired(self, cluster: Cluster) -> int:
        """See Scaler."""
        return self.plan[min(len(self.plan) - 1, int(cluster.now / SLOT_SECONDS))]


def plan(
    workload: Workload,
    seed: int,
    threads: int,
    target_seconds: float,
    penalty: float,
    headroom: float,
) -> list[int]:
    """The cheapest plan for this penalty, with start-ups asked for in advance."""
    slots = int(workload.hours * HOUR / SLOT_SECONDS)
    work, jobs = np.zeros(slots), np.zeros(slots)
    for job in workload.jobs(seed):
        first = int(job.ready_at / SLOT_SECONDS)
        jobs[first] += 1
        # A long job keeps one thread for its time, whatever the others do.
        length = max(1, round(job.service_seconds / SLOT_SECONDS))
        work[first : first + length] += job.service_seconds / length * headroom
    up = _cheapest(work, jobs, threads, target_seconds, penalty)
    ahead = round(START_UP_SECONDS[1] / SLOT_SECONDS)
    return [int(up[slot : slot + ahead + 1].max()) for slot in range(slots)]


def _cheapest(
    work: np.ndarray, jobs: np.ndarray, threads: int, target_seconds: float, penalty: float
) -> np.ndarray:
    counts = np.arange(MIN_TASKS, MAX_TASKS + 1)
    capacity = counts * threads * SLOT_SECONDS
    backlog = np.concatenate(
        [np.linspace(0, 2000, 201), np.geomspace(2020, max(4000, 2 * work.sum()), 200)]
    )
    start_up = START_UP_MEAN_SECONDS * np.maximum(0, counts[None, :] - counts[:, None])
    # Work left at the end must be done all the same.
    value = np.tile(backlog / threads, (len(counts), 1))
    choices = np.zeros((len(work), len(counts), len(backlog)), dtype=np.int8)
    allowed = (counts * threads * target_seconds)[:, None]
    for slot in range(len(work) - 1, -1, -1):
        behind = backlog[None, :] + work[slot] - capacity[:, None]
        # The share of this slot's jobs that find more work before them than the target allows.
        span = np.maximum(np.abs(behind - backlog), 1e-9)
        late = np.clip((np.maximum(backlog, behind) - allowed) / span, 0, 1)
        onwards = [
            np.interp(left, backlog, later)
            for left, later in zip(np.maximum(0, behind), value, strict=True)
        ]
        cost = counts[:, None] * SLOT_SECONDS + penalty * jobs[slot] * late + np.array(onwards)
        total = start_up[:, :, None] + cost[None, :, :]
        choices[slot] = total.argmin(axis=1)
        value = total.min(axis=1)
    up: np.ndarray = counts[_follow(choices, work, capacity, backlog)]
    return up


def _follow(
    choices: np.ndarray, work: np.ndarray, capacity: np.ndarray, backlog: np.ndarray
) -> np.ndarray:
    now, waiting, path = 0, 0.0, []
    for slot in range(len(work)):
        level = int(np.clip(np.searchsorted(backlog, waiting), 0, len(backlog) - 1))
        now = int(choices[slot, now, level])
        waiting = max(0.0, waiting + work[slot] - capacity[now])
        path.append(now)
    return np.array(path)
