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
from probe_deployment.cause import Cause
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
    assert {each.finding.cause for each in results} == {Cause.DEADLINE}


def test_every_check_names_the_call_that_was_refused(settings: Settings) -> None:
    # GIVEN real clients whose every call is answered with an error
    error, met = {"Code": "", "Message": "arn:secret"}, set[str]()

    def refuse(model: Any, **_: Any) -> Any:
        met.add(model.name)
        response: Any = AWSResponse("", 403, {}, None)
        return response, {"Error": error}

    def make(service: Any) -> Any:
        made = boto3.client(service)
        made.meta.events.register("before-call", refuse)
        return made

    clients = Clients(cache(make))
    for code, cause in (
        ("AccessDeniedException", Cause.DENIED),
        ("ThrottlingException", Cause.THROTTLED),
    ):
        error["Code"] = code
        refused = context(settings, clients)
        results = run_checks(
            {name: partial(check, refused) for name, check in CHECKS.items() if name not in HTTPS},
            20,
        )
        for result in results:
            finding = result.finding
            assert (finding.status, finding.cause) == (Status.UNKNOWN, cause), result
            assert met.issuperset(finding.subjects), result
            assert finding.subjects, result


def test_a_locked_table_is_a_timeout_of_the_checks_that_ask_for_it(system: System) -> None:
    with (
        system.database.server.connect(system.database.address.name) as other,
        other.transaction(),
    ):
        other.execute("LOCK TABLE schema_migrations, solid_queue_processes")
        checks = system.checks()
    for name in ("migrations", "solid_queue"):
        assert (checks[name]["status"], checks[name]["cause"]) == ("unknown", "timeout")
    assert checks["connections"]["status"] == "pass"


def test_a_missing_grant_is_a_statement_that_was_refused(system: System) -> None:
    system.database.admin.execute("REVOKE SELECT ON schema_migrations FROM PUBLIC")
    assert system.checks()["migrations"]["cause"] == "statement_refused"


def test_a_secret_without_a_password_fails_one_check_that_others_point_to(system: System) -> None:
    client = system.aws.client("secretsmanager")
    secret = system.aws.secret() | {"aurora_password": 7}
    client.put_secret_value(SecretId="config", SecretString=json.dumps(secret))
    checks = system.checks()
    login = checks["database_login"]
    assert (login["cause"], login["subjects"]) == ("configuration", ["aurora_password"])
    for name in ("connections", "migrations", "solid_queue"):
        assert checks[name]["subjects"] == ["database_login"]


def test_a_service_that_is_gone_is_named_by_every_check_of_it(system: System) -> None:
    del system.ecs.engine.services[WORKER]
    checks = system.checks()
    for name in ("rollout", "image", "target_health", "solid_queue", "log_errors"):
        found = checks[name]
        assert (found["cause"], found["subjects"]) == ("no_service", [WORKER]), name
    assert checks["health_check"]["status"] == "pass"
