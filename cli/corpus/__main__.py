"""`make corpus FOLDER=…`: real inputs through the product, right, wrong and not covered."""

import argparse
import json
import logging
import os
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path

os.environ.setdefault("POWERTOOLS_SERVICE_NAME", "corpus")
os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "JikiOps")
from cli.corpus.run import NoCorpus, judge  # the logger reads these at import
from cli.corpus.verdicts import Status, Verdict


def table(verdicts: list[Verdict]) -> str:
    """A line for each folder, and one for each input that is wrong."""
    counts: dict[str, Counter[Status]] = {}
    for verdict in verdicts:
        counts.setdefault(verdict.folder, Counter())[verdict.status] += 1
    width = max(len(folder) for folder in counts)
    lines = []
    for folder, counted in counts.items():
        figures = "  ".join(f"{counted[status]:4} {status}" for status in Status)
        lines.append(f"{folder:{width}}  {figures}")
        lines += [
            f"  {each.status}: {each.name}: {each.why}"
            for each in verdicts
            if each.folder == folder and each.status is not Status.RIGHT
        ]
    return "\n".join(lines)


def main() -> int:
    """Print the verdicts; 1 while anything is wrong, 2 where there is nothing to judge."""
    parser = argparse.ArgumentParser(prog="make corpus", description=__doc__)
    parser.add_argument("folder", type=Path, help="a corpus, or one of its folders")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    try:
        verdicts = judge(given.folder)
    except (NoCorpus, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    if given.format == "json":
        print(json.dumps([asdict(verdict) for verdict in verdicts], indent=1))
    else:
        print(table(verdicts))
    return 1 if any(verdict.status is Status.WRONG for verdict in verdicts) else 0


if __name__ == "__main__":
    sys.exit(main())
