"""A secret whose text, size or key is the trouble: said as what it is, and nothing is changed."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse

from local.moto_aws import SECRET, TEMPORARY_PASSWORD
from rotate_password.words.cause import Cause
from tests.integration.rotate_password.conftest import Rotation, refused

TEXT = json.dumps({"aurora_password": TEMPORARY_PASSWORD})
DEEP = '{"aurora_password": "x", "deep": ' + "[" * 20_000 + "]" * 20_000 + "}"


def save(rotation: Rotation, text: str) -> None:
    """Somebody saves a text by the console or the CLI."""
    rotation.aws.client("secretsmanager").put_secret_value(SecretId=SECRET, SecretString=text)


def nothing_changed(rotation: Rotation) -> bool:
    """Whether the old password still logs in, and no service was touched."""
    return rotation.logs_in("jiki", TEMPORARY_PASSWORD) and rotation.redeployments() == [0, 0]


@pytest.mark.parametrize("text", ["\ufeff" + TEXT, DEEP, "no JSON", '["a"]', '{"other": "key"}'])
def test_a_text_that_can_not_be_read_is_the_configuration_s_matter(
    text: str, rotation: Rotation
) -> None:
    save(rotation, text)
    token = rotation.begin()

    with refused(Cause.CONFIGURATION):
        rotation.step("create_secret", token)

    (event,) = rotation.aws.published_events()
    assert event["detail"]["facts"]["cause"] == "configuration"
    assert TEMPORARY_PASSWORD not in json.dumps(event)
    assert nothing_changed(rotation)


def sized(size: int) -> str:
    """A secret of that many bytes."""
    empty = json.dumps({"aurora_password": TEMPORARY_PASSWORD, "note": ""})
    return empty.replace('""', f'"{"x" * (size - len(empty))}"')


def test_a_secret_of_64_kib_is_refused_before_the_password_is_changed(rotation: Rotation) -> None:
    save(rotation, sized(65_536))
    token = rotation.begin()

    with refused(Cause.TOO_LARGE):
        rotation.step("create_secret", token)

    assert nothing_changed(rotation)


def test_a_secret_that_is_full_to_the_byte_with_its_new_password_is_rotated(
    rotation: Rotation,
) -> None:
    room = 40 - len(TEMPORARY_PASSWORD)
    save(rotation, sized(65_536 - room))

    rotation.rotate()

    password = rotation.aws.secret()["aurora_password"]
    assert rotation.logs_in("jiki", password)
    assert len(json.dumps(rotation.aws.secret())) == 65_536


@contextmanager
def answered(operation: str, code: str, message: str) -> Iterator[None]:
    """One operation of Secrets Manager is answered with an error while the block runs."""
    running = True

    def refuse(**_: Any) -> Any:
        # A client that was made meanwhile keeps the handler.
        error = {"Error": {"Code": code, "Message": message}}
        return (AWSResponse("", 400, {}, None), error) if running else None

    assert boto3.DEFAULT_SESSION
    events, name = boto3.DEFAULT_SESSION.events, f"before-call.secrets-manager.{operation}"
    events.register(name, refuse)
    try:
        yield
    finally:
        running = False
        events.unregister(name, refuse)


NO_KEY = "Access to KMS is not allowed"


@pytest.mark.parametrize(
    ("trouble", "cause"),
    [
        (
            lambda: answered(
                "GetSecretValue", "AccessDeniedException", "Access to KMS is not allowed"
            ),
            Cause.KMS,
        ),
        (lambda: answered("GetSecretValue", "DecryptionFailure", "can't decrypt"), Cause.KMS),
        (lambda: answered("PutSecretValue", "EncryptionFailure", "can't encrypt"), Cause.KMS),
        (
            lambda: answered("PutSecretValue", "AccessDeniedException", "is not authorized"),
            Cause.AWS,
        ),
    ],
)
def test_a_refusal_of_the_secret_s_key_says_kms_and_changes_nothing(
    trouble: Callable[[], AbstractContextManager[None]], cause: Cause, rotation: Rotation
) -> None:
    token = rotation.begin()

    with trouble(), refused(cause):
        rotation.step("create_secret", token)

    # THEN once it is allowed, the same rotation goes on
    assert nothing_changed(rotation)
    rotation.rotate(token)
    assert rotation.logs_in("jiki", rotation.aws.secret()["aurora_password"])
