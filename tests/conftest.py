"""What all tests share: a clean environment, events, PostgreSQL servers."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import psycopg
import pytest
import pytest_socket

from local.clock import SteppedClock
from local.ecs import EcsStandIn
from local.postgres import MASTER_USER, PostgresServer
from local.postgres_programs import KINDS, available_kinds
from ops_common import aws as ops_aws
from ops_common.query_database import DatabaseAddress, Login

ROOT = Path(__file__).parent.parent
PASSWORD = "temporary-change-me-immediately"
KEPT_VARIABLES = (
    "PATH",
    "HOME",
    "LANG",
    "TMPDIR",
    "PYTHONDONTWRITEBYTECODE",
    "COVERAGE_PROCESS_START",
)
CLEAN_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_REGION": "eu-west-1",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "POWERTOOLS_SERVICE_NAME": "test",
    "POWERTOOLS_METRICS_NAMESPACE": "JikiOps",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--postgres",
        choices=KINDS,
        help="run every database test on this kind of server (default: the first one available,"
        " and every one for tests marked every_postgres)",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "every_postgres: runs on every kind of PostgreSQL server that is available"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "postgres" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--postgres")
        kinds = [chosen] if chosen else list(available_kinds())
        if not metafunc.definition.get_closest_marker("every_postgres"):
            kinds = kinds[:1]
        metafunc.parametrize("postgres", kinds, indirect=True)


@pytest.fixture(autouse=True)
def clean_environment() -> Iterator[None]:
    """No credentials, settings or cached clients from outside or from another test."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    ops_aws.client.cache_clear()
    with mock.patch.dict(os.environ, CLEAN_ENVIRONMENT | kept, clear=True):
        yield


@pytest.fixture(autouse=True)
def no_network(request: pytest.FixtureRequest) -> Iterator[None]:
    """Unit tests reach nothing outside their process."""
    if "unit" not in request.path.relative_to(ROOT).parts:
        yield
        return
    pytest_socket.disable_socket(allow_unix_socket=True)
    yield
    pytest_socket.enable_socket()


@dataclass
class FakeLambdaContext:
    """What Lambda passes beside the event."""

    function_name: str = "jiki-ops-test"
    function_version: str = "$LATEST"
    memory_limit_in_mb: int = 256
    invoked_function_arn: str = "arn:aws:lambda:eu-west-1:123456789012:function:jiki-ops-test"
    aws_request_id: str = "00000000-0000-4000-8000-000000000000"
    remaining_milliseconds: int = 60_000

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining_milliseconds


@pytest.fixture
def lambda_context() -> FakeLambdaContext:
    return FakeLambdaContext()


@pytest.fixture
def event() -> Callable[[str], Any]:
    """Reads a file of events/, named as `send_alerts/alarm_metric`."""
    return lambda name: json.loads((ROOT / "events" / f"{name}.json").read_text())


@pytest.fixture(scope="session")
def postgres_of_kind() -> Iterator[Callable[[str], PostgresServer]]:
    """Starts each kind of server once, when a test first asks for it."""
    running: dict[str, PostgresServer] = {}
    with ExitStack() as stack:

        def get(kind: str) -> PostgresServer:
            if kind not in running:
                running[kind] = stack.enter_context(PostgresServer.start(kind))
            return running[kind]

        yield get


@pytest.fixture
def postgres(
    request: pytest.FixtureRequest, postgres_of_kind: Callable[[str], PostgresServer]
) -> PostgresServer:
    """A running server, shared between tests."""
    return postgres_of_kind(request.param)


@dataclass
class Database:
    """A fresh database with Solid Queue's tables, owned by the master user `jiki`."""

    server: PostgresServer
    address: DatabaseAddress
    login: Login
    admin: psycopg.Connection[tuple[Any, ...]]
    """The superuser's connection to it, in autocommit mode."""


@pytest.fixture
def database(postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    name = "jiki_production"
    postgres.drop_database(name)
    postgres.create_database(name, PASSWORD)
    monkeypatch.setenv("DATABASE_CA_CERTIFICATE", postgres.ca_certificate)
    address = DatabaseAddress(postgres.host, postgres.port, name)
    with postgres.connect(name) as admin:
        admin.execute(f"SET ROLE {MASTER_USER}")
        admin.execute((ROOT / "local" / "solid_queue" / "schema.sql").read_text())
        admin.execute("RESET ROLE")
        yield Database(postgres, address, Login(address, MASTER_USER, PASSWORD), admin)
    postgres.drop_database(name)


@pytest.fixture
def clock() -> SteppedClock:
    """The clock of the ECS stand-in; let time pass by `ecs.advance(seconds)`."""
    return SteppedClock()


@pytest.fixture
def ecs(clock: SteppedClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[EcsStandIn]:
    """Jiki's cluster: two web tasks and one worker task, up and steady."""
    with EcsStandIn(clock).start() as stand_in:
        monkeypatch.setenv("AWS_ENDPOINT_URL_ECS", stand_in.url)
        stand_in.create_service("jiki-api-web", desired=2, tag="0" * 40)
        stand_in.create_service("jiki-api-solid-queue", desired=1, tag="0" * 40)
        yield stand_in
