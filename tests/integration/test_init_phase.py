"""What functions ask before their first event, on good days and on bad ones."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from local.ecs import EcsStandIn
from local.lambda_endpoint import Context, LambdaEndpoint
from local.moto_aws import SECRET, MotoAws
from rotate_password import wiring as of_rotations
from scale_workers import app as scaler
from scale_workers import wiring as of_ticks
from scale_workers.login import LoginCache
from tests.conftest import Database

NEW = "a-new-password"
NOWHERE = "http://127.0.0.1:9"
FAILED = "an early call failed"


@pytest.fixture
def tick(
    database: Database,
    aws: MotoAws,
    ecs: EcsStandIn,
    lambda_endpoint: LambdaEndpoint,
    lambda_context: Context,
    event: Callable[[str], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[], dict[str, Any]]:
    """Runs one tick; each test begins in a cold process."""
    monkeypatch.setattr(scaler, "login_cache", LoginCache())
    return lambda: scaler.handler(event("scale_workers/tick"), lambda_context)


def save(aws: MotoAws, password: str) -> None:
    content = aws.secret() | {"aurora_password": password}
    aws.client("secretsmanager").put_secret_value(SecretId=SECRET, SecretString=json.dumps(content))


def failed(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The kinds of what failed early."""
    return [one.__dict__["kind"] for one in caplog.records if one.message == FAILED]


def test_a_tick_needs_no_secret_that_was_read_before_it(
    tick: Callable[[], dict[str, Any]],
    aws: MotoAws,
    lambda_endpoint: LambdaEndpoint,
    caplog: pytest.LogCaptureFixture,
) -> None:
    of_ticks.prepare(scaler.login_cache)
    assert [one.invocation_type for one in lambda_endpoint.invocations] == ["DryRun"]
    assert not failed(caplog)
    aws.client("secretsmanager").delete_secret(SecretId=SECRET, ForceDeleteWithoutRecovery=True)
    assert tick()["measured"]


def test_a_password_that_changes_between_the_init_phase_and_the_first_tick(
    tick: Callable[[], dict[str, Any]], aws: MotoAws, database: Database
) -> None:
    of_ticks.prepare(scaler.login_cache)
    database.server.set_password("jiki", NEW)
    save(aws, NEW)
    assert tick()["measured"]


def test_without_its_secret_a_process_starts_and_the_tick_says_what_is_missing(
    tick: Callable[[], dict[str, Any]], aws: MotoAws, caplog: pytest.LogCaptureFixture
) -> None:
    content = aws.secret()
    aws.client("secretsmanager").delete_secret(SecretId=SECRET, ForceDeleteWithoutRecovery=True)
    of_ticks.prepare(scaler.login_cache)
    assert failed(caplog) == ["ResourceNotFoundException"]
    assert not tick()["measured"]
    aws.client("secretsmanager").create_secret(Name=SECRET, SecretString=json.dumps(content))
    assert tick()["measured"]


def test_without_a_network_a_process_starts_all_the_same(
    aws: MotoAws, ecs: EcsStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_ECS"):
        monkeypatch.setenv(name, NOWHERE)
    cache = LoginCache()
    of_ticks.prepare(cache)
    assert cache.login is None


def test_a_rotation_connects_to_what_its_steps_ask(
    database: Database,
    aws: MotoAws,
    ecs: EcsStandIn,
    lambda_endpoint: LambdaEndpoint,
    caplog: pytest.LogCaptureFixture,
) -> None:
    before = aws.stages()
    of_rotations.prepare()
    assert not failed(caplog)
    assert [call.operation for call in ecs.calls] == ["DescribeServices"]
    assert [one.invocation_type for one in lambda_endpoint.invocations] == ["DryRun"]
    assert aws.stages() == before
