"""populate_secret on a real secret's versions and staging labels."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError, EndpointConnectionError

from local.lambda_endpoint import Context
from local.moto_aws import SECRET_CONTENT, MotoAws
from ops_common import aws as ops_aws
from populate_secret.app import handler
from populate_secret.store import SecretBusy, SecretStore

RANDOM = ["secret_key_base", "hmac_secret", "jwt_secret"]
KEPT = {key: value for key, value in SECRET_CONTENT.items() if key not in RANDOM[1:]}


@pytest.fixture
def secret(aws: MotoAws, monkeypatch: pytest.MonkeyPatch) -> MotoAws:
    """A secret that lacks two of the random keys."""
    aws.client("secretsmanager").put_secret_value(SecretId="config", SecretString=json.dumps(KEPT))
    monkeypatch.setenv("SECRET_KEYS", ",".join(SECRET_CONTENT))
    monkeypatch.setenv("RANDOM_SECRET_KEYS", ",".join(RANDOM))
    return aws


def test_a_dry_run_changes_nothing(
    secret: MotoAws, event: Callable[[str], Any], lambda_context: Context
) -> None:
    before = secret.stages()
    answer = handler(event("populate_secret/dry_run"), lambda_context)
    assert answer["wouldMake"] == RANDOM[1:]
    assert (secret.secret(), secret.stages()) == (KEPT, before)


def test_makes_the_missing_keys_current_and_keeps_the_old_version_as_previous(
    secret: MotoAws,
    event: Callable[[str], Any],
    lambda_context: Context,
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer = handler(event("populate_secret/apply"), lambda_context)
    content = secret.secret()
    assert content | KEPT == content
    assert set(content) == set(SECRET_CONTENT)
    assert secret.secret("AWSPREVIOUS") == KEPT
    # THEN no label of ours is left, and no value is in the answer or the log
    labels = {label for labels in secret.stages().values() for label in labels}
    assert labels == {"AWSCURRENT", "AWSPREVIOUS"}
    told = str(answer) + capsys.readouterr().out
    assert content["jwt_secret"] not in told
    assert KEPT["aurora_password"] not in told


def test_waits_for_a_rotation_that_is_under_way(
    secret: MotoAws, event: Callable[[str], Any], lambda_context: Context
) -> None:
    secret.begin_rotation("5b1f1c9e-1d52-4e6f-8f2b-0d6f9a3f7c11")
    with pytest.raises(SecretBusy, match="a rotation of config is under way"):
        handler(event("populate_secret/apply"), lambda_context)
    assert secret.secret() == KEPT


def test_an_edit_in_between_is_not_overwritten(secret: MotoAws) -> None:
    # GIVEN a version that somebody replaces after it was read
    store = SecretStore(ops_aws.client("secretsmanager"), "config")
    read = store.read()
    secret.client("secretsmanager").put_secret_value(
        SecretId="config", SecretString='{"edited": "by hand"}'
    )
    with pytest.raises(SecretBusy, match="was changed meanwhile"):
        store.replace(read, '{"ours": ""}')
    assert secret.secret() == {"edited": "by hand"}


def test_a_run_that_died_half_way_is_made_good_by_the_next(
    secret: MotoAws, event: Callable[[str], Any], lambda_context: Context
) -> None:
    # GIVEN a network that is gone once the new version is stored
    def gone(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="secretsmanager")

    events = ops_aws.client("secretsmanager").meta.events
    events.register("before-call.secretsmanager.UpdateSecretVersionStage", gone)
    with pytest.raises(EndpointConnectionError):
        handler(event("populate_secret/apply"), lambda_context)
    assert secret.secret() == KEPT
    # WHEN it runs again
    events.unregister("before-call.secretsmanager.UpdateSecretVersionStage", gone)
    assert handler(event("populate_secret/apply"), lambda_context)["made"] == RANDOM[1:]
    # THEN the keys are there, and no label of ours is left
    assert set(secret.secret()) == set(SECRET_CONTENT)
    labels = {label for labels in secret.stages().values() for label in labels}
    assert labels == {"AWSCURRENT", "AWSPREVIOUS"}


def test_a_refused_call_changes_nothing(
    secret: MotoAws, event: Callable[[str], Any], lambda_context: Context
) -> None:
    def refuse(**_: Any) -> Any:
        return AWSResponse("", 400, {}, None), {"Error": {"Code": "AccessDeniedException"}}

    events = ops_aws.client("secretsmanager").meta.events
    events.register("before-call.secretsmanager.PutSecretValue", refuse)
    with pytest.raises(ClientError, match="AccessDeniedException"):
        handler(event("populate_secret/apply"), lambda_context)
    assert secret.secret() == KEPT
