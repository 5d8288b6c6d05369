"""`make rehearse` and `make secret`: what a rotation would do, and the secret's versions.

Asks the deployed rotate_password, which changes nothing for it and shows no value.
"""

import argparse
import json
import sys
from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from rich import box
from rich.console import Console
from rich.table import Table

from cli.configure.samconfig import BadSamconfig
from cli.environment import read_target

# A paused database takes a minute to answer; asked once, for a retry would log in twice.
PATIENCE = Config(read_timeout=300, retries={"total_max_attempts": 1})
SIGNS = {"ok": "✔", "note": "•", "stop": "✘"}


def main() -> int:
    """Parse the arguments, ask, print; 0: a rotation may begin, 1: it may not, 2: no answer."""
    parser = argparse.ArgumentParser(prog="make", description=__doc__)
    parser.add_argument("--environment", required=True, help="a section of samconfig.toml")
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("step", choices=SHOWN)
    arguments = parser.parse_args()
    try:
        target = read_target(arguments.environment)
        secret = target.parameter("ConfigSecretId")
        answer = ask(target.session(), target.stack, secret, arguments.step)
    except BadSamconfig as error:
        print(error, file=sys.stderr)
        return 2
    except (BotoCoreError, ClientError, RuntimeError) as error:
        print(f"No answer: {error}", file=sys.stderr)
        return 2
    if arguments.json:
        print(json.dumps(answer, indent=2))
    else:
        SHOWN[arguments.step](answer, Console())
    return exit_code(answer)


def exit_code(answer: dict[str, Any]) -> int:
    """1 where a rehearsal has found what stops a rotation, or would be broken by it; else 0."""
    return 0 if answer.get("mayRotate", True) else 1


def ask(session: boto3.Session, stack: str, secret: str, step: str) -> dict[str, Any]:
    """The answer of the stack's function. Raises RuntimeError where it failed itself."""
    resource = session.client("cloudformation").describe_stack_resource(
        StackName=stack, LogicalResourceId="RotatePassword"
    )
    response = session.client("lambda", config=PATIENCE).invoke(
        FunctionName=resource["StackResourceDetail"]["PhysicalResourceId"],
        Payload=json.dumps({"Step": step, "SecretId": secret}),
    )
    answer: dict[str, Any] = json.loads(response["Payload"].read())
    if "FunctionError" in response:
        raise RuntimeError(str(answer.get("errorMessage")))
    return answer


def show_rehearsal(answer: dict[str, Any], console: Console) -> None:
    """A row a finding; what stops comes with what to do."""
    table = Table("", "Check", "Found", "Do", box=box.SIMPLE)
    for each in answer["findings"]:
        table.add_row(SIGNS[each["level"]], each["check"], each["observed"], each["remedy"])
    console.print(table)
    may = answer["mayRotate"]
    console.print("A rotation may begin." if may else "A rotation would be stopped, or break this.")


def show_timeline(answer: dict[str, Any], console: Console) -> None:
    """A row a version, the newest first."""
    table = Table("Made", "Version", "Labels", "User", "Database", box=box.SIMPLE)
    for each in answer["versions"]:
        labels = " ".join(sorted(each["labels"]))
        made = each["made"][:16].replace("T", " ")
        table.add_row(made, each["version"], labels, each["user"], each["database"])
    console.print(table)


SHOWN: dict[str, Callable[[dict[str, Any], Console], None]] = {
    "rehearse": show_rehearsal,
    "timeline": show_timeline,
}


if __name__ == "__main__":
    sys.exit(main())
