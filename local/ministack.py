"""The local AWS: MiniStack as a process of its own, on a free port, forgotten at the end."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from paths import ROOT

PROGRAM = ROOT / ".venv-emulator" / "bin" / "ministack"
REGION = "eu-west-1"
ACCOUNT_ID = "123456789012"
# What a client of the emulator must have, and nothing of a person's own AWS profiles.
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}
START_TIMEOUT_SECONDS = 60


class EmulatorUnavailable(Exception):
    """MiniStack is not installed, or did not start; the message says what to do."""


@dataclass(frozen=True)
class MiniStack:
    """A running emulator."""

    url: str
    log_file: Path

    @classmethod
    @contextmanager
    def start(cls, *, listen_address: str = "127.0.0.1") -> Iterator["MiniStack"]:
        """Run an empty emulator until the block ends. Raises EmulatorUnavailable."""
        if not PROGRAM.exists():
            raise EmulatorUnavailable(f"{PROGRAM} is missing; make it with: make setup")
        with tempfile.TemporaryDirectory(prefix="jiki-aws-") as folder:
            port = free_port()
            emulator = cls(f"http://127.0.0.1:{port}", Path(folder) / "log")
            process = _run(listen_address, port, Path(folder), emulator.log_file)
            watchdog = _watch(process.pid, folder)
            try:
                emulator._wait(process)
                yield emulator
            finally:
                watchdog.kill()
                watchdog.communicate()
                _stop(process)

    def client(self, service: str, url: str = "") -> Any:
        """A boto3 client of one service of this emulator, or of a stand-in at another URL."""
        name: Any = service  # boto3's type stubs want a literal
        return boto3.client(
            name,
            endpoint_url=url or self.url,
            region_name=REGION,
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            # An invoked function may take as long as its own timeout.
            config=Config(read_timeout=180, retries={"total_max_attempts": 1}),
        )

    def log_text(self) -> str:
        """What the emulator has printed."""
        return self.log_file.read_text(errors="replace")

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise EmulatorUnavailable(
                    f"MiniStack ended with code {process.returncode}:\n{self.log_text()[-2000:]}"
                )
            try:
                with urllib.request.urlopen(f"{self.url}/_ministack/health", timeout=2):  # noqa: S310  # a fixed http URL
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise EmulatorUnavailable(
            f"MiniStack did not answer within {START_TIMEOUT_SECONDS} s:\n{self.log_text()[-2000:]}"
        )


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _run(listen_address: str, port: int, folder: Path, log_file: Path) -> subprocess.Popen[bytes]:
    environment = CREDENTIALS | {
        "PATH": f"{PROGRAM.parent}:{os.defpath}",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "BIND_HOST": listen_address,
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "MINISTACK_ACCOUNT_ID": ACCOUNT_ID,
    }
    with log_file.open("wb") as log:
        # A session of its own: Ctrl-C reaches us alone, and we end it with all its children.
        return subprocess.Popen(
            [PROGRAM], env=environment, stdout=log, stderr=log, cwd=folder, start_new_session=True
        )


# Reads until its standard input ends, which it does when we do, even by SIGKILL.
_WATCHDOG = """
import os, shutil, signal, sys
sys.stdin.read()
os.killpg(int(sys.argv[1]), signal.SIGKILL)
shutil.rmtree(sys.argv[2], ignore_errors=True)
"""


def _watch(group: int, folder: str) -> subprocess.Popen[bytes]:
    """Ends the emulator, its functions and its folder when this process is ended hard."""
    return subprocess.Popen(
        [sys.executable, "-c", _WATCHDOG, str(group), folder],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the emulator with the Lambda processes that it has started."""
    for signal_number, patience_seconds in ((signal.SIGTERM, 5), (signal.SIGKILL, 5)):
        try:
            os.killpg(process.pid, signal_number)
        except ProcessLookupError:
            break
        try:
            process.wait(patience_seconds)
        except subprocess.TimeoutExpired:
            continue
    process.wait()
