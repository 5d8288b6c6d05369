"""`make mutants`: change the pure code, one place at a time, and see whether a unit test fails.

python -m benchmarks.mutants [--number 60] [--seed 1] [--function send_alerts]
                             [--write docs/performance.md]
"""

import argparse
import difflib
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from benchmarks.mutants.sample import Mutant, draw
from benchmarks.mutants.trial import survivors
from cli.reference.rooms import pure_files
from paths import ROOT

BEGIN, END = "<!-- survivors by make mutants -->", "<!-- end of survivors -->"


@dataclass(frozen=True)
class Survivor:
    """A mutant that no unit test of its function noticed."""

    mutant: Mutant
    before: str
    after: str

    @property
    def place(self) -> str:
        """File and line, as an editor takes them."""
        return f"{self.mutant.file.relative_to(ROOT)}:{self.mutant.line}"


def main() -> None:
    """Draw, try, print; the exit code is 0, for a survivor is something to read, not a failure."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--number", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--function", default="", help="of one function alone")
    parser.add_argument("--write", type=Path, help="list the survivors in this page")
    arguments = parser.parse_args()
    console = Console()
    wanted = arguments.function
    files = [file for file in pure_files() if wanted in file.parts or not wanted]
    sample = draw(files, arguments.number, arguments.seed)
    console.print(f"{len(sample)} mutants of {len(files)} files, seed {arguments.seed}")
    found = []
    for mutant in survivors(sample):
        found.append(survivor(mutant))
        console.print(f"survived  {found[-1].place}  {mutant.operator}")
        console.print(f"  - {found[-1].before}\n  + {found[-1].after}", markup=False)
    summary = f"{len(sample) - len(found)} of {len(sample)} noticed (seed {arguments.seed})"
    console.print(summary)
    if arguments.write:
        write(arguments.write, summary, found)


def survivor(mutant: Mutant) -> Survivor:
    """With the lines that the mutant changes."""
    before, after = mutant.file.read_text().splitlines(), mutant.source().splitlines()
    lines = [line for line in difflib.ndiff(before, after) if line[:2] in ("- ", "+ ")]
    return Survivor(
        mutant,
        " ".join(line[2:].strip() for line in lines if line.startswith("- ")),
        " ".join(line[2:].strip() for line in lines if line.startswith("+ ")),
    )


def write(page: Path, summary: str, survivors: list[Survivor]) -> None:
    """Put the list between the page's two marks."""
    lines = ["| where | was | became |", "|---|---|---|"]
    lines += [
        f"| {one.place} | `{_cell(one.before)}` | `{_cell(one.after)}` |" for one in survivors
    ]
    text = "\n".join([f"{summary}.", *(["", *lines] if survivors else [])])
    before, _, rest = page.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    main()
