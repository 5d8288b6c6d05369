"""`make mutants`: change the pure code, one place at a time, and see whether a unit test fails.

python -m benchmarks.mutants [--number 60] [--seed 1] [--function send_alerts]
                             [--write docs/performance.md]
"""

import argparse
import difflib
import os
import queue
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from benchmarks.mutants.sample import Mutant, draw
from cli.reference.rooms import pure_files
from paths import ROOT

WORKERS = 2
TIMEOUT_SECONDS = 180
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
    survivors = try_all(sample, console)
    killed = len(sample) - len(survivors)
    summary = f"{killed} of {len(sample)} noticed (seed {arguments.seed})"
    console.print(summary)
    if arguments.write:
        write(arguments.write, summary, survivors)


def try_all(sample: list[Mutant], console: Console) -> list[Survivor]:
    """Each mutant in a copy of the tree of its own worker; those that every test let pass."""
    survivors = []
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(WORKERS) as pool:
        copies: queue.SimpleQueue[Path] = queue.SimpleQueue()
        for number in range(WORKERS):
            copies.put(_copy(Path(name) / str(number)))

        def one(mutant: Mutant) -> Survivor | None:
            copy = copies.get()
            try:
                return _survivor(mutant, copy)
            finally:
                copies.put(copy)

        for mutant, survivor in zip(sample, pool.map(one, sample), strict=True):
            if survivor:
                survivors.append(survivor)
                console.print(f"survived  {survivor.place}  {mutant.operator}")
                console.print(f"  - {survivor.before}\n  + {survivor.after}", markup=False)
    return survivors


def _copy(folder: Path) -> Path:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.splitlines()
    for name in tracked:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)
    return folder


def _survivor(mutant: Mutant, copy: Path) -> Survivor | None:
    original, changed = mutant.file.read_text(), mutant.source()
    file = copy / mutant.file.relative_to(ROOT)
    file.write_text(changed)
    try:
        noticed = _tests_fail(copy, mutant.file.relative_to(ROOT / "functions").parts[0])
    finally:
        file.write_text(original)
    if noticed:
        return None
    lines = [
        line
        for line in difflib.ndiff(original.splitlines(), changed.splitlines())
        if line[:2] in ("- ", "+ ")
    ]
    before = " ".join(line[2:].strip() for line in lines if line.startswith("- "))
    after = " ".join(line[2:].strip() for line in lines if line.startswith("+ "))
    return Survivor(mutant, before, after)


def _tests_fail(copy: Path, function: str) -> bool:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
    # Each example anew, or the database of examples would carry one mutant's to the next.
    environment = os.environ | {"CI": "true", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        tests = subprocess.run(
            [*command, f"tests/unit/{function}"],
            cwd=copy,
            env=environment,
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return True
    return tests.returncode != 0


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
