"""The health check and its certificate, over real TLS."""

import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from probe_deployment.checks import certificate, health_check
from probe_deployment.finding import Finding, Status
from probe_deployment.http_answer import Answer, judge
from probe_deployment.http_get import get
from probe_deployment.request import Request, Trigger
from probe_deployment.runner import run_checks
from probe_deployment.settings import Settings
from tests.integration.probe_deployment.https_server import HttpsServer, days, serve


class Context:
    """The settings that the two checks read, and the real time."""

    def __init__(self, server: HttpsServer, monkeypatch: pytest.MonkeyPatch) -> None:
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
        self.settings = Settings.from_env()
        self.now = datetime.now(UTC)
        self.request = Request(Trigger.PERSON, "deployment")
        self.get = get


def looked_at(check: Any, server: HttpsServer, monkeypatch: pytest.MonkeyPatch) -> Finding:
    finding: Finding = check(Context(server, monkeypatch))
    return finding


def test_a_good_certificate_passes_with_its_days(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(tmp_path, lifetime=days(60)) as server:
        finding = looked_at(certificate.check, server, monkeypatch)
        assert finding.status is Status.PASS
        assert "60 days" in finding.observed
        assert looked_at(health_check.check, server, monkeypatch).status is Status.PASS


def test_a_certificate_about_to_expire_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(tmp_path, lifetime=days(13)) as server:
        finding = looked_at(certificate.check, server, monkeypatch)
    assert finding.status is Status.FAIL
    assert finding.expected == "at least 14 days"


@pytest.mark.parametrize(
    ("properties", "words"),
    [
        ({"lifetime": days(-2)}, "certificate has expired"),
        ({"names": ("api.jiki.io",), "addresses": ()}, "IP address mismatch"),
    ],
)
def test_a_certificate_that_does_not_verify_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, properties: Any, words: str
) -> None:
    with serve(tmp_path, **properties) as server:
        finding = looked_at(certificate.check, server, monkeypatch)
        assert words in finding.observed
        health = looked_at(health_check.check, server, monkeypatch)
    assert health.status is Status.FAIL
    assert "SSLError" in health.observed


def test_a_chain_that_nobody_trusts_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(tmp_path) as server:
        server.ca_certificate = ""
        finding = looked_at(certificate.check, server, monkeypatch)
    assert "unable to get local issuer certificate" in finding.observed


@pytest.mark.parametrize(
    ("status", "headers", "observed", "remedy"),
    [
        (301, {"Location": "https://jiki.io/"}, "redirect to https://jiki.io/", "HealthCheckUrl"),
        (403, {"cf-mitigated": "challenge"}, "from Cloudflare", "jiki-ops-probe"),
        (503, {}, "503 after", "database_login"),
        (522, {}, "from Cloudflare", "let Cloudflare in at 443"),
        (526, {}, "from Cloudflare", "the load balancer's certificate is invalid"),
        (500, {}, "500 after", "read the web service's log"),
    ],
)
def test_an_answer_other_than_200_fails_with_its_own_remedy(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    headers: dict[str, str],
    observed: str,
    remedy: str,
) -> None:
    with serve(tmp_path) as server:
        server.status, server.headers = status, headers
        finding = looked_at(health_check.check, server, monkeypatch)
    assert finding.status is Status.FAIL
    assert observed in finding.observed
    assert remedy in finding.remedy


def test_the_time_of_the_body_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(tmp_path) as server:
        server.body_delay_seconds = 0.3
        finding = looked_at(health_check.check, server, monkeypatch)
    assert float(finding.observed.removeprefix("200 after ").removesuffix(" s")) >= 0.3


def test_a_slow_answer_fails() -> None:
    finding = judge("https://api.jiki.io", Answer(200, seconds=3.5))
    assert finding.observed == "200 after 3.50 s"
    assert "short of CPU" in finding.remedy


@pytest.mark.parametrize("check", [certificate.check, health_check.check])
def test_a_server_that_hangs_fails_at_the_deadline(
    monkeypatch: pytest.MonkeyPatch, check: Any
) -> None:
    # GIVEN a port that takes connections and never says a word
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = HttpsServer(url=f"https://127.0.0.1:{silent.getsockname()[1]}/health-check")
        context = Context(server, monkeypatch)
        (result,) = run_checks({"check": lambda: check(context)}, 0.2)
    assert result.finding.observed == "still running after 0.2 s"


@pytest.mark.parametrize("check", [certificate.check, health_check.check])
def test_nobody_there_fails_with_what_to_try(monkeypatch: pytest.MonkeyPatch, check: Any) -> None:
    finding = looked_at(check, HttpsServer(url="https://127.0.0.1:1/"), monkeypatch)
    assert "try it:" in finding.remedy
