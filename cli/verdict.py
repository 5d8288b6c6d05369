"""Asks the deployed stack for a verdict, prints its table, exits 0 for a pass and 2 without one.

For a terminal; a pipeline needs no Python: see docs/probes.md.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from cli.configure.samconfig import BadSamconfig
from cli.environment import read_target
from probe_deployment.suites import SUITES

# Longer than the function's own timeout (template.yaml), and asked once: a retry would run twice.
PATIENCE = Config(read_timeout=730, retries={"total_max_attempts": 1})


def main() -> int:
    """Parse the arguments, ask, print."""
    parser = argparse.ArgumentParser(prog="make probe", description=__doc__)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--environment", help="a section of samconfig.toml")
    which.add_argument("--stack", help="name of the deployed stack, in your shell's region")
    parser.add_argument("--suite", default="deployment", choices=sorted(SUITES))
    parser.add_argument("--report", action="store_true", help="notify people as well")
    arguments = parser.parse_args()
    request = {"suite": arguments.suite, "report": arguments.report}
    if arguments.stack:
        return show(boto3.Session(), arguments.stack, request)
    try:
        target = read_target(arguments.environment)
    except BadSamconfig as error:
        print(error, file=sys.stderr)
        return 2
    return show(target.session(), target.stack, request)


def show(session: boto3.Session, stack: str, request: dict[str, Any]) -> int:
    """Ask and print; 0 for a pass, 1 for another verdict, 2 without one."""
    try:
        verdict = ask(stack, request, session)
    except (BotoCoreError, ClientError, RuntimeError) as error:
        print(f"No verdict: {error}", file=sys.stderr)
        return 2
    print(as_text(verdict))
    return 0 if verdict["status"] in ("pass", "pass_so_far") else 1


def as_text(verdict: Mapping[str, Any]) -> str:
    """The verdict's table, and below it how it stands in one line."""
    return f"{verdict['table']}\n\n{verdict['status'].upper()}: {verdict['summary']}"


def ask(stack: str, request: dict[str, Any], session: boto3.Session | None = None) -> Any:
    """The verdict of the stack's function. Raises RuntimeError where it failed itself."""
    session = session or boto3.Session()
    response = session.client("lambda", config=PATIENCE).invoke(
        FunctionName=function_name(stack, session),
        Payload=json.dumps(request),
    )
    answer = json.loads(response["Payload"].read())
    if "FunctionError" in response:
        raise RuntimeError(f"{answer.get('errorType')}: {answer.get('errorMessage')}")
    return answer


def function_name(stack: str, session: boto3.Session | None = None) -> str:
    """The stack's function that gives verdicts. Raises ClientError without stack or credentials."""
    cloudformation = (session or boto3.Session()).client("cloudformation")
    resource = cloudformation.describe_stack_resource(
        StackName=stack, LogicalResourceId="ProbeDeployment"
    )
    return str(resource["StackResourceDetail"]["PhysicalResourceId"])


if __name__ == "__main__":
    sys.exit(main())
