"""The comparison as a table and as a picture."""

from pathlib import Path

import matplotlib as mpl
from rich.console import Console
from rich.table import Table

from benchmarks.scaling.cluster import Tallies
from benchmarks.scaling.compare import OURS, Comparison
from benchmarks.scaling.workloads import HOUR

mpl.use("Agg")
from matplotlib import pyplot as plt

COLOURS = ("#c8102e", "#7a8aa0", "#d9a441", "#4f9d69", "#9b6bb3", "#444444")


def show(comparison: Comparison, console: Console) -> None:
    """Print one workload's table."""
    table = Table(title=f"{comparison.workload.name}: {comparison.workload.about}")
    table.add_column("policy")
    for heading in ("in time", "p50 s", "p95 s", "p99 s", "task-hours", "changes/h", "broken"):
        table.add_column(heading, justify="right")
    for name, one in comparison.results.items():
        table.add_row(
            name,
            f"{one.in_time:.1%}",
            f"{one.p50:.1f}",
            f"{one.p95:.1f}",
            f"{one.p99:.1f}",
            f"{one.task_hours:.2f}",
            f"{one.changes_per_hour:.1f}",
            f"{one.broken:.1f}",
            style="bold" if name == OURS else "",
        )
    console.print(table)
    better, of_bound = comparison.better_on_both, comparison.of_bound
    bound = (
        f"ours costs {of_bound:.2f} × the clairvoyant's task-hours"
        if of_bound
        else "no plan of the clairvoyant's starts as many in time as ours"
    )
    console.print(f"  better on both waiting and cost: {', '.join(better) or 'nobody'}; {bound}\n")


def draw(runs: dict[str, dict[str, Tallies]], path: Path) -> None:
    """Draw waits and tasks over time: one column per workload, one line per policy."""
    figure, axes = plt.subplots(
        2, len(runs), figsize=(6.5 * len(runs), 6), sharex="col", squeeze=False
    )
    for column, (title, by_policy) in enumerate(runs.items()):
        waits, tasks = axes[0][column], axes[1][column]
        for colour, (name, tallied) in zip(COLOURS, by_policy.items(), strict=False):
            hours = [row[0] / HOUR for row in tallied.timeline]
            style = {
                "color": colour,
                "label": name,
                "linewidth": 2.2 if name == OURS else 1.1,
                "zorder": 3 if name == OURS else 2,
            }
            waits.plot(hours, [row[3] for row in tallied.timeline], **style)
            tasks.step(hours, [row[1] for row in tallied.timeline], where="post", **style)
        waits.set_title(title)
        waits.set_ylabel("oldest wait, s")
        tasks.set_ylabel("tasks paid for")
        tasks.set_xlabel("hours")
        for axis in (waits, tasks):
            axis.set_ylim(bottom=0)
            axis.grid(alpha=0.25)
            axis.spines[["top", "right"]].set_visible(False)
    axes[0][0].legend(frameon=False, fontsize=8)
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
    plt.close(figure)
