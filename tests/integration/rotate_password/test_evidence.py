"""What a rotation looks at before it changes anything, on a real server and AWS's own calls."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest

from local.moto_aws import TEMPORARY_PASSWORD
from rotate_password.words.cause import Cause
from tests.integration.rotate_password.conftest import SERVICES, STEPS, Rotation, refused


def session(rotation: Rotation, user: str, password: str) -> psycopg.Connection[Any]:
    """Somebody's open session, as an app keeps one in its pool."""
    address = rotation.database.address
    return psycopg.connect(
        host=address.host,
        port=address.port,
        dbname=address.name,
        user=user,
        password=password,
        sslmode="require",
        application_name="puma",
    )


@pytest.mark.every_postgres
def test_a_partner_in_use_holds_the_rotation_and_keeps_its_password(rotation: Rotation) -> None:
    rotation.alternate()
    rotation.rotate()
    rotation.wait_for_rollouts()
    last = rotation.aws.secret()
    rotation.rotate()
    rotation.wait_for_rollouts()

    # GIVEN a task that still uses the last user, and tasks from before the turn
    for service in rotation.ecs.engine.services.values():
        for task in service.tasks:
            task.started_at = task.started_at and task.started_at - timedelta(days=1)
    with session(rotation, last["aurora_username"], last["aurora_password"]):
        assert ("user", "stop") in rotation.findings()
        token = rotation.begin()
        with refused(Cause.PARTNER_IN_USE):
            rotation.step("create_secret", token)
        (event,) = rotation.aws.published_events()[-1:]
        assert event["detail"]["facts"]["sessions"] == "1 of jiki_a (puma)"
        assert (
            event["detail"]["facts"]["old_tasks"] == "1 of jiki-api-web, 1 of jiki-api-solid-queue"
        )
        assert rotation.logs_in(last["aurora_username"], last["aurora_password"])

    # WHEN it is gone, the same rotation goes on
    rotation.rotate(token)
    assert rotation.aws.secret()["aurora_username"] == "jiki_a"


@pytest.mark.every_postgres
def test_a_migration_between_the_preparation_and_the_first_turn_is_taken_over(
    rotation: Rotation,
) -> None:
    rotation.alternate()
    with session(rotation, "jiki", TEMPORARY_PASSWORD) as app:
        app.execute("CREATE SCHEMA later CREATE TABLE later.t (i int)")
    assert rotation.findings() == {("turn", "note")}

    rotation.rotate()

    secret = rotation.aws.secret()
    with session(rotation, secret["aurora_username"], secret["aurora_password"]) as app:
        app.execute("ALTER TABLE later.t ADD COLUMN j int; INSERT INTO later.t VALUES (1, 2)")


@pytest.mark.every_postgres
def test_a_grant_that_the_pair_would_miss_stops_the_first_turn(rotation: Rotation) -> None:
    rotation.alternate()
    admin = rotation.database.admin
    admin.execute("CREATE TABLE theirs (i int); GRANT SELECT ON theirs TO jiki")
    token = rotation.begin()

    with refused(Cause.TURN_REFUSED):
        rotation.step("create_secret", token)

    assert ("turn", "stop") in rotation.findings()
    admin.execute("GRANT SELECT ON TABLE theirs TO jiki_owner")
    rotation.rotate(token)
    assert rotation.aws.secret()["aurora_username"] == "jiki_a"


def test_a_pending_password_that_was_never_set_does_not_become_current(
    rotation: Rotation,
) -> None:
    token = rotation.begin()
    rotation.step("create_secret", token)

    with refused(Cause.LOGIN_REFUSED):
        rotation.step("finish_secret", token)

    assert rotation.aws.secret()["aurora_password"] == TEMPORARY_PASSWORD
    assert rotation.redeployments() == [0, 0]


def test_a_password_whose_pending_label_was_cleaned_up_is_found_again(rotation: Rotation) -> None:
    token = rotation.begin()
    for name in STEPS[:2]:
        rotation.step(name, token)
    rotation.aws.client("secretsmanager").update_secret_version_stage(
        SecretId="config", VersionStage="AWSPENDING", RemoveFromVersionId=token
    )

    rotation.rotate()

    assert rotation.logs_in("jiki", rotation.aws.secret()["aurora_password"])


def test_one_refused_service_leaves_the_other_one_with_new_tasks(rotation: Rotation) -> None:
    token = rotation.begin()
    for name in STEPS[:3]:
        rotation.step(name, token)
    rotation.ecs.fail_next("AccessDeniedException", "no", operation="UpdateService")

    with refused(Cause.REDEPLOY_FAILED):
        rotation.step("finish_secret", token)

    assert rotation.redeployments() == [1, 1]
    event = rotation.aws.published_events()[-1]
    assert event["detail"]["facts"]["redeployed"] == SERVICES[1]
    assert event["detail"]["facts"]["not_redeployed"] == SERVICES[0]


@pytest.mark.every_postgres
def test_a_role_that_may_not_log_in_is_no_lost_password(rotation: Rotation) -> None:
    rotation.database.admin.execute("ALTER ROLE jiki NOLOGIN")
    token = rotation.begin()

    with refused(Cause.LOGIN_DISABLED):
        rotation.step("create_secret", token)

    (event,) = rotation.aws.published_events()
    assert event["detail-type"] == "RotationFailed"


def test_a_copy_of_the_password_stops_the_rotation_or_changes_with_it(
    rotation: Rotation, monkeypatch: pytest.MonkeyPatch
) -> None:
    rotation.edit(database_url=f"postgres://jiki:{TEMPORARY_PASSWORD}@db/jiki")
    token = rotation.begin()
    with refused(Cause.COPIES_LEFT):
        rotation.step("create_secret", token)
    (event,) = rotation.aws.published_events()
    assert event["detail"]["facts"]["copies"] == "database_url"

    monkeypatch.setenv("PASSWORD_COPIES", "database_url")
    rotation.rotate(token)

    secret = rotation.aws.secret()
    assert secret["database_url"] == f"postgres://jiki:{secret['aurora_password']}@db/jiki"


def test_a_password_that_amazon_rds_manages_is_left_alone(
    rotation: Rotation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_CLUSTER_ID", "jiki-production")
    rotation.aws.client("rds").create_db_cluster(
        DBClusterIdentifier="jiki-production",
        Engine="aurora-postgresql",
        MasterUsername="jiki",
        ManageMasterUserPassword=True,
    )
    token = rotation.begin()

    with refused(Cause.MANAGED_BY_RDS):
        rotation.step("create_secret", token)


def test_a_cluster_that_is_not_there_holds_nothing(
    rotation: Rotation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_CLUSTER_ID", "gone")

    rotation.rotate()

    assert rotation.logs_in("jiki", rotation.aws.secret()["aurora_password"])


def test_an_answer_lost_after_the_change_is_no_failure(rotation: Rotation) -> None:
    # GIVEN an invocation whose answer doesn't arrive
    token = rotation.begin()
    rotation.step("create_secret", token)
    real = rotation.invoked.functions["jiki-ops-query-database"]

    def lose(event: Any, context: Any) -> Any:
        answer = real(event, context)
        if event["request"] == "set_password":
            raise TimeoutError
        return answer

    rotation.invoked.functions["jiki-ops-query-database"] = lose

    assert rotation.step("set_secret", token)["outcome"] == "set_unanswered"
