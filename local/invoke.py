"""`make invoke`: a function in Lambda's container image (`sam local invoke`), among the stand-ins.

The variables are those of the deployed function; addresses of this machine become the name by
which a container reaches it.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local.deploy import SAM, DeployFailed, environment
from local.events import event_file
from local.ministack import EmulatorUnavailable
from local.moto_aws import SECRET
from local.postgres import PostgresUnavailable
from local.slack.requests import resigned
from local.start_world import start_world
from local.transform import source
from local.world import World
from paths import ROOT

HOST = "host.docker.internal"
IMAGE = "public.ecr.aws/lambda/python:3.13-x86_64"
TIMEOUT_SECONDS = 300


class ContainerFailed(Exception):
    """`sam local invoke` ended with an error; the message holds what it printed."""


def missing_engine() -> str:
    """Why no container can be run here; empty if one can."""
    try:
        result = _docker("version", "--format", "{{.Server.Version}}")
    except (OSError, subprocess.TimeoutExpired):
        return "no container engine: there is no program docker that answers"
    if result.returncode:
        return f"no container engine: {result.stderr.strip() or 'docker has no server'}"
    return ""


def invoke(world: World, function: str, event: Any) -> Any:
    """The answer of a function, by its logical id, in a container. Raises ContainerFailed."""
    name = world.outputs[f"{function}Function"]
    deployed = world.client("lambda").get_function_configuration(FunctionName=name)
    with tempfile.TemporaryDirectory(prefix="jiki-invoke-") as folder:
        event_file, variables_file = Path(folder) / "event.json", Path(folder) / "env.json"
        event_file.write_text(json.dumps(event))
        variables = {
            key: str(value).replace("127.0.0.1", HOST).replace("localhost", HOST)
            for key, value in deployed["Environment"]["Variables"].items()
        }
        variables_file.write_text(json.dumps({function: variables}))
        command: list[str | Path] = [
            *(SAM, "local", "invoke", function),
            *("--template-file", world.build_folder / "template.yaml"),
            *("--event", event_file, "--env-vars", variables_file),
            *("--add-host", f"{HOST}:host-gateway"),
        ]
        if _docker("image", "inspect", IMAGE).returncode == 0:
            command.append("--skip-pull-image")
        result = subprocess.run(
            command,
            cwd=ROOT,
            env=environment({}),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    lines = result.stdout.strip().splitlines()
    if result.returncode or not lines:
        raise ContainerFailed(f"{function}: {result.stdout}{result.stderr}")
    _say(result.stderr)
    return json.loads(lines[-1])


def at_home(world: World, event: Any) -> Any:
    """The event with the secret and the database of this world in it, and signed by its Slack."""
    if "SecretId" in event:
        # As Secrets Manager leaves it before the first step.
        token = event.get("ClientRequestToken")
        secrets = world.client("secretsmanager")
        described = secrets.describe_secret(SecretId=SECRET)
        if token and token not in described["VersionIdsToStages"]:
            secrets.put_secret_value(
                SecretId=SECRET, ClientRequestToken=token, VersionStages=["AWSPENDING"]
            )
        return {**event, "SecretId": described["ARN"]}
    if "x-slack-signature" in event.get("headers", {}):
        return resigned(event, datetime.now(UTC))
    if "login" in event:
        return {**event, "login": {**world.login().as_json(), "host": HOST}}
    return event


def main() -> int:
    """Run one function with one event and print its answer."""
    parser = argparse.ArgumentParser(prog="make invoke", description=__doc__)
    resources = source()["Resources"].items()
    functions = [key for key, value in resources if value["Type"] == "AWS::Serverless::Function"]
    parser.add_argument("function", choices=functions)
    parser.add_argument("event", type=event_file, help="a file of events/")
    given = parser.parse_args()
    if reason := missing_engine():
        _say(reason)
        return 2
    try:
        with start_world(_say, listen_address="0.0.0.0") as world:
            answer = invoke(world, given.function, at_home(world, given.event))
    except (ContainerFailed, DeployFailed, EmulatorUnavailable, PostgresUnavailable) as error:
        _say(str(error))
        return 2
    print(json.dumps(answer, indent=2))
    return 1 if isinstance(answer, dict) and "errorType" in answer else 0


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _docker(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["docker", *arguments],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=20,
        check=False,
    )


if __name__ == "__main__":
    raise SystemExit(main())
