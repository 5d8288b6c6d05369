"""A short load test of the local app, and what the load balancer's figures amount to."""

import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from local.app import AppStandIn
from local.http_server import Response, serve
from local.ministack import ROOT
from probe_deployment.checks import traffic
from probe_deployment.finding import Status
from tests.conftest import Database

ONE_TASK: Any = SimpleNamespace(id="1")
SHORT = ("--users", "4", "--minutes", "0.05")


def load(url: str, *options: str) -> subprocess.CompletedProcess[str]:
    # Its own process: locust replaces the standard library's sockets.
    return subprocess.run(
        [sys.executable, "-m", "benchmarks.loadtest", url, *SHORT, *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_an_app_that_answers_passes(database: Database) -> None:
    app = AppStandIn(lambda: database.login, database.server.ca_certificate)
    with app.start():
        app.started(ONE_TASK)
        done = load(app.url)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "failed 0" in done.stdout
    assert done.stdout.endswith("PASS\n")


def test_an_app_that_answers_503_fails_with_its_reason() -> None:
    with serve(lambda _: Response(503)) as port:
        done = load(f"http://127.0.0.1:{port}")
    assert done.returncode == 1
    assert "100.00% failed" in done.stdout
    assert "status 503" in done.stdout


def test_a_run_beyond_the_bounds_is_not_made() -> None:
    done = load("http://127.0.0.1:1", "--users", "1000")
    assert done.returncode == 2
    assert "USERS must be 1 to 200" in done.stderr


@pytest.mark.parametrize(
    ("errors", "p95", "status"),
    [(0, 0.4, Status.PASS), (1, 0.4, Status.PASS), (2, 0.4, Status.FAIL), (0, 1.1, Status.FAIL)],
)
def test_the_load_balancer_s_view(errors: int, p95: float, status: Status) -> None:
    finding = traffic.judge_responses(requests=1000, errors=errors, p95_seconds=p95)
    assert finding.status is status


def test_no_traffic_is_nothing_to_judge() -> None:
    finding = traffic.judge_responses(requests=0, errors=0, p95_seconds=0)
    assert finding.status is Status.SKIP


def test_a_load_balancer_without_targets_is_all_errors() -> None:
    finding = traffic.judge_responses(requests=0, errors=50, p95_seconds=0)
    assert "100.00%" in finding.saw
