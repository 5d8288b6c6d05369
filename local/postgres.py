"""A throw-away PostgreSQL server, reached in verified TLS whatever its build can do.

The machine's own server speaks TLS itself; the one in the wheel cannot, so it listens on a Unix
socket alone, behind local.tls_proxy. Every statement is in the log: tests search it for secrets.
"""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from local.certificates import Authority
from local.postgres_process import (
    connect,
    free_port,
    initialize,
    run_proxy,
    run_server,
    run_standby,
)
from local.postgres_programs import Account, PostgresUnavailable, available_kinds, programs

__all__ = ["MASTER_USER", "PostgresServer", "PostgresUnavailable", "available_kinds"]

MASTER_USER = "jiki"
SETTINGS = {
    # Nothing here outlives the run, so nothing need reach the disk.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "189",  # Aurora Serverless v2 at a maximum of 1 ACU
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_statement": "all",
    "log_line_prefix": "%m [%p] %u@%d ",
}


@dataclass(frozen=True)
class PostgresServer:
    """A running server; `host` and `port` accept TLS alone unless it was started without."""

    kind: str
    host: str
    port: int
    authority: Authority
    superuser_password: str
    folder: Path

    @classmethod
    @contextmanager
    def start(
        cls,
        kind: str | None = None,
        *,
        tls: bool = True,
        listen_address: str = "127.0.0.1",
        settings: Mapping[str, str] | None = None,
        authority: Authority | None = None,
    ) -> Iterator["PostgresServer"]:
        """Run a new, empty server of a kind (the first available one) until the block ends.

        `tls=False` makes a server that offers no TLS, to see it refused; an `authority` is one that
        signs for several servers, as a region's does. Raises
        PostgresUnavailable that says what is missing or why the server did not start.
        """
        account = Account.choose()
        kind, bin_folder = programs(kind, account)
        native_tls = tls and kind == "system"
        with ExitStack() as stack:
            folder = Path(tempfile.mkdtemp(prefix="jiki-pg-", dir="/tmp"))
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            folder.chmod(0o755)
            password = initialize(folder, bin_folder, account, tls=native_tls)
            authority = authority or Authority.create()
            certificate, key = folder / "server.crt", folder / "server.key"
            authority.write_server_files(certificate, key)
            options = SETTINGS | dict(settings or {})
            port = 5432  # with a Unix socket alone, it is no more than a part of a file's name
            options |= {"listen_addresses": "", "unix_socket_directories": str(folder / "run")}
            if native_tls or not tls:
                port = free_port(listen_address)
                options |= {"listen_addresses": listen_address}
            if native_tls:
                account.own(key)
                options |= {"ssl": "on", "ssl_cert_file": str(certificate)}
                options |= {"ssl_key_file": str(key)}
            options["port"] = str(port)
            stack.enter_context(run_server(folder, bin_folder, account, options, password))
            if tls and not native_tls:
                unix_socket = folder / "run" / f".s.PGSQL.{port}"
                port = stack.enter_context(run_proxy(unix_socket, certificate, key, listen_address))
            yield cls(kind, "127.0.0.1", port, authority, password, folder)

    @contextmanager
    def standby(self) -> Iterator[None]:
        """Run it as a standby, as readers are, until the block ends and it with it."""
        with run_standby(self.folder, Account.choose(), self.superuser_password):
            yield

    @property
    def ca_certificate(self) -> str:
        """The CA that signed the server's certificate, as base64 DER."""
        return self.authority.certificate_base64

    @property
    def process_id(self) -> int:
        """The postmaster's process id, to pause or to kill it."""
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    def log_text(self) -> str:
        """All that the server has logged, every statement included."""
        return (self.folder / "log").read_text(errors="replace")

    def connect(self, database: str = "postgres") -> psycopg.Connection[tuple[Any, ...]]:
        """A superuser's connection in autocommit mode, by the Unix socket."""
        unix_socket = next((self.folder / "run").glob(".s.PGSQL.*[0-9]"))
        port = int(unix_socket.suffix[1:])
        return connect(self.folder, port, self.superuser_password, database)

    def create_database(self, name: str, master_password: str) -> None:
        """A new database owned by the master user, who is made if need be.

        Like Aurora's, the master may log in and create roles and databases, and is no superuser.
        """
        master = sql.Identifier(MASTER_USER)
        with self.connect() as connection:
            if not connection.execute(
                "SELECT 1 FROM pg_roles WHERE rolname = %s", (MASTER_USER,)
            ).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} CREATEROLE CREATEDB").format(master))
            connection.execute(sql.SQL("ALTER ROLE {} LOGIN").format(master))
            self.set_password(MASTER_USER, master_password)
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), master)
            )

    def set_password(self, role: str, password: str) -> None:
        """Give a role a password; the server's log holds no more than its SCRAM verifier."""
        with self.connect() as connection:
            connection.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                    sql.Identifier(role), _verifier(connection, password)
                )
            )

    def drop_database(self, name: str) -> None:
        """Drop a database with its sessions, and every role that a test has made."""
        with self.connect() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )
            roles = connection.execute(
                "SELECT rolname FROM pg_roles WHERE NOT rolsuper AND rolname NOT LIKE 'pg\\_%'"
            ).fetchall()
            for (role,) in roles:
                connection.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(role)))
            for (role,) in roles:
                connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


def _verifier(connection: psycopg.Connection[Any], password: str) -> sql.Literal:
    # So that a log which is searched for a leaked password does not hold it from here.
    digest = connection.pgconn.encrypt_password(password.encode(), b"", b"scram-sha-256")
    return sql.Literal(digest.decode())
