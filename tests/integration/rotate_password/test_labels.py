"""What our own labels save: a valid password that AWS's labels lost, and a date that has passed."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg import sql

from local.moto_aws import TEMPORARY_PASSWORD
from rotate_password.words.cause import Cause
from tests.integration.rotate_password.conftest import STEPS, Rotation, refused


def move_back(rotation: Rotation) -> None:
    """Somebody makes the version of before current again."""
    stages = {stage: version for version, all_ in rotation.aws.stages().items() for stage in all_}
    rotation.aws.client("secretsmanager").update_secret_version_stage(
        SecretId="config",
        VersionStage="AWSCURRENT",
        RemoveFromVersionId=stages["AWSCURRENT"],
        MoveToVersionId=stages["AWSPREVIOUS"],
    )


@pytest.mark.every_postgres
@pytest.mark.parametrize("stale", ["saved", "moved back"])
def test_a_password_that_lost_aws_s_labels_by_two_edits_is_found_again(
    stale: str, rotation: Rotation
) -> None:
    """AWSPREVIOUS and AWSCURRENT are then both on versions that the database refuses."""
    rotation.rotate()
    rotation.wait_for_rollouts()
    valid = rotation.aws.secret()["aurora_password"]
    if stale == "saved":
        rotation.edit(aurora_password=TEMPORARY_PASSWORD)
    else:
        move_back(rotation)
    rotation.edit(another_key="value")
    known = [
        rotation.aws.secret(stage)["aurora_password"] for stage in ("AWSCURRENT", "AWSPREVIOUS")
    ]
    assert valid not in known

    rotation.rotate()

    secret = rotation.aws.secret()
    assert rotation.logs_in("jiki", secret["aurora_password"])
    assert secret["another_key"] == "value"


@pytest.mark.every_postgres
def test_a_stale_save_during_the_last_step_is_no_success(rotation: Rotation) -> None:
    # GIVEN somebody who saves a text of before while the services are being redeployed
    token = rotation.begin()
    for name in STEPS[:3]:
        rotation.step(name, token)
    real, saved = rotation.ecs.engine.on_event, []

    def save_once(event: dict[str, Any]) -> None:
        if not saved and event["detail"].get("eventName") == "SERVICE_DEPLOYMENT_IN_PROGRESS":
            saved.append(rotation.edit(aurora_password=TEMPORARY_PASSWORD))
        real(event)

    rotation.ecs.engine.on_event = save_once
    done = rotation.step("finish_secret", token)

    # THEN what new tasks have read meanwhile is taken from them again
    assert (len(saved), done["outcome"], rotation.redeployments()) == (1, "rotated", [2, 2])
    assert rotation.logs_in("jiki", rotation.aws.secret()["aurora_password"])


def expire(rotation: Rotation, days: float) -> datetime:
    """Let the user's passwords end, so many days from now; when that is."""
    until = datetime.now(UTC) + timedelta(days=days)
    rotation.database.admin.execute(
        sql.SQL("ALTER ROLE jiki VALID UNTIL {}").format(sql.Literal(until.isoformat()))
    )
    return until


@pytest.mark.parametrize(("days", "severity"), [(40, "warning"), (400, "info")])
def test_a_password_that_soon_expires_is_reported_with_the_rotation(
    days: int, severity: str, rotation: Rotation
) -> None:
    until = expire(rotation, days)

    rotation.rotate()

    (event,) = rotation.aws.published_events()
    assert event["detail"]["severity"] == severity
    assert event["detail"]["facts"]["valid_until"] == until.isoformat()


@pytest.mark.every_postgres
def test_a_password_that_has_expired_is_no_lost_one(rotation: Rotation) -> None:
    # GIVEN a rotation that has seen the date, which passes before the next one
    until = expire(rotation, 6 / 86_400)
    rotation.rotate()
    time.sleep(max(0.0, (until - datetime.now(UTC)).total_seconds() + 1))
    assert not rotation.logs_in("jiki", rotation.aws.secret()["aurora_password"])

    token = rotation.begin()
    rotation.step("create_secret", token)
    with refused(Cause.EXPIRED):
        rotation.step("set_secret", token)

    event = rotation.aws.published_events()[-1]
    statement = event["detail"]["facts"]["statement"]
    assert event["detail-type"] == "RotationFailed"
    assert rotation.findings() == {("login", "stop")}

    # WHEN the statement is run, the rotation goes on
    rotation.database.admin.execute(statement.encode())
    rotation.rotate(token)
    assert rotation.logs_in("jiki", rotation.aws.secret()["aurora_password"])
