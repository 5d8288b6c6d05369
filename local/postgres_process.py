"""The processes behind a local PostgreSQL server: initdb, the server, the TLS proxy."""

import contextlib
import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from local.postgres_programs import Account, PostgresUnavailable

START_TIMEOUT_SECONDS = 30
# The shell ends the server when our end of its standard input closes, so even a killed test run
# leaves no server behind.
_GUARD = """
exec 3<&0
"$@" 3<&- &
server=$!
(read -r _ <&3; kill -INT $server) &
guard=$!
wait $server
kill $guard
"""


def initialize(folder: Path, bin_folder: Path, account: Account, *, tls: bool) -> str:
    """Make the data folder; the superuser's password. Only TLS gets in from outside if `tls`."""
    for name in ("data", "run"):
        (folder / name).mkdir(mode=0o755)
        account.own(folder / name)
    password = secrets.token_urlsafe(16)
    password_file = folder / "password"
    password_file.touch(mode=0o600)
    password_file.write_text(password)
    account.own(password_file)
    account.run(
        [
            str(bin_folder / "initdb"),
            f"--pgdata={folder / 'data'}",
            f"--pwfile={password_file}",
            *("--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync"),
        ]
    )
    password_file.unlink()
    connection_type = "hostssl" if tls else "host"
    (folder / "data" / "pg_hba.conf").write_text(
        f"local all all scram-sha-256\n{connection_type} all all all scram-sha-256\n"
    )
    return password


@contextmanager
def run_server(
    folder: Path, bin_folder: Path, account: Account, options: Mapping[str, str], password: str
) -> Iterator[None]:
    """Run the server until the block ends. Raises PostgresUnavailable with the log's end."""
    command = [str(bin_folder / "postgres"), "-D", str(folder / "data")]
    command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("w") as log:
        process = account.popen(
            ["sh", "-c", _GUARD, "sh", *command], stdin=subprocess.PIPE, stdout=log, stderr=log
        )
    try:
        _wait_until_ready(folder, int(options["port"]), password, process)
        yield
    finally:
        with contextlib.suppress(OSError, IndexError):
            # A drill may have paused it, and a paused server cannot end.
            pid_file = folder / "data" / "postmaster.pid"
            os.kill(int(pid_file.read_text().split()[0]), signal.SIGCONT)
        assert process.stdin is not None  # noqa: S101  # it was asked for
        process.stdin.close()
        process.wait(START_TIMEOUT_SECONDS)


@contextmanager
def run_standby(folder: Path, account: Account, password: str) -> Iterator[None]:
    """Stop the server of this folder, and run it as it was, but as a standby."""
    data = folder / "data"
    command = shlex.split((data / "postmaster.opts").read_text())
    pid_file = data / "postmaster.pid"
    os.kill(int(pid_file.read_text().split()[0]), signal.SIGINT)
    while pid_file.exists():
        time.sleep(0.05)
    (data / "standby.signal").touch()
    account.own(data / "standby.signal")
    options = dict(part.split("=", 1) for part in command if "=" in part)
    with run_server(folder, Path(command[0]).parent, account, options, password):
        yield


def connect(
    folder: Path, port: int, password: str, database: str
) -> psycopg.Connection[tuple[Any, ...]]:
    """A superuser's connection in autocommit mode, by the Unix socket."""
    return psycopg.connect(
        host=str(folder / "run"),
        port=port,
        user="postgres",
        password=password,
        dbname=database,
        connect_timeout=5,
        autocommit=True,
    )


def _wait_until_ready(
    folder: Path, port: int, password: str, process: "subprocess.Popen[str]"
) -> None:
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            connect(folder, port, password, "postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    lines = (folder / "log").read_text(errors="replace").splitlines()
    raise PostgresUnavailable("PostgreSQL did not start: " + " ".join(lines[-5:]))


@contextmanager
def run_proxy(
    unix_socket: Path, certificate: Path, key: Path, listen_address: str
) -> Iterator[int]:
    """Run local.tls_proxy in front of a server's socket until the block ends; its port."""
    process = subprocess.Popen(
        [
            *(sys.executable, str(Path(__file__).parent / "tls_proxy.py")),
            *(str(unix_socket), str(certificate), str(key), listen_address),
        ],
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        try:
            assert process.stdout is not None  # noqa: S101  # it was asked for
            port = process.stdout.readline().strip()
            if not port:
                raise PostgresUnavailable("the TLS proxy did not start; its error is above")
            yield int(port)
        finally:
            process.terminate()


def free_port(address: str) -> int:
    """A port that nothing listens on now; PostgreSQL can't choose one itself."""
    with socket.socket() as probe:
        probe.bind((address, 0))
        port: int = probe.getsockname()[1]
    return port
