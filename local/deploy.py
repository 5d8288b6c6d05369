"""`sam build` and `sam deploy` of the real template, into the emulator."""

import fcntl
import os
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local import http_server
from local.endpoints import with_endpoints
from local.ministack import CREDENTIALS, REGION, MiniStack
from local.precompile import precompile
from paths import ROOT

SAM = Path(sys.executable).with_name("sam")
STACK_NAME = "jiki-ops-local"


class DeployFailed(Exception):
    """A SAM command ended with an error; the message holds what it printed."""


def build(folder: Path) -> None:
    """Build functions and layers into a folder of one's own. Raises DeployFailed.

    The cache of dependencies is shared, so one build waits for another. sam writes a build.toml
    beside the folder; so it must not lie in the folder that all runs share.
    """
    if folder.resolve().parent == Path(tempfile.gettempdir()).resolve():
        raise ValueError(f"{folder} lies in the shared temporary folder: build into one below it")
    lock = ROOT / ".aws-sam" / "lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        _sam("build", {}, "--config-env", "local", "--build-dir", str(folder))
    precompile(folder)


def deploy(
    emulator: MiniStack,
    folder: Path,
    parameters: Mapping[str, str],
    *,
    stack_name: str = STACK_NAME,
    template: str = "template.yaml",
    endpoints: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Deploy what was built into a folder; the stack's outputs. Raises DeployFailed.

    `template` is another one of that folder, `endpoints` the stand-ins' addresses by variable.
    """
    file = with_endpoints(folder / template, endpoints or {})
    overrides = [f'{name}="{value}"' for name, value in parameters.items()]
    try:
        _deploy(emulator, file, overrides, stack_name)
    except DeployFailed as error:
        raise DeployFailed(f"{error}\n{_failed_resources(emulator, stack_name)}") from None
    return outputs(emulator, stack_name)


def _deploy(emulator: MiniStack, template: Path, overrides: list[str], stack_name: str) -> None:
    _sam(
        "deploy",
        {"AWS_ENDPOINT_URL": emulator.url},
        *("--template-file", str(template)),
        *("--config-file", str(ROOT / "samconfig.toml"), "--config-env", "local"),
        *("--stack-name", stack_name, "--no-progressbar"),
        *("--parameter-overrides", *overrides),
    )


def delete(emulator: MiniStack, *, stack_name: str = STACK_NAME) -> None:
    """`sam delete` of a stack. Raises DeployFailed."""
    with http_server.serve(lambda request: _with_termination_protection(emulator, request)) as port:
        _sam(
            "delete",
            {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"},
            *("--stack-name", stack_name, "--region", REGION, "--no-prompts"),
        )


def _with_termination_protection(
    emulator: MiniStack, request: http_server.Request
) -> http_server.Response:
    """The emulator's answer; where it describes a stack, with the one field that it leaves out.

    `sam delete` asks for EnableTerminationProtection first, and breaks off without it.
    """
    headers = {
        name: value
        for name, value in request.headers.items()
        if name not in ("content-length", "connection")
    }
    forwarded = urllib.request.Request(  # noqa: S310  # a fixed http URL
        emulator.url + request.target,
        data=request.body or None,
        method=request.method,
        headers=headers,
    )
    try:
        answer = urllib.request.urlopen(forwarded, timeout=60)  # noqa: S310  # as above
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        field = b"<EnableTerminationProtection>false</EnableTerminationProtection>"
        body = answer.read().replace(b"<StackStatus>", field + b"<StackStatus>")
        kind = answer.headers.get("Content-Type", "text/xml")
        return http_server.Response(answer.status, body, {"Content-Type": kind})


def outputs(emulator: MiniStack, stack_name: str = STACK_NAME) -> dict[str, str]:
    """The outputs of a deployed stack."""
    stack: dict[str, Any] = emulator.client("cloudformation").describe_stacks(StackName=stack_name)[
        "Stacks"
    ][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def _failed_resources(emulator: MiniStack, stack_name: str) -> str:
    """What CloudFormation says of the resources that it could not make."""
    stack = emulator.client("cloudformation")
    try:
        events = stack.describe_stack_events(StackName=stack_name)["StackEvents"]
    except stack.exceptions.ClientError:
        return ""
    return "\n".join(
        f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason')}"
        for event in events
        if event["ResourceStatus"].endswith("FAILED")
    )


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """Variables of a SAM command: this machine's PATH, no credentials but the emulator's."""
    return {
        **CREDENTIALS,
        "PATH": f"{SAM.parent}:{os.environ.get('PATH', os.defpath)}",
        "HOME": os.environ.get("HOME", "/"),
        "SAM_CLI_TELEMETRY": "0",
        # How often a deployment is asked for its state; the emulator needs no patience.
        "SAM_CLI_POLL_DELAY": "0.2",
        **more,
    }


def _sam(command: str, more: Mapping[str, str], *arguments: str) -> None:
    result = subprocess.run(
        [SAM, command, *arguments],
        cwd=ROOT,
        env=environment(more),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if result.returncode:
        printed = result.stdout + result.stderr
        offline = "Could not satisfy the requirement" in printed
        raise DeployFailed(
            f"sam {command} ended with code {result.returncode}:\n{printed}"
            + ("A layer's libraries could not be had: is PyPI reachable?" if offline else "")
        )
