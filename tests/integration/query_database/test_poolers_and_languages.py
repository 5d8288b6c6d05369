"""Servers that say it otherwise: in German and French, or with a pooler in front of one."""

import subprocess
from collections.abc import Callable, Iterator
from copy import replace
from typing import Any

import psycopg
import pytest

from local.lambda_endpoint import Context
from local.pgbouncer import available, run_pgbouncer
from local.postgres import PostgresServer, available_kinds
from local.rds_proxy import run_rds_proxy
from ops_common.database_cause import DatabaseCause as Cause
from ops_common.query_database import DatabaseAddress, Login
from query_database.app import handler

PASSWORD, NEW = "first-Marker-Passw0rd", "n3w-Marker-Passw0rd"
WORDS = {"de_DE.UTF-8": "SCHWERWIEGEND", "fr_FR.UTF-8": "FATAL"}

type Ask = Callable[..., dict[str, Any]]

pytestmark = pytest.mark.skipif(
    "system" not in available_kinds(), reason="needs the system's PostgreSQL, with its languages"
)


def _languages() -> list[str]:
    known = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=True).stdout
    return [name for name in WORDS if name.replace("UTF-8", "utf8") in known.split()]


@pytest.fixture(scope="module", params=WORDS)
def foreign(request: pytest.FixtureRequest) -> Iterator[PostgresServer]:
    if request.param not in _languages():
        pytest.skip(f"no locale {request.param} here (.ci/run makes it)")
    settings = {"lc_messages": request.param, "max_connections": "12"}
    with PostgresServer.start("system", settings=settings) as server:
        yield server


@pytest.fixture(scope="module")
def pooled() -> Iterator[tuple[PostgresServer, int]]:
    if not available():
        pytest.skip("no PgBouncer here (Debian's package pgbouncer)")
    with PostgresServer.start("system") as server, run_pgbouncer(server) as port:
        yield server, port


@pytest.fixture(scope="module")
def proxied() -> Iterator[tuple[PostgresServer, int]]:
    with PostgresServer.start("system") as server, run_rds_proxy(server) as port:
        yield server, port


@pytest.fixture
def ask(lambda_context: Context, monkeypatch: pytest.MonkeyPatch) -> Ask:
    def ask(
        server: PostgresServer, login: Login, request: str = "check_login", **fields: Any
    ) -> Any:
        monkeypatch.setenv("DATABASE_CA_CERTIFICATE", server.ca_certificate)
        answer = handler({"request": request, "login": login.as_json(), **fields}, lambda_context)
        return answer.get("error") or answer["answer"]

    return ask


def prepare(server: PostgresServer, port: int) -> Login:
    server.drop_database("jiki")
    server.create_database("jiki", PASSWORD)
    return Login(DatabaseAddress(server.host, port, "jiki"), "jiki", PASSWORD)


def no_change(server: PostgresServer) -> None:
    pass


def nologin(server: PostgresServer) -> None:
    with server.connect() as admin:
        admin.execute("ALTER ROLE jiki NOLOGIN")


def no_connection_left(server: PostgresServer) -> None:
    with server.connect() as admin:
        admin.execute("ALTER ROLE jiki CONNECTION LIMIT 0")


def no_right_to_connect(server: PostgresServer) -> None:
    with server.connect() as admin:
        admin.execute("REVOKE CONNECT ON DATABASE jiki FROM PUBLIC, jiki")
        admin.execute("ALTER DATABASE jiki OWNER TO postgres")


@pytest.mark.parametrize(
    ("change", "other", "kind", "cause"),
    [
        (no_change, {"password": "wr0ng-Password"}, "login_refused", Cause.PASSWORD),
        (nologin, {}, "login_disabled", Cause.NOLOGIN),
        (no_connection_left, {}, "unreachable", Cause.NO_CONNECTION_LEFT),
        (no_right_to_connect, {}, "refused", Cause.NOT_GRANTED),
    ],
)
def test_a_refusal_means_the_same_in_every_language(
    change: Callable[[PostgresServer], None],
    other: dict[str, Any],
    kind: str,
    cause: Cause,
    foreign: PostgresServer,
    ask: Ask,
) -> None:
    login = prepare(foreign, foreign.port)
    change(foreign)

    error = ask(foreign, replace(login, **other))

    assert (error["kind"], error["cause"]) == (kind, cause)


def test_the_server_really_spoke_another_language(foreign: PostgresServer, ask: Ask) -> None:
    login = prepare(foreign, foreign.port)
    ask(foreign, replace(login, password="wr0ng-Password"))

    assert 'password authentication failed for user "jiki"' not in foreign.log_text()


def test_a_missing_database_is_known_in_every_language(foreign: PostgresServer, ask: Ask) -> None:
    login = prepare(foreign, foreign.port)

    error = ask(foreign, replace(login, address=replace(login.address, name="nowhere")))

    assert (error["kind"], error["cause"]) == ("refused", Cause.NO_DATABASE)


def test_a_password_is_refused_and_changed_through_a_pooler(
    pooled: tuple[PostgresServer, int], ask: Ask
) -> None:
    server, port = pooled
    login = prepare(server, port)

    # GIVEN a wrong password, which PgBouncer refuses in its own words
    refused = ask(server, replace(login, password="wr0ng-Password"))
    assert (refused["kind"], refused["cause"]) == ("login_refused", Cause.POOLER_PASSWORD)

    # WHEN the right one is used to set another
    assert ask(server, login)["session_user"] == "jiki"
    assert ask(server, login, "set_password", user="jiki", new_password=NEW) == {"user": "jiki"}

    # THEN the new one is accepted, and the server has seen none of them
    assert ask(server, replace(login, password=NEW))["session_user"] == "jiki"
    assert ask(server, login)["kind"] == "login_refused"
    assert NEW not in server.log_text()


def test_nothing_is_left_in_a_pooled_session(pooled: tuple[PostgresServer, int], ask: Ask) -> None:
    """A session that the app gets after us has the app's own time limit and role."""
    server, port = pooled
    login = prepare(server, port)
    with server.connect() as admin:
        admin.execute("CREATE ROLE jiki_owner; GRANT jiki_owner TO jiki")
        admin.execute("ALTER ROLE jiki SET role TO jiki_owner")
        admin.execute("ALTER ROLE jiki SET statement_timeout TO '77s'")
    ask(server, login, "set_password", user="jiki", new_password=PASSWORD)

    with psycopg.connect(
        host=server.host,
        port=port,
        dbname="jiki",
        user="jiki",
        password=PASSWORD,
        sslmode="require",
        prepare_threshold=None,
    ) as app:
        row = app.execute(
            "SELECT current_user, current_setting('statement_timeout')"
        ).fetchone()  # fmt: skip

    assert row == ("jiki_owner", "77s")


def test_rds_proxy_takes_no_options_and_is_asked_without(
    proxied: tuple[PostgresServer, int], ask: Ask
) -> None:
    server, port = proxied
    login = prepare(server, port)
    # GIVEN a proxy that refuses command-line options, as every psql client finds
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(
            host=server.host,
            port=port,
            dbname="jiki",
            user="jiki",
            password=PASSWORD,
            sslmode="require",
            options="-c statement_timeout=5s",
        )

    # THEN it is asked all the same, with the time limit of a statement in the session
    assert ask(server, login)["session_user"] == "jiki"
    with server.connect() as admin:
        admin.execute("ALTER ROLE jiki SET statement_timeout TO '77s'")
    assert ask(server, login, "connection_usage")["used"]
