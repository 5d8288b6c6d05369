"""Lines of logs: failing ones are errors, normal ones are not; pairs; what is redacted."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cli.corpus.verdicts import Status, Verdict, asked
from probe_deployment.logs.compare import Change, compare, count
from probe_deployment.logs.errors import first_error
from probe_deployment.logs.redact import redact

FILES = ("failing.jsonl", "normal.jsonl", "pairs.jsonl", "redact.jsonl")
NEW = (Change.NEW, Change.SURGE)


def judge_folder(folder: Path) -> Iterator[Verdict]:
    """A verdict for each line of the four files that are there."""
    for name in FILES:
        path = folder / name
        rows = path.read_text().splitlines() if path.exists() else []
        for number, row in enumerate(rows, 1):
            if row.strip():
                yield _judge(folder.name, f"{name}:{number}", name, row)


def _judge(folder: str, where: str, name: str, row: str) -> Verdict:
    if '"undecidable"' in row and json.loads(row).get("undecidable"):
        return Verdict(folder, where, Status.NOT_COVERED, "no consumer can judge")
    return asked(folder, where, lambda: _troubles(name, json.loads(row)))


def _troubles(name: str, entry: Mapping[str, Any]) -> list[str]:
    if name == "pairs.jsonl":
        found = compare(count([_repeated(entry["before"])]), count([_repeated(entry["after"])]))
        new = any(each.change in NEW for each in found)
        words = "new" if new else "nothing new"
        return [] if new == entry["new"] else [f"{words}: {entry.get('why', '')}"]
    line = _line(entry)
    if name == "redact.jsonl":
        shown = redact(line)
        troubles = [f"leaves {part!r}" for part in entry["must_not_contain"] if part in shown]
        troubles += [f"takes {part!r}" for part in entry["must_contain"] if part not in shown]
        return troubles
    is_error, wanted = first_error(line) is not None, name == "failing.jsonl"
    words = "an error" if is_error else "no error"
    return [] if is_error is wanted else [f"{words}: {line[:80]}"]


def _line(entry: Mapping[str, Any]) -> str:
    if entry.get("line") is not None:
        return str(entry["line"])
    made = entry["generate"]
    alphabet, length = made["alphabet"], int(made["length"])
    middle = "".join(alphabet[i * 7919 % len(alphabet)] for i in range(length))
    return f"{made.get('prefix', '')}{middle}{made.get('suffix', '')}"


def _repeated(entries: Sequence[Any]) -> list[str]:
    return [
        line
        for entry in entries
        for line in ([entry] if isinstance(entry, str) else [_line(entry)] * entry.get("times", 1))
    ]
