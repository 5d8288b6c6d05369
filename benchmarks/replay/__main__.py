"""`make replay LOGS=file`: what other parameters would have made of the traffic in the logs."""

import argparse
import sys
from collections.abc import Generator, Sequence
from copy import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import simpy
from rich.console import Console
from rich.table import Table

from benchmarks.replay.logs import LoggedTick, NoTicks, read_ticks
from benchmarks.replay.traffic import Traffic, reconstruct
from benchmarks.scaling.cluster import Cluster
from benchmarks.scaling.policies import Fixed, Ours, Scaler
from benchmarks.scaling.run import Result, result
from benchmarks.scaling.workloads import HOUR
from ops_common.jsonable import jsonable
from scale_workers.policy.model import ConnectionBudget, Policy

DOLLARS_PER_TASK_HOUR = 0.25 * 0.04048 + 0.5 * 0.004445
"""Fargate, Linux on x86, eu-west-1: 0.25 vCPU and 0.5 GB (aws.amazon.com/fargate/pricing)."""


def main(arguments: Sequence[str]) -> int:
    """Print what was, and what would have been."""
    parser = argparse.ArgumentParser(prog="make replay LOGS=file", description=__doc__)
    parser.add_argument("logs", type=Path, help="log lines of scale_workers, as exported")
    parser.add_argument("set", nargs="*", metavar="name=value", help="a parameter of the policy")
    parser.add_argument("--price", type=float, default=DOLLARS_PER_TASK_HOUR, help="of a task-hour")
    parser.add_argument("--service", default="", help="of several, the first by default")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    try:
        ticks = read_ticks(chosen.logs, chosen.service)
        recorded = _without_web(ticks)
        changed = with_changes(recorded, chosen.set)
    except (NoTicks, OSError, BadChange) as error:
        parser.exit(2, f"{error}\n")
    traffic = reconstruct(ticks, chosen.seed)
    console = Console(width=120)
    console.print(_about(ticks, traffic), highlight=False)
    table = _table(recorded.target_latency_seconds)
    _add(table, "as it was", _as_it_was(ticks), chosen.price)
    rows: list[tuple[str, Scaler]] = [
        ("parameters of the logs, replayed", Ours(recorded)),
        ("one fixed task, replayed", Fixed()),
    ]
    if chosen.set:
        rows.insert(1, (" ".join(chosen.set), Ours(changed)))
    for name, scaler in rows:
        tasks = 1 if isinstance(scaler, Fixed) else ticks[0].service.desired
        figures = replayed(traffic, scaler, recorded.target_latency_seconds, tasks, chosen.seed)
        _add(table, name, figures, chosen.price)
    console.print(table)
    return 0


# The template's parameters, by the fields of the policy that they set.
PARAMETERS = {
    "MinTasks": "min_tasks",
    "MaxTasks": "max_tasks",
    "TargetLatencySeconds": "target_latency_seconds",
    "StartUpSeconds": "start_up_seconds",
    "ConnectionsPerWebTask": "connections.per_web_task",
    "ConnectionsPerWorkerTask": "connections.per_worker_task",
}


class BadChange(Exception):
    """A change of a parameter that there isn't, or to what it can't be; the message says so."""

    def __init__(self, name: str, words: str) -> None:
        super().__init__(words)
        self.name = name
        """The parameter's."""


def with_changes(policy: Policy, changes: Sequence[str]) -> Policy:
    """The policy with `Name=value` changes: the template's parameters, or fields of the policy.

    Raises BadChange.
    """
    known = set(Policy._fields) - {"connections"}
    of_budget = set(ConnectionBudget._fields)
    for change in changes:
        given, _, text = change.partition("=")
        name = PARAMETERS.get(given, given)
        try:
            value = int(text) if text.lstrip("-").isdecimal() else float(text)
        except ValueError:
            raise BadChange(given, f"{change}: expected Name=number") from None
        if name in known:
            policy = policy.with_(**{name: value})
        elif name.removeprefix("connections.") in of_budget:
            budget: dict[str, Any] = {name.removeprefix("connections."): value}
            policy = policy.with_(connections=replace(policy.connections, **budget))
        else:
            known_ones = ", ".join(PARAMETERS)
            raise BadChange(given, f"no parameter {given!r}; there are {known_ones}")
    for name in ("target_latency_seconds", "start_up_seconds", "tick_seconds"):
        if getattr(policy, name) < 1:
            raise BadChange(name, f"{name}: expected at least 1")
    return policy


def replayed(
    traffic: Traffic, scaler: Scaler, target_seconds: float, tasks: int, seed: int
) -> Result:
    """The figures of one scaler on the traffic of the logs."""
    cluster = Cluster(traffic.jobs, tasks, traffic.threads, seed)

    def tick() -> Generator[simpy.Event, Any]:
        while True:
            cluster.set_desired(scaler.desired(cluster), protect_busy=scaler.protects_busy)
            yield cluster.env.timeout(scaler.interval_seconds)

    cluster.env.process(tick())
    tallied = cluster.run(traffic.seconds)
    return result(tallied, traffic.seconds / HOUR, target_seconds)


def _without_web(ticks: Sequence[LoggedTick]) -> Policy:
    """The last tick's policy; the web tasks' connections are taken off the database's limit."""
    policy, web_tasks = ticks[-1].policy, max(tick.service.web_tasks for tick in ticks)
    budget = policy.connections
    if not budget.max_connections:
        return policy
    left = max(1, budget.max_connections - web_tasks * budget.per_web_task)
    return policy.with_(connections=replace(budget, max_connections=left))


def _as_it_was(ticks: Sequence[LoggedTick]) -> Result:
    """Task-hours and changes by ECS's own count. Waits of single jobs were not logged."""
    seconds = [(later.at - earlier.at).total_seconds() for earlier, later in pairwise(ticks)]
    counts = [tick.service.desired for tick in ticks]
    hours = sum(seconds) / HOUR
    unknown = float("nan")
    return Result(
        in_time=unknown,
        p50=unknown,
        p95=unknown,
        p99=unknown,
        task_hours=sum(n * s for n, s in zip(counts, seconds, strict=False)) / HOUR,
        changes_per_hour=sum(a != b for a, b in pairwise(counts)) / hours if hours else 0.0,
        broken=unknown,
    )


def _about(ticks: Sequence[LoggedTick], traffic: Traffic) -> str:
    waits = [tick.measurement.oldest_wait_seconds for tick in ticks if tick.measurement]
    return (
        f"{len(ticks):,} ticks over {traffic.seconds / HOUR:.1f} hours, {traffic.covered:.0%} of"
        f" the time measured; {len(traffic.jobs):,} jobs of {traffic.mean_service_seconds:.2f} s"
        f" on average; {traffic.threads} threads a task. The oldest job seen waiting at a tick had"
        f" waited {max(waits, default=0):.0f} s.\n"
        f"Policy of the logs: {jsonable(ticks[-1].policy)}\n"
        "Replayed figures rest on assumptions: arrivals evenly within each minute, exponential"
        " service times."
    )


def _table(target_seconds: float) -> Table:
    table = Table(title_justify="left")
    table.add_column("")
    for heading in (
        f"in {target_seconds:.0f} s",
        "p50 s",
        "p95 s",
        "p99 s",
        "task-hours",
        "$",
        "changes/h",
        "broken",
    ):
        table.add_column(heading, justify="right")
    return table


def _add(table: Table, name: str, one: Result, price: float) -> None:
    cells = [
        f"{one.in_time:.1%}",
        f"{one.p50:.1f}",
        f"{one.p95:.1f}",
        f"{one.p99:.1f}",
        f"{one.task_hours:.1f}",
        f"{one.task_hours * price:.2f}",
        f"{one.changes_per_hour:.1f}",
        f"{one.broken:.0f}",
    ]
    table.add_row(name, *("–" if "nan" in cell else cell for cell in cells))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
