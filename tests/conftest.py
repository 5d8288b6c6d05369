"""What all tests share: a clean environment, events, PostgreSQL servers."""

import gc
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
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from local.clock import SteppedClock
from local.ecs import EcsStandIn
from local.ecs.server import CLUSTER
from local.lambda_endpoint import Context, LambdaEndpoint
from local.moto_aws import (
    CONFIG_TABLE,
    OPS_TABLE,
    SCHEDULES,
    SECRET,
    TEMPORARY_PASSWORD,
    MotoAws,
)
from local.postgres import MASTER_USER, PostgresServer
from local.postgres_programs import KINDS, available_kinds
from local.slack import SlackStandIn
from ops_common import aws as ops_aws
from ops_common.query_database import DatabaseAddress, Login
from ops_common.shared_roots import shared

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent
RUNGS = ("unit", "template", "corpus", "integration", "artifact", "container", "deployed")
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
    # moto would make 1,300 images that nothing looks at, again at each reset.
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
    "POWERTOOLS_SERVICE_NAME": "test",
    "POWERTOOLS_METRICS_NAMESPACE": "JikiOps",
    "STACK_NAME": "jiki-ops",
    "ENVIRONMENT_NAME": "production",
}
# The logger and the metrics read these when they are imported, maybe by the conftest of a folder
# that was named on the command line: before any fixture, and before pytest is configured.
os.environ |= {
    name: value for name, value in CLEAN_ENVIRONMENT.items() if name.startswith("POWERTOOLS")
}

# What the template gives to more than one function; each function's tests add its own.
SETTINGS = {
    "CONFIG_SECRET_ID": SECRET,
    "CONFIG_TABLE_NAME": CONFIG_TABLE,
    "DATABASE_USER": MASTER_USER,
    "QUERY_DATABASE_FUNCTION": "jiki-ops-query-database",
    "ECS_CLUSTER": CLUSTER,
    "WEB_SERVICES": "jiki-api-web",
    "WORKER_SERVICES": "jiki-api-solid-queue",
    "OPS_TABLE_NAME": OPS_TABLE,
    **SCHEDULES,
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--postgres",
        choices=KINDS,
        help="run every database test on this kind of server (default: the first one available,"
        " and every one for tests marked every_postgres)",
    )


def pytest_configure(config: pytest.Config) -> None:
    # botocore's and moto's models are many objects that stay; at Python's own 2,000 they are looked
    # through so often that it takes a tenth of the integration tests' time.
    gc.set_threshold(50_000)
    # How long an example takes says something about the machine alone.
    hypothesis_settings.register_profile(
        "any machine",
        hypothesis_settings(),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    hypothesis_settings.load_profile("any machine")
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


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The fast rungs first; unit tests, in which sockets are off, before any server runs."""
    items.sort(key=lambda item: RUNGS.index(item.path.relative_to(FOLDER).parts[0]))


@pytest.fixture(autouse=True)
def clean_environment() -> Iterator[None]:
    """No credentials, settings or cached clients from outside or from another test."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    ops_aws.kept_client.cache_clear()
    shared.clear()
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


@pytest.fixture
def lambda_context() -> Context:
    """What Lambda passes beside the event."""
    return Context("jiki-ops-test")


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
    postgres.create_database(name, TEMPORARY_PASSWORD)
    monkeypatch.setenv("DATABASE_CA_CERTIFICATE", postgres.ca_certificate)
    address = DatabaseAddress(postgres.host, postgres.port, name)
    with postgres.connect(name) as admin:
        admin.execute(f"SET ROLE {MASTER_USER}")
        admin.execute((ROOT / "local" / "solid_queue" / "schema.sql").read_text())
        admin.execute("RESET ROLE")
        yield Database(postgres, address, Login(address, MASTER_USER, TEMPORARY_PASSWORD), admin)
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
        stand_in.create_service(SETTINGS["WEB_SERVICES"], desired=2, tag="0" * 40)
        stand_in.create_service(SETTINGS["WORKER_SERVICES"], desired=1, tag="0" * 40)
        yield stand_in


@pytest.fixture(scope="session")
def moto_server() -> Iterator[MotoAws]:
    with MotoAws.start() as server:
        yield server


@pytest.fixture
def aws(
    moto_server: MotoAws, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> MotoAws:
    """AWS with Jiki's secret and tables, and the settings that name them.

    In a test that uses `database` too, the config table names that one's address.
    """
    moto_server.reset()
    if "database" in request.fixturenames:
        address = request.getfixturevalue("database").address
        moto_server.put_config(
            aurora_endpoint=address.host,
            aurora_port=str(address.port),
            aurora_database_name=address.name,
        )
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto_server.url)
    return moto_server


@pytest.fixture
def lambda_endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[LambdaEndpoint]:
    """Lambda's Invoke, with `query_database` behind it in this process."""
    from query_database.app import handler

    functions = {SETTINGS["QUERY_DATABASE_FUNCTION"]: handler}
    with LambdaEndpoint(functions).start() as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", endpoint.url)
        yield endpoint


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlackStandIn]:
    """A Slack workspace with one channel."""
    with SlackStandIn().start() as stand_in:
        monkeypatch.setenv("SLACK_API_URL", stand_in.url)
        monkeypatch.setenv("SLACK_CHANNEL", stand_in.channel)
        yield stand_in
