"""`make bench-coldstart`: what a cold start costs, beside handlers that do nothing.

python -m benchmarks.coldstart [--rounds 31] [--write docs/performance.md]
"""

import argparse
import tempfile
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.coldstart.bare import BOTO3_AND_PSYCOPG, HANDLER, bare_handler
from benchmarks.coldstart.measure import Start, Subject, least, ratio, start_all
from benchmarks.coldstart.size import Size, size
from local.deploy import build
from local.rie import search_path
from local.transform import resolved
from paths import ROOT

OURS = [ROOT / "functions", ROOT / "layers" / "common", ROOT / "layers" / "postgres"]
BEGIN, END = "<!-- table by make bench-coldstart -->", "<!-- end of table -->"
EMPTY, BOTH = "empty", "boto3 and psycopg"


def main() -> None:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(prog="make bench-coldstart", description=__doc__)
    parser.add_argument("--rounds", type=int, default=31)
    parser.add_argument("--write", type=Path, help="put the table into this page")
    arguments = parser.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        build(folder / "build")
        subjects = _subjects(folder)
        functions = [each for each in subjects if each in _handlers()]
        sizes = {each: size(folder / "build", each) for each in functions}
        starts = start_all(
            subjects,
            arguments.rounds,
            folder,
            lambda number: console.print(f"round {number + 1} of {arguments.rounds}"),
        )
    lines = rows(starts, sizes)
    table = Table(*lines[0])
    for line in lines[1:]:
        table.add_row(*line)
    console.print(table)
    console.print(verdict(starts))
    if arguments.write:
        write(arguments.write, lines, verdict(starts))


def _handlers() -> dict[str, str]:
    return {
        name: resource["Properties"]["Handler"]
        for name, resource in resolved().items()
        if resource["Type"] == "AWS::Lambda::Function"
    }


def _subjects(folder: Path) -> dict[str, Subject]:
    subjects = {EMPTY: _bare(folder, EMPTY, HANDLER, [])}
    for name, handler in _handlers().items():
        paths = search_path(folder / "build", name)
        subjects[name] = Subject(handler, paths)
        source = bare_handler(handler.removesuffix(".handler"), OURS)
        subjects[_bare_name(name)] = _bare(folder, name, source, paths[1:])
    layers = [folder / "build" / "PostgresLayer" / "python"]
    subjects[BOTH] = _bare(folder, BOTH, BOTO3_AND_PSYCOPG, layers)
    return subjects


def _bare_name(function: str) -> str:
    return f"{function}, imports alone"


def _bare(folder: Path, name: str, source: str, layers: list[Path]) -> Subject:
    place = folder / "bare" / name
    place.mkdir(parents=True)
    (place / "bare.py").write_text(source)
    return Subject("bare.handler", [place, *layers])


def rows(starts: Mapping[str, list[Start]], sizes: Mapping[str, Size]) -> list[list[str]]:
    """The table, its head first."""
    lines = [
        [
            "function",
            "first answer",
            "its CPU",
            "CPU of imports alone",
            "ratio",
            "warm",
            "zipped, unzipped",
        ]
    ]
    for name, measured in sizes.items():
        start, bare = least(starts[name]), least(starts[_bare_name(name)])
        lines.append(
            [
                name,
                f"{start.first_ms:.0f} ms",
                f"{start.cpu_ms:.0f} ms",
                f"{bare.cpu_ms:.0f} ms",
                f"{ratio(starts[name], starts[_bare_name(name)]):.2f}",
                f"{start.warm_ms:.1f} ms",
                f"{measured.zipped / 1e6:.1f} MB, {measured.unzipped / 1e6:.1f} MB",
            ]
        )
    return lines


def verdict(starts: Mapping[str, list[Start]]) -> str:
    """query_database against what it would be with boto3 in it, without what Python takes."""
    empty = least(starts[EMPTY]).cpu_ms
    own = least(starts["QueryDatabase"]).cpu_ms - empty
    both = least(starts[BOTH]).cpu_ms - empty
    return (
        f"An empty handler takes {empty:.0f} ms of CPU. Beyond it query_database takes {own:.0f}"
        f" ms, and boto3 with its client of Amazon RDS and psycopg {both:.0f} ms: a ratio of"
        f" {own / both:.2f}."
    )


def write(page: Path, lines: list[list[str]], below: str) -> None:
    """Put the table between the page's two marks."""
    head, *body = [f"| {' | '.join(line)} |" for line in lines]
    table = "\n".join([head, "|---" * len(lines[0]) + "|", *body])
    before, _, rest = page.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n{table}\n\n{below}\n{END}{after}")


if __name__ == "__main__":
    main()
