"""`make populate` on a real secret's versions and staging labels."""

import io
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError

from cli.populate import __main__ as command
from cli.populate.populate import make
from cli.populate.store import Busy, SecretBusy, SecretStore
from local.moto_aws import SECRET_CONTENT, MotoAws
from tests.outputs import assert_shown

RANDOM = ["secret_key_base", "hmac_secret", "jwt_secret"]
KEPT = {key: value for key, value in SECRET_CONTENT.items() if key not in RANDOM[1:]}
SECTION = """[staging.global.parameters]
stack_name = "jiki-ops-staging"
[staging.deploy.parameters]
region = "eu-west-1"
parameter_overrides = [
    "ConfigSecretId=config",
    "SecretKeys=aurora_password,secret_key_base,hmac_secret,jwt_secret",
]
"""


@pytest.fixture
def secret(aws: MotoAws) -> MotoAws:
    """A secret that lacks two of the random keys."""
    aws.client("secretsmanager").put_secret_value(SecretId="config", SecretString=json.dumps(KEPT))
    return aws


def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str = "", *arguments: str) -> int:
    file = tmp_path / "samconfig.toml"
    file.write_text(SECTION)
    place = ["make populate", "--environment", "staging", "--file", str(file)]
    monkeypatch.setattr(sys, "argv", [*place, *arguments])
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    return command.main()


def test_a_dry_run_changes_nothing_and_names_what_is_missing(
    secret: MotoAws,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = secret.stages()
    assert run(tmp_path, monkeypatch) == 0
    assert (secret.secret(), secret.stages()) == (KEPT, before)
    missing = [
        line.split()[0] for line in capsys.readouterr().out.splitlines() if "missing" in line
    ]
    assert missing == RANDOM[1:]


def test_makes_the_named_keys_current_and_keeps_the_old_version_as_previous(
    secret: MotoAws,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(tmp_path, monkeypatch, "config\n", "--keys", " ".join(RANDOM[1:])) == 0
    content = secret.secret()
    assert content | KEPT == content
    assert set(content) == set(SECRET_CONTENT)
    assert secret.secret("AWSPREVIOUS") == KEPT
    # THEN no label of ours is left, and no value is on the screen
    labels = {label for labels in secret.stages().values() for label in labels}
    assert labels == {"AWSCURRENT", "AWSPREVIOUS"}
    printed = capsys.readouterr()
    assert content["jwt_secret"] not in printed.out + printed.err
    assert KEPT["aurora_password"] not in printed.out + printed.err


@pytest.mark.parametrize("typed", ["", "\n", "y\n", "config-production\n"])
def test_another_word_than_the_secret_s_name_changes_nothing(
    secret: MotoAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    assert run(tmp_path, monkeypatch, typed, "--keys", "jwt_secret") == 1
    assert secret.secret() == KEPT


def test_waits_for_a_rotation_that_is_under_way(
    secret: MotoAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret.begin_rotation("5b1f1c9e-1d52-4e6f-8f2b-0d6f9a3f7c11")
    assert run(tmp_path, monkeypatch, "config\n", "--keys", "jwt_secret") == 2
    assert secret.secret() == KEPT


def test_an_edit_in_between_is_not_overwritten(secret: MotoAws) -> None:
    # GIVEN a version that somebody replaces after it was read
    client = secret.client("secretsmanager")
    store = SecretStore(client, "config")
    read = store.read()
    client.put_secret_value(SecretId="config", SecretString='{"edited": "by hand"}')
    with pytest.raises(SecretBusy) as busy:
        store.replace(read, '{"ours": ""}')
    assert busy.value.cause is Busy.CHANGED
    assert secret.secret() == {"edited": "by hand"}


def test_a_run_that_died_half_way_is_made_good_by_the_next(secret: MotoAws) -> None:
    # GIVEN a call that is refused once the new version is stored
    client = secret.client("secretsmanager")

    def refuse(**_: Any) -> Any:
        return AWSResponse("", 400, {}, None), {"Error": {"Code": "AccessDeniedException"}}

    event = "before-call.secretsmanager.UpdateSecretVersionStage"
    client.meta.events.register(event, refuse)
    store = SecretStore(client, "config")
    with pytest.raises(ClientError):
        make(store, "config", tuple(RANDOM[1:]), lambda: True)
    assert secret.secret() == KEPT
    # WHEN it runs again
    client.meta.events.unregister(event, refuse)
    assert make(store, "config", tuple(RANDOM[1:]), lambda: True) == tuple(RANDOM[1:])
    # THEN the keys are there, and no label of ours is left
    assert set(secret.secret()) == set(SECRET_CONTENT)
    labels = {label for labels in secret.stages().values() for label in labels}
    assert labels == {"AWSCURRENT", "AWSPREVIOUS"}


def test_the_page_shows_what_is_printed(
    secret: MotoAws,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    lacking = {key: value for key, value in KEPT.items() if key != "stripe_secret_key"}
    secret.client("secretsmanager").put_secret_value(
        SecretId="config", SecretString=json.dumps(lacking)
    )
    keys = "aurora_password,hmac_secret,stripe_secret_key"
    section = re.sub(r"SecretKeys=[^\"]*", f"SecretKeys={keys}", SECTION)
    file = tmp_path / "samconfig.toml"
    file.write_text(section.replace("staging", "production"))
    place = ["make populate", "--environment", "production", "--file", str(file)]
    monkeypatch.setattr(sys, "argv", place)
    assert command.main() == 0
    assert_shown("populate", capsys.readouterr().out)
    monkeypatch.setattr(sys, "argv", [*place, "--keys", "hmac_secret jwt_secret"])
    monkeypatch.setattr(sys, "stdin", io.StringIO("config\n"))
    assert command.main() == 0
    # A terminal shows what is typed there; here nobody types.
    assert_shown("populate-keys", capsys.readouterr().out.replace("]: ", "]: config\n"))
