"""Shows which lines of a log would count as errors after a deployment, which are new, and why.

BEFORE and AFTER are files of log lines, one event a line (or JSON, one {"message": …} a line, as
`aws logs filter-log-events` and exports have them). Exits 1 where something is new or surges.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from probe_deployment.logs import Compared, compare, count
from probe_deployment.logs.errors import first_error
from probe_deployment.logs.rows import level_word, parse_row

FEW = 20
"""Fewer lines say nothing of whether a format has levels."""


def main() -> int:
    """Parse the arguments, compare, print."""
    parser = argparse.ArgumentParser(prog="make log-errors", description=__doc__)
    parser.add_argument("--before", type=Path, help="log of the old tasks")
    parser.add_argument("--after", type=Path, required=True, help="log of the new tasks")
    parser.add_argument("--format", choices=("json", "text"), default="text")
    arguments = parser.parse_args()
    try:
        before = read(arguments.before) if arguments.before else []
        after = read(arguments.after)
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    found = report(before, after)
    print(
        json.dumps(found, indent=2, ensure_ascii=False)
        if arguments.format == "json"
        else text(found)
    )
    return 1 if found["new"] else 0


def read(path: Path) -> list[str]:
    """The events of a file."""
    return [_event(line) for line in path.read_text(errors="replace").splitlines() if line.strip()]


def _event(line: str) -> str:
    """The line, or what a recorded CloudWatch event holds in it."""
    if not line.startswith('{"') or '"message"' not in line:
        return line
    try:
        fields = json.loads(line)
    except ValueError:
        return line
    recorded = isinstance(fields, dict) and {"timestamp", "eventId"} <= set(fields)
    return str(fields["message"]) if recorded else line


def report(before: list[str], after: list[str]) -> dict[str, Any]:
    """What would count, in each line and in comparison."""
    compared = compare(count([before]), count([after]))
    worse = [each for each in compared if each.worse]
    return {
        "new": bool(worse),
        "lines": {"before": len(before), "after": len(after)},
        "levels": levels(before + after),
        "errors": [_as_json(each) for each in compared],
        "counted": [bool(first_error(line)) for line in after],
    }


def levels(events: list[str]) -> bool | None:
    """Whether the format writes levels; None where there are too few lines to say."""
    if len(events) < FEW:
        return None
    rows = [parse_row(event.partition("\n")[0]) for event in events]
    return any(row.level or level_word(row.message) or row.message.startswith("{") for row in rows)


def text(found: dict[str, Any]) -> str:
    """The same for a terminal."""
    lines = [
        f"{each['change']:5}  {each['before']:>5} → {each['after']:<5}  {each['sample']}\n"
        f"       by: {each['why']}; same as: {each['same']}"
        for each in found["errors"]
    ]
    if not lines:
        lines.append("no errors")
    if found["levels"] is False:
        lines.append(
            "This format writes no levels: errors that only a level would show don't count."
            " config.log_formatter = Logger::Formatter.new brings them."
        )
    return "\n".join(lines)


def _as_json(each: Compared) -> dict[str, Any]:
    return {
        "change": each.change.value,
        "before": each.before,
        "after": each.after,
        "class": each.error.name or None,
        "why": each.error.why,
        "same": each.key,
        "sample": each.sample,
    }


if __name__ == "__main__":
    sys.exit(main())
