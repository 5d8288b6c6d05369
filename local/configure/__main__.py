"""`make configure`: fourteen questions, with your account's own values to choose.

python -m local.configure [--environment production]
"""

import argparse
import sys
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from local.configure.account import Answers, Suggestion, suggestion
from local.configure.questions import AT_FIRST, EMPTY, ask_all
from local.configure.samconfig import BadSamconfig, read_overrides, region, write_overrides
from local.ministack import ROOT
from local.transform import source

BRIEF = Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 2})


def main() -> int:
    """Ask, then write; nothing is written before the last answer."""
    parser = argparse.ArgumentParser(prog="make configure", description=__doc__)
    parser.add_argument("--environment", default="production", help="a section of samconfig.toml")
    parser.add_argument("--file", type=Path, default=ROOT / "samconfig.toml")
    arguments = parser.parse_args()
    # A plain `sam deploy` reads the section default: it must not differ from production.
    sections = [arguments.environment] + ["default"] * (arguments.environment == "production")
    try:
        place = region(arguments.file, arguments.environment)

        @cache
        def client(service: str) -> Any:
            name: Any = service  # boto3's type stubs want a literal
            return boto3.client(name, region_name=place, config=BRIEF)

        def suggest(name: str, answers: Answers) -> Suggestion:
            return suggestion(name, answers, client)

        print(
            f"What is in [brackets] is taken by Enter; {EMPTY} leaves it empty. Your account in"
            f" {place} is only read, and nothing is written before the end."
        )
        known = read_overrides(arguments.file, arguments.environment)
        answers = ask_all(source()["Parameters"], known, suggest, input, print)
        write_overrides(arguments.file, sections, answers)
    except (EOFError, KeyboardInterrupt):
        print("\nNothing was written.", file=sys.stderr)
        return 1
    except BadSamconfig as error:
        print(f"{error}. Nothing was written.", file=sys.stderr)
        return 2
    first = [f"{name}={value or '(empty)'}" for name, value in AT_FIRST.items()]
    print(
        f"\nWritten into {arguments.file.name}, [{'] and ['.join(sections)}]; "
        + (f"at first with {' and '.join(first)}. " if not AT_FIRST.keys() & known else "")
        + "Every other parameter has a default (docs/configuration.md). Next: make deploy"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
