"""A short load test of the local app, and what the load balancer's figures amount to."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from local.app import AppStandIn
from local.http_server import Request, Response, serve
from local.lambda_endpoint import LambdaEndpoint
from local.moto_aws import MotoAws
from paths import ROOT
from probe_deployment.cause import Cause
from probe_deployment.checks import traffic
from probe_deployment.finding import Status
from tests.conftest import Database
from tests.outputs import assert_shown

ONE_TASK: Any = SimpleNamespace(id="1")
SHORT = ("--users", "4", "--minutes", "0.05")


def load(url: str, *options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    # Its own process: locust replaces the standard library's sockets.
    return subprocess.run(
        [sys.executable, "-m", "benchmarks.loadtest", url, *SHORT, *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ | variables,
    )


@pytest.fixture
def stack(aws: MotoAws) -> Iterator[LambdaEndpoint]:
    """A stack whose probe_deployment answers with a verdict of its own."""
    resources = {
        "ProbeDeployment": {
            # Whatever has the name that is asked for; its kind is not looked at.
            "Type": "AWS::Logs::LogGroup",
            "Properties": {"LogGroupName": "jiki-ops-probe-deployment"},
        }
    }
    template = json.dumps({"Resources": resources})
    aws.client("cloudformation").create_stack(StackName="jiki-ops", TemplateBody=template)
    answer = {"status": "fail", "table": "responses FAIL", "summary": "load: 1 of 6 checks failed"}
    functions = {"jiki-ops-probe-deployment": lambda _event, _context: answer}
    with LambdaEndpoint(functions).start() as endpoint:
        yield endpoint


def test_without_the_stack_nothing_is_loaded(aws: MotoAws) -> None:
    asked: list[str] = []

    def answer(request: Request) -> Response:
        asked.append(request.path)
        return Response(200, {})

    with serve(answer) as port:
        done = load(
            f"http://127.0.0.1:{port}", "--stack", "jiki-ops-gone", AWS_ENDPOINT_URL=aws.url
        )
    assert (done.returncode, asked) == (2, [])
    assert "jiki-ops-gone" in done.stderr


def test_an_app_that_answers_passes(database: Database) -> None:
    app = AppStandIn(lambda: database.login, database.server.ca_certificate)
    with app.start():
        app.started(ONE_TASK)
        done = load(app.url)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "failed 0" in done.stdout
    assert_shown("load-test", done.stdout)


def test_an_app_that_answers_503_fails_with_its_reason() -> None:
    with serve(lambda _: Response(503)) as port:
        done = load(f"http://127.0.0.1:{port}")
    assert done.returncode == 1
    assert "100.00% failed" in done.stdout
    assert "status 503" in done.stdout


def test_the_probes_view_of_the_same_minutes_is_part_of_the_verdict(
    aws: MotoAws, stack: LambdaEndpoint
) -> None:
    # GIVEN an app that answers its users well, and probes that saw errors
    began = datetime.now(UTC)
    places = {"AWS_ENDPOINT_URL": aws.url, "AWS_ENDPOINT_URL_LAMBDA": stack.url}
    with serve(lambda _: Response(200)) as port:
        done = load(f"http://127.0.0.1:{port}", "--stack", "jiki-ops", "--wait", "0", **places)
    # THEN they decide, on what has happened since the test began
    assert done.returncode == 1, done.stdout + done.stderr
    assert "responses FAIL" in done.stdout
    assert done.stdout.endswith("FAIL: load: 1 of 6 checks failed\n")
    (asked,) = stack.invocations
    assert asked.payload["suite"] == "load"
    assert began < datetime.fromisoformat(asked.payload["startedAt"]) < datetime.now(UTC)


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
    assert (finding.status, finding.cause) == (Status.FAIL, Cause.ERRORS)
