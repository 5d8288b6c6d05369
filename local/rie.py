"""A built function alone, under Amazon's runtime interface emulator (the one in aws-sam-cli).

Its Python sees what Lambda would show it: the built tree, its layers, awslambdaric and boto3.
"""

import http.client
import json
import os
import platform
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import samcli

from local.ministack import ACCOUNT_ID, CREDENTIALS, REGION, free_port
from local.transform import EVERY_FUNCTION, resolved, source
from paths import ROOT

PYTHON = ROOT / ".venv-runtime" / "bin" / "python"
INVOKE_PATH = "/2015-03-31/functions/function/invocations"
START_TIMEOUT_SECONDS = 20
START_ATTEMPTS = 5


class EmulatorFailed(Exception):
    """The emulator did not start, or died; the message holds its log."""


def program() -> Path:
    """The emulator's program for this machine."""
    machine = {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}[platform.machine()]
    folder = Path(next(iter(samcli.__path__))) / "local" / "rapid"
    return folder / f"aws-lambda-rie-{machine}"


def search_path(build_folder: Path, function: str) -> list[Path]:
    """Where a built function and its layers lie."""
    layers = source()["Resources"][function]["Properties"]["Layers"]
    return [build_folder / function] + [build_folder / each["Ref"] / "python" for each in layers]


def variables(function: str, parameters: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables that the template gives to a function."""
    properties = resolved(EVERY_FUNCTION | dict(parameters or {}))[function]["Properties"]
    declared: dict[str, str] = properties["Environment"]["Variables"]
    return dict(declared)


@dataclass(frozen=True)
class RuntimeEmulator:
    """One handler, ready to be invoked."""

    handler: str
    port: int
    process_id: int
    """Of the emulator; the handler's Python is a child of it, from the first event on."""
    log_file: Path

    @classmethod
    @contextmanager
    def start(
        cls, function: str, build_folder: Path, environment: Mapping[str, str], log_file: Path
    ) -> Iterator["RuntimeEmulator"]:
        """Run a function, by its logical id, until the block ends. Raises EmulatorFailed."""
        properties = resolved(EVERY_FUNCTION)[function]["Properties"]
        lambda_variables = {
            "AWS_LAMBDA_FUNCTION_NAME": properties["FunctionName"],
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(properties["MemorySize"]),
            "AWS_LAMBDA_FUNCTION_TIMEOUT": str(properties["Timeout"]),
        }
        with cls.run(
            properties["Handler"],
            search_path(build_folder, function),
            lambda_variables | dict(environment),
            log_file,
        ) as emulator:
            yield emulator

    @classmethod
    @contextmanager
    def run(
        cls, handler: str, paths: list[Path], environment: Mapping[str, str], log_file: Path
    ) -> Iterator["RuntimeEmulator"]:
        """Run any handler with these folders to import from. Raises EmulatorFailed."""
        lambda_variables = {
            "AWS_REGION": REGION,
            "AWS_ACCOUNT_ID": ACCOUNT_ID,
            "LANG": "en_US.UTF-8",
            "PATH": os.defpath,
            "PYTHONPATH": ":".join(map(str, paths)),
        }
        variables = CREDENTIALS | lambda_variables | dict(environment)
        for attempts_left in reversed(range(START_ATTEMPTS)):
            port = free_port()
            process = _start(handler, port, paths[0], variables, log_file)
            emulator = cls(handler, port, process.pid, log_file)
            try:
                emulator._wait(process)
                break
            except EmulatorFailed:
                _stop(process)
                # Between the choice of a port and its use, a connection of anybody's may take it.
                if not attempts_left or "address already in use" not in emulator.log_text():
                    raise
        try:
            yield emulator
        finally:
            _stop(process)

    def invoke(self, event: Any) -> Any:
        """The function's answer; an error is an object with errorType."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=180)
        try:
            connection.request("POST", INVOKE_PATH, json.dumps(event))
            return json.loads(connection.getresponse().read() or b"null")
        finally:
            connection.close()

    def log_text(self) -> str:
        """What function and emulator have printed."""
        return self.log_file.read_text(errors="replace")

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=1)
            try:
                connection.connect()
            except OSError:
                time.sleep(0.02)
            else:
                return
            finally:
                connection.close()
        raise EmulatorFailed(f"{self.handler} did not start:\n{self.log_text()[-2000:]}")


def _start(
    handler: str, port: int, folder: Path, variables: Mapping[str, str], log_file: Path
) -> subprocess.Popen[bytes]:
    command: list[str | Path] = [
        *(program(), "--runtime-api-address", f"127.0.0.1:{free_port()}"),
        *("--runtime-interface-emulator-address", f"127.0.0.1:{port}"),
        *(PYTHON, "-m", "awslambdaric", handler),
    ]
    with log_file.open("wb") as log:
        return subprocess.Popen(command, env=variables, cwd=folder, stdout=log, stderr=log)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
