"""`make drill`: play every bad day, print what happened; exit code 0 only if all went as it must.

python -m local.drills [NAME …] [--write docs/failure-drills.md]
"""

import argparse
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from local.drills.drill import DRILLS, Drill, Report
from local.drills.play import ORDER, Played, play_all
from local.postgres import PostgresUnavailable

COLUMNS = ("Bad day", "What happens", "What is kept", "Who is notified")
BEGIN, END = "<!-- table by make drill -->", "<!-- end of table -->"


def main() -> int:
    """Play the drills that were asked for."""
    parser = argparse.ArgumentParser(prog="make drill", description=__doc__)
    parser.add_argument(
        "names", nargs="*", help=f"of {', '.join(one.name for one in ORDER)} (default: all)"
    )
    parser.add_argument("--write", type=Path, help="put the table into this page")
    arguments = parser.parse_args()
    if unknown := sorted(set(arguments.names) - set(DRILLS)):
        known = ", ".join(one.name for one in ORDER)
        parser.error(f"no drill {', '.join(unknown)}; there are {known}")
    console = Console()
    drills = [one for one in ORDER if not arguments.names or one.name in arguments.names]
    reports: dict[Drill, Report] = {}
    started = time.monotonic()
    try:
        for played in play_all(drills):
            _show(played, console)
            reports[played.drill] = played.report
    except PostgresUnavailable as error:
        console.print(str(error), style="bold red", markup=False)
        return 2
    reports = {one: reports[one] for one in drills}
    console.print(_table(reports))
    failed = {one: report for one, report in reports.items() if report.failed}
    for one, report in failed.items():
        for what in report.failed:
            console.print(f"{one.name}: did not hold: {what}", style="bold red", markup=False)
    console.print(f"{len(drills) - len(failed)} of {len(drills)} drills went as they must", end="")
    console.print(f", in {time.monotonic() - started:.0f} s.")
    if arguments.write and not failed:
        write(arguments.write, reports)
    return 1 if failed else 0


def _show(played: Played, console: Console) -> None:
    mark = "[bold red]✗[/]" if played.report.failed else "[bold green]✓[/]"
    console.print(f"{mark} {played.drill.title} ({played.seconds:.0f} s)")


def _table(reports: dict[Drill, Report]) -> Table:
    table = Table(*COLUMNS, show_lines=True)
    for one, report in reports.items():
        table.add_row(
            one.title, *("\n".join(f"• {line}" for line in part) for part in _parts(report))
        )
    return table


def write(page: Path, reports: dict[Drill, Report]) -> None:
    """Put the table between the page's two marks."""
    lines = [f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|"]
    for one, report in reports.items():
        cells = ("<br>".join(part) for part in _parts(report))
        lines.append(f"| **{one.title}** | {' | '.join(cells)} |")
    before, _, rest = page.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    table = "\n".join(lines)
    page.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}")


def _parts(report: Report) -> tuple[list[str], list[str], list[str]]:
    return report.happens, report.kept, report.notified


if __name__ == "__main__":
    sys.exit(main())
