"""A day of the queue in the simulator of `make bench-scaling`, under the template's own policy."""

from functools import cache
from statistics import mean

from benchmarks.scaling.compare import OURS, tallies
from benchmarks.scaling.workloads import HOUR, WORKLOADS

WORKLOAD, SEED = "day", 1
MINUTES = 15


@cache
def curves() -> dict[str, tuple[float, ...]]:
    """By what the dashboard calls it, its mean in each quarter of an hour."""
    (workload,) = (one for one in WORKLOADS if one.name == WORKLOAD)
    rows = tallies(workload, SEED, (OURS,))[OURS].timeline
    quarters = int(workload.hours * 60 / MINUTES)
    found = [
        [row for row in rows if int(row[0] / HOUR * 60 / MINUTES) == number]
        for number in range(quarters)
    ]
    tasks, ready, waits = (
        tuple(mean(row[at] for row in some) for some in found) for at in (1, 2, 3)
    )
    return {
        "workers": tasks,
        "Queue: ready jobs": ready,
        "oldest wait": waits,
    }
