"""Every check on a day when AWS or the database is silent, refuses, throttles, or is locked."""

import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config

from ops_common.query_database import LambdaQueryDatabase
from probe_deployment.checks import CHECKS
from probe_deployment.context import Context
from probe_deployment.deployed import Clients
from probe_deployment.finding import Status
from probe_deployment.request import Request, Trigger
from probe_deployment.runner import run_checks
from probe_deployment.settings import Settings
from tests.conftest import SETTINGS
from tests.integration.probe_deployment.conftest import WORKER, System

HTTPS = {"health_check", "certificate", "answer_url"}


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name, value in {**SETTINGS, "STACK_NAME": "jiki-ops", "VPC_ID": "vpc-1"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ALERT_TOPIC_ARN", "arn:aws:sns:eu-west-1:123456789012:alerts")
    monkeypatch.setenv("EXPECTED_CONFIG_VALUES", "stripe_publishable_key=pk_live_")
    monkeypatch.setenv("HEALTH_CHECK_URL", "https://127.0.0.1:1/")
    return Settings.from_env()


def context(settings: Settings, clients: Clients) -> Context:
    return Context(
        Request(
            Trigger.PERSON, "deployment", stage="POST_TEST_TRAFFIC_SHIFT", target_revision="arn:x"
        ),
        settings,
        datetime.now(UTC),
        clients,
        LambdaQueryDatabase(clients("lambda"), settings.query_database_function),
    )


@pytest.fixture
def silent_port() -> Iterator[int]:
    """It takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=200) as server:
        yield server.getsockname()[1]


def test_every_check_ends_at_the_deadline_in_a_silent_world(
    settings: Settings, silent_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEALTH_CHECK_URL", f"https://127.0.0.1:{silent_port}/")
    monkeypatch.setenv("ANSWER_SLACK_URL", f"http://127.0.0.1:{silent_port}/")
    limits = Config(connect_timeout=2, read_timeout=2, retries={"total_max_attempts": 1})

    def make(service: Any) -> Any:
        return boto3.client(service, endpoint_url=f"http://127.0.0.1:{silent_port}", config=limits)

    silent = context(Settings.from_env(), Clients(cache(make)))
    checks = {name: partial(check, silent) for name, check in CHECKS.items()}
    results = run_checks(checks, 1.0)
    assert [each.check for each in results] == list(CHECKS)
    assert {each.finding.observed for each in results} == {"still running after 1 s"}


def test_every_check_says_which_call_was_refused_and_what_to_do(settings: Settings) -> None:
    # GIVEN real clients whose every call is answered with an error
    code = ""

    def refuse(model: Any, **_: Any) -> Any:
        response: Any = AWSResponse("", 403, {}, None)
        return response, {"Error": {"Code": code, "Message": "arn:secret"}}

    def make(service: Any) -> Any:
        made = boto3.client(service)
        made.meta.events.register("before-call", refuse)
        return made

    clients = Clients(cache(make))
    for code, remedy in (
        ("AccessDeniedException", "allow {} in the policy of ProbeDeploymentRole"),
        ("ThrottlingException", "AWS throttles the account's calls: run the probe again later"),
    ):
        refused = context(settings, clients)
        results = run_checks(
            {name: partial(check, refused) for name, check in CHECKS.items() if name not in HTTPS},
            20,
        )
        for result in results:
            operation, _, answered = result.finding.observed.partition(" answered ")
            assert (result.finding.status, answered) == (Status.UNKNOWN, code), result
            assert remedy.format(operation) in result.finding.remedy, result


def test_a_locked_table_is_a_timeout_of_the_checks_that_ask_for_it(system: System) -> None:
    with (
        system.database.server.connect(system.database.address.name) as other,
        other.transaction(),
    ):
        other.execute("LOCK TABLE schema_migrations, solid_queue_processes")
        checks = system.checks()
    for name in ("migrations", "solid_queue"):
        assert "lock timeout" in checks[name]["observed"]
        assert "Performance Insights" in checks[name]["remedy"]
    assert checks["connections"]["status"] == "pass"


def test_a_missing_grant_is_told_by_its_code(system: System) -> None:
    system.database.admin.execute("REVOKE SELECT ON schema_migrations FROM PUBLIC")
    finding = system.checks()["migrations"]
    assert "42501" in finding["observed"]
    assert "GRANT" in finding["remedy"]


def test_a_secret_without_a_password_fails_one_check_that_others_point_to(system: System) -> None:
    client = system.aws.client("secretsmanager")
    secret = system.aws.secret() | {"aurora_password": 7}
    client.put_secret_value(SecretId="config", SecretString=json.dumps(secret))
    checks = system.checks()
    login = checks["database_login"]
    assert login["observed"] == "secret config has no text at key aurora_password"
    assert "fill in what the app's configuration lacks" in login["remedy"]
    for name in ("connections", "migrations", "solid_queue"):
        assert checks[name]["status"] == "skip"


def test_a_service_that_is_gone_is_told_by_every_check_that_looks_at_it(system: System) -> None:
    del system.ecs.engine.services[WORKER]
    checks = system.checks()
    for name in ("rollout", "image", "target_health", "solid_queue", "log_errors"):
        assert f"has no service {WORKER}" in checks[name]["observed"], name
    assert "WorkerServices" in checks["rollout"]["remedy"]
    assert checks["health_check"]["status"] == "pass"
