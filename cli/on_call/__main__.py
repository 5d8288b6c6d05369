"""`make status`, `make incidents`, `make ack`, `make close`, `make silence`, `make hold` …

python -m cli.on_call --environment production [--json] WORD …, as `/ops WORD …` in Slack.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from botocore.exceptions import BotoCoreError, ClientError
from rich import box
from rich.console import Console
from rich.table import Table

from cli.configure.samconfig import BadSamconfig
from cli.environment import read_target
from cli.on_call.desk import Desk
from ops_common.on_call.board import Board
from ops_common.on_call.commands import BadCommand, Question, parse
from ops_common.on_call.operator_action import OperatorAction
from ops_common.on_call.replies import Section, answer
from ops_common.on_call.resolve import CannotBe
from ops_common.ops_events import EventNotPublished


def main() -> int:
    """Parse the arguments, do it, print what was answered or done."""
    parser = argparse.ArgumentParser(prog="make", description=__doc__)
    parser.add_argument("--environment", required=True)
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("words", nargs="*")
    arguments = parser.parse_args()
    try:
        done = run(arguments.environment, arguments.words)
    except (BadCommand, CannotBe, BadSamconfig) as error:
        print(error, file=sys.stderr)
        return 2
    except (BotoCoreError, ClientError, EventNotPublished, LookupError) as error:
        print(f"AWS did not do it: {error}", file=sys.stderr)
        return 2
    if arguments.json:
        values = [asdict(one) for one in done] if isinstance(done, tuple) else asdict(done)
        print(json.dumps(values, default=datetime.isoformat))
    elif isinstance(done, tuple):
        show(done, Console())
    else:
        print(recorded(done))
    return 0


def run(environment: str, words: Sequence[str]) -> tuple[Section, ...] | OperatorAction:
    """What the words are answered, or what they did; help needs no account."""
    if not words or words[0] == Question.HELP:
        return answer(Question.HELP, "", Board())
    now = datetime.now().astimezone()
    parse(words, now)  # a typing error is said before AWS is asked for anything
    return Desk.at(read_target(environment)).run(words, now)


def recorded(action: OperatorAction) -> str:
    """What is printed of an action: it is on its way, and what comes of it is a message."""
    return f"Recorded: {action.title}"


def show(sections: Sequence[Section], console: Console) -> None:
    """Print the sections as tables, with times in this machine's zone."""
    for section in sections:
        table = Table("", "", "", box=box.SIMPLE, show_header=False, title=section.heading)
        table.title_justify = "left"
        for row in section.rows:
            at = f"{row.at.astimezone():%Y-%m-%d %H:%M}" if row.at else ""
            table.add_row(row.about, row.text, at)
        if not section.rows:
            table.add_row("", section.empty, "")
        console.print(table)


if __name__ == "__main__":
    sys.exit(main())
