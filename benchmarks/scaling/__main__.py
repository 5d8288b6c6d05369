"""`make bench-scaling`: the tables and the picture."""

import argparse
import sys
from pathlib import Path

from rich.console import Console

from benchmarks.scaling.compare import OURS, POLICY, compare, tallies
from benchmarks.scaling.hard_setups import SETUPS
from benchmarks.scaling.hard_workloads import HARD_WORKLOADS
from benchmarks.scaling.random_workloads import random_workload
from benchmarks.scaling.report import draw, show
from benchmarks.scaling.workloads import WORKLOADS

PICTURE = Path("docs/images/scaling.png")
DRAWN = ("day", "bursts")
DRAWN_POLICIES = (OURS, "solid_queue_autoscaler", "Judoscale", "KEDA + HPA", "ECS target tracking")
MOST_SECONDS = 300.0
"""Longer waits are cut off in the picture."""
SEEDS = [1, 2, 3]
AIM_OF_BOUND = 1.3
ALL = (*WORKLOADS, *HARD_WORKLOADS, *SETUPS)


def main(arguments: list[str]) -> int:
    """Run the comparison; the exit code is 1 if a peer is better on both waiting and cost."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling", description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    parser.add_argument("--workloads", nargs="+", choices=[one.name for one in ALL])
    parser.add_argument("--hard", action="store_true", help="the hard workloads instead")
    parser.add_argument("--setups", action="store_true", help="pools and troubles instead")
    parser.add_argument("--random", type=int, metavar="N", help="N workloads drawn by lot instead")
    parser.add_argument("--picture", type=Path, help=f"where to draw, {PICTURE} by default")
    chosen = parser.parse_args(arguments)
    console = Console(width=110)
    console.print(f"Policy: {POLICY}\nSeeds: {chosen.seeds}\n")
    if chosen.workloads:
        workloads = [one for one in ALL if one.name in chosen.workloads]
    elif chosen.random:
        workloads = [random_workload(number) for number in range(chosen.random)]
    elif chosen.setups:
        workloads = list(SETUPS)
    else:
        workloads = list(HARD_WORKLOADS if chosen.hard else WORKLOADS)
    comparisons = []
    for comparison in compare(workloads, chosen.seeds):
        show(comparison, console)
        comparisons.append(comparison)
    worse = [one.workload.name for one in comparisons if one.better_on_both]
    console.print(f"A peer is better on both waiting and cost on: {', '.join(worse) or 'none'}")
    worst = max(comparisons, key=lambda one: one.of_bound or 0.0)
    if worst.of_bound:
        above = sum((one.of_bound or 0.0) > AIM_OF_BOUND for one in comparisons)
        console.print(
            f"Most above the clairvoyant: {worst.workload.name}, {worst.of_bound:.2f} ×;"
            f" above {AIM_OF_BOUND} ×: {above} of {len(comparisons)}"
        )
    if chosen.picture or not (chosen.workloads or chosen.hard or chosen.random or chosen.setups):
        known = {one.name: one for one in WORKLOADS}
        runs = {
            f"{name}: {known[name].about}": tallies(known[name], chosen.seeds[0], DRAWN_POLICIES)
            for name in DRAWN
        }
        draw(runs, chosen.picture or PICTURE, POLICY.target_latency_seconds, MOST_SECONDS)
    return bool(worse)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
