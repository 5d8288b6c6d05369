"""The comparison as a table and as a picture."""

from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from rich.console import Console
from rich.table import Table

from benchmarks.scaling.compare import OURS, Comparison
from benchmarks.scaling.tallies import Tallies
from benchmarks.scaling.workloads import HOUR

mpl.use("Agg")
from matplotlib import pyplot as plt

OUR_WAIT, WAIT, TARGET, TASKS, TASKS_TEXT = "#0b5394", "#5b6b7f", "#222222", "#dfe6ee", "#8493a5"


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


def draw(
    runs: dict[str, dict[str, Tallies]], path: Path, target_seconds: float, most_seconds: float
) -> None:
    """Draw a strip per policy, a column per workload, all on one axis.

    Each has the oldest wait in seconds (cut off at `most_seconds`), the target, and the tasks.
    """
    policies = list(next(iter(runs.values())))
    rows, columns = len(policies), len(runs)
    size = (6.2 * columns, 1.25 * rows)
    figure, axes = plt.subplots(rows, columns, figsize=size, sharex="col", squeeze=False)
    for column, (title, by_policy) in enumerate(runs.items()):
        most_tasks = max(row[1] for tallied in by_policy.values() for row in tallied.timeline)
        head = axes[0][column]
        head.text(0.5, 1.3, title, fontsize=9, ha="center", transform=head.transAxes)
        for row, name in enumerate(policies):
            _strip(axes[row][column], by_policy[name], name, target_seconds, most_seconds)
            tasks = axes[row][column].twinx()
            hours = [each[0] / HOUR for each in by_policy[name].timeline]
            counts = [each[1] for each in by_policy[name].timeline]
            tasks.fill_between(hours, counts, step="post", color=TASKS, linewidth=0)
            tasks.set_zorder(1)  # the waits are drawn over it
            tasks.set_ylim(0, most_tasks)
            tasks.set_yticks([0, most_tasks])
            tasks.set_ylabel("tasks", fontsize=7, color=TASKS_TEXT)
            tasks.tick_params(labelsize=7, colors=TASKS_TEXT)
            tasks.spines[["top", "left"]].set_visible(False)
        axes[-1][column].set_xlabel("hours", fontsize=8)
    figure.tight_layout(h_pad=0.4)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _strip(axis: Axes, tallied: Tallies, name: str, target: float, most: float) -> None:
    hours = [row[0] / HOUR for row in tallied.timeline]
    waits = [min(row[3], most) for row in tallied.timeline]
    axis.set_zorder(2)
    axis.patch.set_visible(False)
    axis.plot(hours, waits, color=OUR_WAIT if name == OURS else WAIT, linewidth=1.1)
    axis.axhline(target, color=TARGET, linewidth=0.9, linestyle=(0, (4, 3)))
    axis.set_ylim(0, most)
    axis.set_yticks([0, target, most])
    axis.set_ylabel("wait, s", fontsize=7)
    axis.tick_params(labelsize=7)
    weight = "bold" if name == OURS else "normal"
    axis.set_title(name, fontsize=8, loc="left", pad=2, fontweight=weight)
    axis.spines[["top", "right"]].set_visible(False)
