"""The scaler logs in each minute, so it is the first to meet a secret that has gone back."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from local.ecs import EcsStandIn
from local.lambda_endpoint import Context
from local.moto_aws import SECRET, TEMPORARY_PASSWORD
from ops_common.app_config import AppConfigSettings, ConfigTable
from ops_common.aws import client
from ops_common.query_database import LambdaQueryDatabase
from ops_common.refused_password import AcceptedVersion, RevertCause, find_accepted_version
from ops_common.settings import Environment
from scale_workers import app
from scale_workers.login import LoginCache
from tests.conftest import SETTINGS, Database

NEW = "n3w-Marker-Passw0rd-of-the-rotation"

pytestmark = pytest.mark.usefixtures("lambda_endpoint")


@pytest.fixture
def look(aws: Any, database: Database) -> Callable[[], AcceptedVersion | None]:
    settings = AppConfigSettings.from_environment(Environment())

    def look() -> AcceptedVersion | None:
        return find_accepted_version(
            client("secretsmanager"),
            ConfigTable(client("dynamodb"), settings),
            settings,
            LambdaQueryDatabase(client("lambda"), SETTINGS["QUERY_DATABASE_FUNCTION"]),
        )

    return look


def save(aws: Any, password: str) -> str:
    """Somebody saves a text; its version's id."""
    text = f'{{"aurora_password": "{password}"}}'
    version: str = aws.client("secretsmanager").put_secret_value(
        SecretId=SECRET, SecretString=text
    )["VersionId"]
    return version


def made(aws: Any, stage: str) -> datetime:
    """When the version of a label was made."""
    secrets = aws.client("secretsmanager")
    when: datetime = secrets.get_secret_value(SecretId=SECRET, VersionStage=stage)["CreatedDate"]
    return when


def test_the_version_that_is_accepted_is_found(
    look: Callable[[], AcceptedVersion | None], aws: Any, database: Database
) -> None:
    # GIVEN a rotation, and a text of before that is saved after it
    database.server.set_password("jiki", NEW)
    rotated = save(aws, NEW)
    save(aws, TEMPORARY_PASSWORD)

    found = look()

    assert found
    assert (found.version, found.labels) == (rotated, ("AWSPREVIOUS",))
    assert found.cause is RevertCause.SAVED
    assert found.since == made(aws, "AWSCURRENT") >= made(aws, "AWSPREVIOUS")


def test_a_label_that_was_moved_back_is_known_as_such(
    look: Callable[[], AcceptedVersion | None], aws: Any, database: Database
) -> None:
    # GIVEN a rotation, after which somebody makes the version of before current again
    secrets = aws.client("secretsmanager")
    before = secrets.get_secret_value(SecretId=SECRET)["VersionId"]
    # moto's times are whole seconds
    time.sleep(1.1)
    database.server.set_password("jiki", NEW)
    rotated = save(aws, NEW)
    secrets.update_secret_version_stage(
        SecretId=SECRET,
        VersionStage="AWSCURRENT",
        RemoveFromVersionId=rotated,
        MoveToVersionId=before,
    )

    found = look()

    assert found
    assert (found.version, found.cause) == (rotated, RevertCause.MOVED)
    assert found.since == secrets.describe_secret(SecretId=SECRET)["LastChangedDate"]


def test_none_is_found_where_the_password_is_lost(
    look: Callable[[], AcceptedVersion | None], aws: Any, database: Database
) -> None:
    database.server.set_password("jiki", NEW)
    save(aws, "another-password")

    assert look() is None


def test_a_version_that_is_no_secret_of_ours_is_left_aside(
    look: Callable[[], AcceptedVersion | None], aws: Any, database: Database
) -> None:
    aws.client("secretsmanager").put_secret_value(SecretId=SECRET, SecretString="no JSON")
    save(aws, "another-password")

    assert look() is None


def test_a_tick_notifies_of_it_at_once(
    aws: Any,
    database: Database,
    ecs: EcsStandIn,
    lambda_context: Context,
    event: Callable[[str], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(app, "login_cache", LoginCache())
    database.server.set_password("jiki", NEW)
    rotated = save(aws, NEW)
    save(aws, TEMPORARY_PASSWORD)

    app.handler(event("scale_workers/tick"), lambda_context)

    (told,) = [e for e in aws.published_events() if e["detail-type"] == "PasswordReverted"]
    assert (told["detail"]["state"], told["detail"]["severity"]) == ("open", "critical")
    assert told["detail"]["facts"]["accepted_version"] == rotated
