"""`make configure`: some questions, with your account's own values to choose.

python -m cli.configure [--environment production] [--set "MaxTasks=6 …"]
"""

import argparse
import os
import re
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from cli.configure.account import Account
from cli.configure.questions import AT_FIRST, EMPTY, PRODUCTION, ask_all
from cli.configure.samconfig import (
    BadSamconfig,
    read_overrides,
    read_section,
    read_upgrade,
    write_overrides,
)
from cli.environment import region_of
from cli.fit.finding import Level
from cli.fit.findings import findings
from cli.parameters import BadParameters, check_together, checked
from local.ctrl_c import INTERRUPTED
from local.transform import source
from paths import ROOT

BRIEF = Config(connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 1})


def main() -> int:
    """Ask, then write; nothing is written before the last answer."""
    parser = argparse.ArgumentParser(prog="make configure", description=__doc__)
    parser.add_argument("--environment", required=True, help="a section of samconfig.toml")
    parser.add_argument("--file", type=Path, default=ROOT / "samconfig.toml")
    parser.add_argument(
        "--set", dest="given", metavar="Name=value", help="write these, ask nothing"
    )
    arguments = parser.parse_args()
    file, environment = arguments.file, arguments.environment
    try:
        if arguments.given is None:
            written = ask(file, environment)
        else:
            given = checked(arguments.given)
            written = _taken_over(file, environment) | given
            check_together(read_upgrade(file, environment).overrides | written)
            write_overrides(file, sections(environment), written)
    except (EOFError, KeyboardInterrupt) as ended:
        print("\nNothing was written.", file=sys.stderr)
        return INTERRUPTED if isinstance(ended, KeyboardInterrupt) else 1
    except (BadParameters, BadSamconfig, BotoCoreError, OSError) as error:
        print(f"{error}. Nothing was written.", file=sys.stderr)
        return 2
    first = [f"{name}={written[name] or '(empty)'}" for name in AT_FIRST if name in written]
    note = f" At first with {' and '.join(first)}." if first and arguments.given is None else ""
    places = " and ".join(f"[{each}]" for each in sections(environment))
    print(
        f"\nWritten into {file.name}, {places}.{note} What isn't given there has its"
        " default (docs/configuration.md).\n"
        f"{nobody_notified(read_overrides(file, environment))}"
        f"Next: make deploy ENVIRONMENT={environment}"
    )
    return 0


def sections(environment: str) -> list[str]:
    """A plain `sam deploy` reads the section default: it must not differ from production."""
    return [environment] + ["default"] * (environment == PRODUCTION)


def nobody_notified(overrides: Mapping[str, str]) -> str:
    """A line where the alerts are on and have neither an address nor Slack; else nothing."""
    on = overrides.get("Alerts", source()["Parameters"]["Alerts"]["Default"]) == "true"
    if not on or overrides.get("AlertEmail") or overrides.get("SlackToken"):
        return ""
    return "Nobody would be notified: set AlertEmail, or SlackToken and SlackChannel.\n"


def _taken_over(file: Path, environment: str) -> dict[str, str]:
    """What an older version called otherwise, said in a line each; under today's names."""
    old, upgrade = read_overrides(file, environment), read_upgrade(file, environment)
    for note in upgrade.notes:
        print(f"{file.name} [{environment}]: {note}.")
    return {name: value for name, value in upgrade.overrides.items() if name not in old}


def ask(file: Path, environment: str) -> dict[str, str]:
    """Ask and write; what was written. Raises BadSamconfig, BotoCoreError, EOFError."""
    section = read_section(file, environment)
    known = read_upgrade(file, environment).overrides
    region = _ask_region(region_of(file, environment, os.environ))
    session = boto3.Session(region_name=region, profile_name=section.get("profile"))

    @cache
    def client(service: str) -> Any:
        name: Any = service  # boto3's type stubs want a literal
        return session.client(name, config=BRIEF)

    print(
        f"What is in [brackets] is taken by Enter; {EMPTY} leaves it empty. Your account in"
        f" {session.region_name} is only read, and nothing is written before the end."
    )
    account = Account(client)
    taken_over = _taken_over(file, environment)
    answers = taken_over | ask_all(
        source()["Parameters"], known, account.suggest, input, print, environment
    )
    answers["EnvironmentName"] = known.get("EnvironmentName") or environment
    check_together(known | answers)
    write_overrides(file, sections(environment), answers, region)
    facts = account.facts(answers["EcsCluster"])
    for each in findings(facts, known | answers) if facts.clusters else ():
        if each.level in (Level.BREAKS, Level.UNFIT):
            print(f"\n{each.level.value}: {each.about} {each.observed}. {each.remedy}")
    return answers


def _ask_region(known: str) -> str:
    """The region of the stack, and of everything that is read."""
    while True:
        answer = input(f"Region of the app, and of this stack\n  [{known or 'needed'}] ").strip()
        if re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d", answer or known):
            return answer or known
        print("  must be the name of a region such as eu-central-1")


if __name__ == "__main__":
    sys.exit(main())
