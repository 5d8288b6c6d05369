"""Connections of the AWS clients: TLS that is checked, roots loaded once, dropped ones renewed."""

import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import SSLError

from local.certificates import Authority
from local.http_server import Request, Response, serve
from local.tls_front import TlsFronts
from ops_common.aws import client, prepare_clients
from ops_common.query_database import DatabaseAddress, LambdaQueryDatabase, Login

SERVICES = ("dynamodb", "ecs", "secretsmanager")
CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "dynamodb": ("get_item", {"TableName": "name", "Key": {"id": {"S": "id"}}}),
    "ecs": ("describe_services", {"services": ["name"]}),
    "secretsmanager": ("get_secret_value", {"SecretId": "name"}),
}
IDLE_SECONDS = 1.0
"""Long enough for two calls in a row on a busy machine."""


class Server:
    """AWS, as far as connections go; notes by which one each request came."""

    def __init__(self) -> None:
        self.connections: list[int] = []

    def answer(self, request: Request) -> Response:
        self.connections.append(request.connection)
        if "/functions/" not in request.path:
            return Response(200, {})
        dry_run = request.headers["x-amz-invocation-type"] == "DryRun"
        return Response(204) if dry_run else Response(200, {"ok": True, "answer": {"well": True}})

    @contextmanager
    def start(
        self,
        tls: TlsFronts,
        monkeypatch: pytest.MonkeyPatch,
        idle_seconds: float | None = None,
    ) -> Iterator[None]:
        with serve(self.answer, tls=tls.context, idle_seconds=idle_seconds) as port:
            monkeypatch.setenv("AWS_ENDPOINT_URL", f"https://127.0.0.1:{port}")
            yield


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TlsFronts:
    """A server's certificate, by a CA that clients trust."""
    fronts = TlsFronts(tmp_path)
    for name, value in fronts.variables.items():
        monkeypatch.setenv(name, value)
    return fronts


@pytest.fixture
def server(tls: TlsFronts, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    found = Server()
    with found.start(tls, monkeypatch):
        yield found


@pytest.fixture
def dropping_server(tls: TlsFronts, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Drops idle connections, as AWS does while Lambda keeps the process frozen."""
    found = Server()
    with found.start(tls, monkeypatch, IDLE_SECONDS):
        yield found


def ask(service: str) -> None:
    method, parameters = CALLS[service]
    getattr(client(service), method)(**parameters)


def test_roots_are_loaded_once_whatever_connects(
    dropping_server: Server, tls: TlsFronts, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str] = []

    class Counting(ssl.SSLContext):
        def load_verify_locations(self, cafile: Any = None, *others: Any) -> None:
            loaded.append(cafile)
            super().load_verify_locations(cafile, *others)

    # botocore makes contexts of this class.
    monkeypatch.setattr("botocore.httpsession.SSLContext", Counting)
    for service in SERVICES:
        ask(service)
    time.sleep(2 * IDLE_SECONDS)
    for service in SERVICES:
        ask(service)
    assert len(set(dropping_server.connections)) == 2 * len(SERVICES)
    assert loaded == [tls.variables["AWS_CA_BUNDLE"]]


def test_a_connection_is_kept_and_a_dropped_one_is_renewed_without_an_error(
    dropping_server: Server,
) -> None:
    # GIVEN a connection that the server drops
    ask("ecs")
    ask("ecs")
    time.sleep(2 * IDLE_SECONDS)
    # WHEN it is used again
    ask("ecs")
    # THEN nobody notices: no call is repeated
    first, second, third = dropping_server.connections
    assert first == second != third


def test_what_is_tried_without_being_sent_opens_no_connection(server: Server) -> None:
    prepare_clients(*SERVICES)
    assert not server.connections


def test_the_connection_for_query_database_is_the_one_it_is_asked_by(server: Server) -> None:
    query = LambdaQueryDatabase(client("lambda"), "query-database")
    query.connect()
    login = Login(DatabaseAddress("db", 5432, "jiki"), "jiki", "password")
    assert query.ask("check_login", login) == {"well": True}
    first, second = server.connections
    assert first == second


def test_a_certificate_of_another_host_is_refused(
    tls: TlsFronts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a connection that has loaded the roots
    with Server().start(tls, monkeypatch):
        ask("ecs")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    tls.authority.write_server_files(
        elsewhere / "server.pem", elsewhere / "key.pem", names=("example.org",), addresses=()
    )
    tls.context.load_cert_chain(elsewhere / "server.pem", elsewhere / "key.pem")
    with Server().start(tls, monkeypatch), pytest.raises(SSLError):
        ask("dynamodb")


def test_a_certificate_of_a_stranger_is_refused(
    tls: TlsFronts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Server().start(tls, monkeypatch):
        ask("ecs")
    Authority.create().write_server_files(tmp_path / "server.pem", tmp_path / "key.pem")
    tls.context.load_cert_chain(tmp_path / "server.pem", tmp_path / "key.pem")
    with Server().start(tls, monkeypatch), pytest.raises(SSLError):
        ask("dynamodb")
