"""A real server's ways to refuse a connection, told apart; none names the password."""

import socket
import threading
from collections.abc import Callable, Iterator
from copy import replace
from typing import Any

import pytest

from local.certificates import Authority
from local.lambda_endpoint import Context
from local.postgres import PostgresServer
from ops_common.database_cause import DatabaseCause as Cause
from ops_common.query_database import (
    DatabaseRefused,
    DatabaseTimeout,
    DatabaseUnreachable,
)
from query_database.app import handler
from query_database.connection import connect
from query_database.settings import Settings
from tests.conftest import Database

type Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def ask(database: Database, lambda_context: Context) -> Ask:
    """Asks check_login with the master's login, changed in part; the error, or all."""

    def ask(**change: Any) -> dict[str, Any]:
        login = database.login.as_json() | change
        answer = handler({"request": "check_login", "login": login}, lambda_context)
        assert str(login["password"]) not in str(answer)
        return answer.get("error") or answer

    return ask


@pytest.fixture
def settings(database: Database) -> Settings:
    return Settings(2, 1, iam_login=False, ca_certificate=database.server.ca_certificate)


@pytest.fixture(scope="module")
def small_server() -> Iterator[PostgresServer]:
    """Has one connection for those who are no superusers."""
    settings = {"max_connections": "4", "superuser_reserved_connections": "3"}
    with PostgresServer.start(settings=settings, listen_address="0.0.0.0") as server:
        server.create_database("jiki", "temporary-change-me-immediately")
        yield server


@pytest.mark.every_postgres
def test_a_login_is_made_in_verified_tls(ask: Ask) -> None:
    answer = ask()["answer"]

    assert (answer["session_user"], answer["current_user"]) == ("jiki", "jiki")


@pytest.mark.every_postgres
@pytest.mark.parametrize(
    ("change", "kind", "cause", "sqlstate"),
    [
        ({"password": "wr0ng-Password"}, "login_refused", Cause.PASSWORD, "28P01"),
        ({"user": "ghost"}, "login_refused", Cause.PASSWORD, "28P01"),
        ({"name": "nowhere"}, "refused", Cause.NO_DATABASE, "3D000"),
        ({"port": 1}, "unreachable", Cause.NOTHING_LISTENS, ""),
        ({"host": "nowhere.invalid"}, "unreachable", Cause.UNKNOWN_HOST, ""),
    ],
)
def test_each_refusal_has_its_kind_and_cause_and_names_the_server(
    change: dict[str, Any], kind: str, cause: Cause, sqlstate: str, ask: Ask, database: Database
) -> None:
    error = ask(**change)

    where = (
        f"{change.get('host', database.address.host)}:{change.get('port', database.address.port)}"
    )
    assert error.pop("message").startswith(f"{where} ")
    assert error == {"kind": kind, "cause": cause, "sqlstate": sqlstate, "field": ""}


@pytest.mark.every_postgres
def test_a_role_that_may_not_log_in_is_refused(ask: Ask, database: Database) -> None:
    database.admin.execute("ALTER ROLE jiki NOLOGIN")

    assert ask()["kind"] == "login_disabled"


@pytest.mark.every_postgres
def test_a_role_without_a_connection_left_is_no_refused_login(ask: Ask, database: Database) -> None:
    database.admin.execute("ALTER ROLE jiki CONNECTION LIMIT 0")

    error = ask()

    assert (error["kind"], error["cause"]) == ("unreachable", Cause.NO_CONNECTION_LEFT)


def test_a_server_of_another_ca_is_refused(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    stranger = Authority.create().certificate_base64
    monkeypatch.setenv("DATABASE_CA_CERTIFICATE", stranger)

    error = ask()

    assert (error["kind"], error["cause"]) == ("unreachable", Cause.UNKNOWN_CA)


def test_a_server_of_amazon_rds_is_expected_where_nothing_is_set(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_CA_CERTIFICATE")

    assert ask()["cause"] is Cause.UNKNOWN_CA


def test_a_certificate_of_another_host_is_refused(
    ask: Ask, small_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_CA_CERTIFICATE", small_server.ca_certificate)

    error = ask(host="127.0.0.2", port=small_server.port)

    assert (error["kind"], error["cause"]) == ("unreachable", Cause.OTHER_HOST)


def test_a_server_without_tls_is_refused(ask: Ask) -> None:
    with PostgresServer.start(tls=False) as server:
        error = ask(host=server.host, port=server.port)

    assert (error["kind"], error["cause"]) == ("unreachable", Cause.NO_TLS)


def test_a_full_server_says_so(
    ask: Ask, small_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_CA_CERTIFICATE", small_server.ca_certificate)

    with small_server.connect():
        error = ask(port=small_server.port, name="jiki")

    assert (error["kind"], error["cause"]) == ("unreachable", Cause.NO_CONNECTION_LEFT)


def test_a_silent_server_is_given_up_after_the_timeout(
    database: Database, settings: Settings
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        login = replace(database.login, address=replace(database.address, port=port))

        with pytest.raises(DatabaseUnreachable) as caught:
            connect(login, settings).__enter__()

        assert caught.value.cause is Cause.NO_ANSWER


@pytest.mark.every_postgres
def test_a_server_of_mysql_is_known_by_its_greeting(ask: Ask) -> None:
    # GIVEN a server that speaks first (MySQL Internals, "Protocol::HandshakeV10")
    greeting = b"J\x00\x00\x00\x0a8.0.36\x00" + bytes(64)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            client, _ = server.accept()
            with client:
                client.sendall(greeting)
                client.recv(100)

        greeter = threading.Thread(target=greet)
        greeter.start()
        error = ask(port=server.getsockname()[1])
        greeter.join()

    assert (error["kind"], error["cause"]) == ("unreachable", Cause.NOT_POSTGRESQL)


def test_a_long_statement_is_cut_off(database: Database, settings: Settings) -> None:
    with (
        pytest.raises(DatabaseTimeout),
        connect(database.login, settings) as connection,
    ):
        connection.execute("SELECT pg_sleep(30)")


@pytest.mark.every_postgres
def test_a_lost_connection_is_no_refusal(database: Database, settings: Settings) -> None:
    with (
        pytest.raises(DatabaseUnreachable) as caught,
        connect(database.login, settings) as connection,
    ):
        connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    assert caught.value.cause is Cause.CLOSED


@pytest.mark.every_postgres
def test_an_error_of_the_server_carries_its_code_and_not_its_detail(
    database: Database, settings: Settings
) -> None:
    with (
        pytest.raises(DatabaseRefused) as caught,
        connect(database.login, settings) as connection,
    ):
        connection.execute(
            "CREATE TEMPORARY TABLE t (x text UNIQUE); INSERT INTO t VALUES ('marker'), ('marker')"
        )

    assert caught.value.sqlstate == "23505"
    assert "marker" not in str(caught.value)
