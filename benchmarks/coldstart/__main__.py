"""`make bench-coldstart`: what a cold start costs until its first useful answer, and sizes.

python -m benchmarks.coldstart [--rounds 15] [--write docs/performance.md]
"""

import argparse
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.coldstart.measure import Pair, measure, median
from benchmarks.coldstart.scenarios import scenarios
from benchmarks.coldstart.size import Size, size
from local.deploy import build
from local.transform import resolved

BEGIN, END = "<!-- tables by make bench-coldstart -->", "<!-- end of tables -->"
ANSWERS = (
    "first useful answer",
    "init",
    "first",
    "second",
    "AWS calls",
    "first / second",
    "total",
    "bare total",
    "total / bare",
)
SIZES = ("function", "zipped", "unzipped")


def main() -> None:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(prog="make bench-coldstart", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--write", type=Path, help="put the tables into this page")
    arguments = parser.parse_args()
    console = Console()
    pairs: dict[str, list[Pair]] = {}
    with tempfile.TemporaryDirectory() as name, scenarios() as all_scenarios:
        folder = Path(name)
        build(folder / "build")
        for number in range(arguments.rounds):
            for scenario in all_scenarios:
                pair = measure(scenario, folder / "build", folder)
                pairs.setdefault(scenario.name, []).append(pair)
            console.print(f"round {number + 1} of {arguments.rounds}")
        sizes = {each: size(folder / "build", each) for each in _functions()}
    tables = [[ANSWERS, *answer_rows(pairs)], [SIZES, *size_rows(sizes)]]
    for heads, *rows in tables:
        table = Table(*heads)
        for row in rows:
            table.add_row(*row)
        console.print(table)
    if arguments.write:
        write(arguments.write, tables)


def _functions() -> list[str]:
    return [
        name for name, resource in resolved().items() if resource["Type"] == "AWS::Lambda::Function"
    ]


def answer_rows(pairs: Mapping[str, Sequence[Pair]]) -> list[tuple[str, ...]]:
    """A row per scenario: medians of the rounds, in ms of CPU, and of the pairs' ratios."""
    return [
        (
            name,
            f"{median([pair.ours.init_ms for pair in measured]):.0f} ms",
            f"{median([pair.ours.first_ms for pair in measured]):.0f} ms",
            f"{median([pair.ours.second_ms for pair in measured]):.0f} ms",
            "{} early, {}, then {}".format(*measured[0].calls),
            f"{median([pair.ours.first_ms / pair.ours.second_ms for pair in measured]):.2f}",
            f"{median([pair.ours.total_ms for pair in measured]):.0f} ms",
            f"{median([pair.bare.total_ms for pair in measured]):.0f} ms",
            f"{median([pair.ours.total_ms / pair.bare.total_ms for pair in measured]):.2f}",
        )
        for name, measured in pairs.items()
    ]


def size_rows(sizes: Mapping[str, Size]) -> list[tuple[str, ...]]:
    """A row per function: its own files and those of its layers."""
    return [
        (name, f"{measured.zipped / 1e6:.1f} MB", f"{measured.unzipped / 1e6:.1f} MB")
        for name, measured in sizes.items()
    ]


def write(page: Path, tables: Sequence[Sequence[Sequence[str]]]) -> None:
    """Put the tables between the page's two marks."""
    texts = []
    for heads, *rows in tables:
        lines = [f"| {' | '.join(row)} |" for row in (heads, *rows)]
        texts.append("\n".join([lines[0], "|---" * len(heads) + "|", *lines[1:]]))
    before, _, rest = page.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n" + "\n\n".join(texts) + f"\n{END}{after}")


if __name__ == "__main__":
    main()
