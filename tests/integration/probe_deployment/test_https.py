"""The health check and its certificate, over real TLS."""

import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

from ops_common.query_database import LambdaQueryDatabase
from probe_deployment.cause import Cause
from probe_deployment.checks import certificate, health_check
from probe_deployment.context import Context
from probe_deployment.deployed import Clients
from probe_deployment.finding import Finding, Status
from probe_deployment.http_answer import Answer, judge
from probe_deployment.http_get import get
from probe_deployment.request import Request, Trigger
from probe_deployment.runner import run_checks
from probe_deployment.settings import Settings
from tests.integration.probe_deployment.https_server import HttpsServer, days, serve


def context_of(server: HttpsServer, monkeypatch: pytest.MonkeyPatch) -> Context:
    """Settings with the server's address, the real time, and nothing else to ask."""
    values = {
        "CONFIG_SECRET_ID": "config",
        "CONFIG_TABLE_NAME": "config",
        "QUERY_DATABASE_FUNCTION": "query",
        "ECS_CLUSTER": "cluster",
        "WEB_SERVICES": "web",
        "WORKER_SERVICES": "worker",
        "OPS_TABLE_NAME": "ops",
        "HEALTH_CHECK_URL": server.url,
        "HEALTH_CHECK_CA_CERTIFICATE": server.ca_certificate,
        "SCHEDULE_GROUP": "jiki-ops",
        "SCHEDULE_ROLE_ARN": "role",
        "SCHEDULE_TARGET_ARN": "function",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    clients, settings = Clients(boto3.client), Settings.from_env()
    query = LambdaQueryDatabase(clients("lambda"), settings.query_database_function)
    request = Request(Trigger.PERSON, "deployment")
    return Context(request, settings, datetime.now(UTC), clients, query)


def found(check: Any, server: HttpsServer, monkeypatch: pytest.MonkeyPatch) -> Finding:
    finding: Finding = check(context_of(server, monkeypatch))
    return finding


def test_a_good_certificate_passes_with_its_days(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(tmp_path, lifetime=days(60)) as server:
        finding = found(certificate.check, server, monkeypatch)
        assert finding.status is Status.PASS
        assert found(health_check.check, server, monkeypatch).status is Status.PASS


def test_a_certificate_about_to_expire_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(tmp_path, lifetime=days(13)) as server:
        finding = found(certificate.check, server, monkeypatch)
    assert (finding.status, finding.cause) == (Status.FAIL, Cause.EXPIRES)


@pytest.mark.parametrize(
    "properties",
    [{"lifetime": days(-2)}, {"names": ("api.jiki.io",), "addresses": ()}],
    ids=["expired", "of another name"],
)
def test_a_certificate_that_does_not_verify_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, properties: Any
) -> None:
    with serve(tmp_path, **properties) as server:
        for check in (certificate.check, health_check.check):
            finding = found(check, server, monkeypatch)
            assert (finding.status, finding.cause) == (Status.FAIL, Cause.TLS)


def test_a_chain_that_nobody_trusts_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(tmp_path) as server:
        server.ca_certificate = ""
        finding = found(certificate.check, server, monkeypatch)
    assert finding.cause is Cause.TLS


@pytest.mark.parametrize(
    ("status", "headers", "cause"),
    [
        (301, {"Location": "https://jiki.io/"}, Cause.REDIRECT),
        (403, {"cf-mitigated": "challenge"}, Cause.CLOUDFLARE_STOPS_IT),
        (503, {}, Cause.UNAVAILABLE),
        (522, {}, Cause.BEHIND_CLOUDFLARE),
        (526, {}, Cause.BEHIND_CLOUDFLARE),
        (500, {}, Cause.BAD_STATUS),
        (200, {"Age": "120"}, Cause.CACHED),
    ],
)
def test_an_answer_other_than_a_200_of_the_app_fails_with_its_cause(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    headers: dict[str, str],
    cause: Cause,
) -> None:
    with serve(tmp_path) as server:
        server.status, server.headers = status, headers
        finding = found(health_check.check, server, monkeypatch)
    assert (finding.status, finding.cause) == (Status.FAIL, cause)


def test_the_time_of_the_body_counts(tmp_path: Path) -> None:
    with serve(tmp_path) as server:
        server.body_delay_seconds = 0.3
        answer = get(server.url, server.ca_certificate)
    assert answer.seconds >= 0.3


def test_a_slow_answer_fails() -> None:
    finding = judge("https://api.jiki.io", Answer(200, seconds=3.5))
    assert (finding.status, finding.cause) == (Status.FAIL, Cause.SLOW)


def test_an_answer_without_what_it_must_have_fails() -> None:
    finding = judge("https://api.jiki.io", Answer(200, body="ok"), "X-Revision: new")
    assert (finding.status, finding.cause) == (Status.FAIL, Cause.OTHER_ANSWER)


@pytest.mark.parametrize("check", [certificate.check, health_check.check])
def test_a_server_that_hangs_fails_at_the_deadline(
    monkeypatch: pytest.MonkeyPatch, check: Any
) -> None:
    # GIVEN a port that takes connections and never says a word
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = HttpsServer(url=f"https://127.0.0.1:{silent.getsockname()[1]}/health-check")
        context = context_of(server, monkeypatch)
        (result,) = run_checks({"check": lambda: check(context)}, 0.2)
    assert result.finding.cause is Cause.DEADLINE


@pytest.mark.parametrize("check", [certificate.check, health_check.check])
def test_nobody_there_fails(monkeypatch: pytest.MonkeyPatch, check: Any) -> None:
    finding = found(check, HttpsServer(url="https://127.0.0.1:1/"), monkeypatch)
    assert (finding.status, finding.cause) == (Status.FAIL, Cause.UNREACHABLE)
