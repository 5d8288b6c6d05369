"""PgBouncer before a local PostgreSQL server, as many teams have one; Debian's package."""

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.postgres import PostgresServer
from local.postgres_process import free_port
from local.postgres_programs import Account

START_TIMEOUT_SECONDS = 10


def available() -> bool:
    """Whether this machine has the program (Debian's package `pgbouncer`)."""
    return _program() is not None


@contextmanager
def run_pgbouncer(server: PostgresServer, pool_mode: str = "transaction") -> Iterator[int]:
    """The port of a pooler with TLS, which knows the server's users by its auth_query."""
    program, account = _program(), Account.choose()
    assert program is not None  # noqa: S101  # see `available`
    folder = server.folder / f"pgbouncer-{pool_mode}"
    folder.mkdir(exist_ok=True)
    account.own(folder)
    certificate, key = folder / "server.crt", folder / "server.key"
    server.authority.write_server_files(certificate, key)
    users = folder / "users.txt"
    users.write_text(f'"postgres" "{server.superuser_password}"\n')
    port = free_port("127.0.0.1")
    socket_folder = server.folder / "run"
    configuration = folder / "pgbouncer.ini"
    configuration.write_text(
        f"""[databases]
* = host={socket_folder} port={_socket_port(socket_folder)} auth_user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {users}
pool_mode = {pool_mode}
client_tls_sslmode = require
client_tls_key_file = {key}
client_tls_cert_file = {certificate}
server_login_retry = 1
"""
    )
    for file in (certificate, key, users, configuration):
        account.own(file)
    process = account.popen(
        [program, str(configuration)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _program() -> str | None:
    return shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:/usr/local/bin")


def _socket_port(folder: Path) -> int:
    return int(next(folder.glob(".s.PGSQL.*[0-9]")).suffix[1:])


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise TimeoutError("PgBouncer did not start")
