"""`make fit`: reads your account with read-only credentials and says what fits, in a minute.

python -m cli.fit --environment production [--region NAME] [--cluster NAME] [--json]
"""

import argparse
import json
import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError
from rich.console import Console
from rich.table import Table

from cli.configure.samconfig import BadSamconfig
from cli.environment import SAMCONFIG, read_target, region_of
from cli.fit.finding import Finding, Level
from cli.fit.findings import findings
from cli.fit.offers import offers
from cli.fit.read import Reader

BRIEF = Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 3})
COLOURS = {
    Level.FITS: "green",
    Level.NOTE: "yellow",
    Level.UNFIT: "red",
    Level.BREAKS: "bold red",
    Level.UNREAD: "magenta",
}


def main() -> int:
    """Read, judge, print; 1 where something breaks or doesn't fit, 2 where nothing was read."""
    parser = argparse.ArgumentParser(prog="make fit", description=__doc__)
    parser.add_argument("--environment", required=True, help="a section of samconfig.toml")
    parser.add_argument("--file", type=Path, default=SAMCONFIG)
    parser.add_argument("--region", default="", help="another than the section's")
    parser.add_argument("--cluster", default="", help="the ECS cluster, if there are several")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    try:
        region = arguments.region or region_of(arguments.file, arguments.environment, os.environ)
        target = read_target(arguments.environment, arguments.file, region)
        session = target.session()
    except (BadSamconfig, BotoCoreError) as error:
        print(error, file=sys.stderr)
        return 2

    @cache
    def client(service: str) -> Any:
        name: Any = service  # boto3's type stubs want a literal
        return session.client(name, config=BRIEF)

    cluster = arguments.cluster or target.overrides.get("EcsCluster", "")
    facts = Reader(client).facts(cluster, arguments.environment)
    offered = offers(facts)
    given = {name: value for name, value in target.overrides.items() if value}
    found = findings(facts, offered | given)
    if arguments.json:
        print(json.dumps({"findings": [_plain(each) for each in found], "offers": offered}))
    else:
        show(found, offered, f"{arguments.environment}, {target.region}")
    if facts.unread and not facts.clusters:
        return 2
    return int(any(each.level in (Level.UNFIT, Level.BREAKS) for each in found))


def _plain(finding: Finding) -> dict[str, str]:
    return {
        "level": finding.level.value,
        "about": finding.about,
        "observed": finding.observed,
        "remedy": finding.remedy,
    }


def show(
    found: list[Finding], offered: dict[str, str], place: str, console: Console | None = None
) -> None:
    """Print what was found, the worst first, and what `make configure` would offer."""
    console = console or Console(emoji=False)
    table = Table("", "about", "found", "do", title=f"Does it fit? {place}", title_justify="left")
    for finding in sorted(found, key=lambda each: list(Level).index(each.level), reverse=True):
        colour = COLOURS[finding.level]
        table.add_row(
            f"[{colour}]{finding.level.value}[/]", finding.about, finding.observed, finding.remedy
        )
    console.print(table)
    if offered:
        console.print("make configure would offer:")
        for name, value in offered.items():
            console.print(f"  {name}={value}", markup=False, highlight=False)
    console.print("Nothing was changed, and no value of a secret was read.")


if __name__ == "__main__":
    sys.exit(main())
