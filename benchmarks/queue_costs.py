"""What measurements of a queue cost, as a table and in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rich.table import Table


@dataclass(frozen=True)
class Cost:
    """Of one measurement: what the client waits, the server works, and the pages it touches."""

    milliseconds: float
    cpu_milliseconds: float
    pages: int


def cost_table(title: str, by_rows: Mapping[int, Mapping[str, Cost]]) -> Table:
    """A row per number of ready rows, three columns per contender."""
    table = Table(title=title, title_justify="left")
    table.add_column("\nready rows", justify="right")
    names = list(next(iter(by_rows.values())))
    for name in names:
        for heading in (f"{name}\nms", "\nCPU ms", "\npages"):
            table.add_column(heading, justify="right")
    for rows, costs in by_rows.items():
        cells = [f"{rows:,}"]
        for one in costs.values():
            cells += [f"{one.milliseconds:.1f}", f"{one.cpu_milliseconds:.1f}", f"{one.pages:,}"]
        table.add_row(*cells)
    return table


def summary(by_rows: Mapping[int, Mapping[str, Cost]], others: Iterable[str]) -> str:
    """How ours grows from the least rows to the most, and what the others take there."""
    least, most = by_rows[min(by_rows)], by_rows[max(by_rows)]
    lines = [
        f"From {min(by_rows):,} to {max(by_rows):,} rows ours grows"
        f" {_ratios(most['ours'], least['ours'])}."
    ]
    lines += [
        f"At {max(by_rows):,} rows {name} takes {_ratios(most[name], most['ours'])} of ours."
        for name in others
    ]
    return "\n".join(lines)


def _ratios(much: Cost, little: Cost) -> str:
    return (
        f"{much.milliseconds / little.milliseconds:.1f} × by the clock,"
        f" {much.cpu_milliseconds / little.cpu_milliseconds:.1f} × in CPU time,"
        f" {much.pages / little.pages:.1f} × in pages"
    )
