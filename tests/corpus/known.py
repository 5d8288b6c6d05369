"""Inputs that are not right yet: `known/FOLDER.txt`, a name a line, with the issue behind it.

`python -m tests.corpus.known` (PYTHONPATH as `make corpus`) writes the lists anew, and keeps the
reasons of the lines that stay.
"""

from pathlib import Path

from cli.corpus.run import judge
from cli.corpus.verdicts import Status

CORPUS = Path(__file__).parent
LISTS = CORPUS / "known"


def known_wrong(folder: str) -> dict[str, str]:
    """By name of an input, why it is not right yet."""
    path = LISTS / f"{folder}.txt"
    lines = path.read_text().splitlines() if path.exists() else []
    return dict(_split(line) for line in lines if line.strip())


def _split(line: str) -> tuple[str, str]:
    name, _, reason = line.partition("  # ")
    return name.strip(), reason


def write() -> None:
    """Write the list of each folder; a folder in which all is right has none."""
    LISTS.mkdir(exist_ok=True)
    wrong: dict[str, list[str]] = {}
    for verdict in judge(CORPUS):
        if verdict.status is Status.WRONG:
            wrong.setdefault(verdict.folder, []).append(verdict.name)
    for path in LISTS.glob("*.txt"):
        if path.stem not in wrong:
            path.unlink()
    for folder, names in wrong.items():
        reasons = known_wrong(folder)
        lines = [f"{name}  # {reasons.get(name, 'no issue yet')}\n" for name in sorted(names)]
        (LISTS / f"{folder}.txt").write_text("".join(lines))


if __name__ == "__main__":
    write()
