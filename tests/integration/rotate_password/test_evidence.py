"""What a rotation looks at before it changes anything, on a real server and AWS's own calls."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import replace
from datetime import timedelta
from typing import Any

import boto3
import psycopg
import pytest
from botocore.awsrequest import AWSResponse

from local.moto_aws import TEMPORARY_PASSWORD
from rotate_password.failure import StepFailed
from tests.integration.rotate_password.conftest import SERVICES, STEPS, Rotation

SECRET_ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:config"  # a name


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


def rehearse(rotation: Rotation) -> dict[str, list[str]]:
    """The observations of a rehearsal by level."""
    answer = rotation.step("rehearse")
    found: dict[str, list[str]] = {"ok": [], "note": [], "stop": []}
    for finding in answer["findings"]:
        found[finding["level"]].append(finding["observed"])
    assert answer["mayRotate"] is not bool(found["stop"])
    return found


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
        assert any("1 sessions of jiki_a (puma)" in each for each in rehearse(rotation)["stop"])
        token = rotation.begin()
        with pytest.raises(StepFailed, match=r"jiki_a.* has 1 sessions \(puma\).*of jiki-api-web"):
            rotation.step("create_secret", token)
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
    assert "object schema later of jiki in jiki_production" in rehearse(rotation)["note"]

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

    with pytest.raises(StepFailed, match="GRANT SELECT ON TABLE theirs TO jiki_owner"):
        rotation.step("create_secret", token)

    assert "SELECT on table theirs" in rehearse(rotation)["stop"][0]
    admin.execute("GRANT SELECT ON TABLE theirs TO jiki_owner")
    rotation.rotate(token)
    assert rotation.aws.secret()["aurora_username"] == "jiki_a"


def test_a_pending_password_that_was_never_set_does_not_become_current(
    rotation: Rotation,
) -> None:
    token = rotation.begin()
    rotation.step("create_secret", token)

    with pytest.raises(StepFailed, match="refused the login of jiki"):
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

    with pytest.raises(StepFailed, match="no new tasks for jiki-api-web"):
        rotation.step("finish_secret", token)

    assert rotation.redeployments() == [1, 1]
    event = rotation.aws.published_events()[-1]
    assert event["detail"]["facts"]["redeployed"] == SERVICES[1]
    assert event["detail"]["facts"]["not_redeployed"] == SERVICES[0]


@pytest.mark.every_postgres
def test_a_role_that_may_not_log_in_is_no_lost_password(rotation: Rotation) -> None:
    rotation.database.admin.execute("ALTER ROLE jiki NOLOGIN")
    token = rotation.begin()

    with pytest.raises(StepFailed, match="the role is NOLOGIN"):
        rotation.step("create_secret", token)

    (event,) = rotation.aws.published_events()
    assert event["detail-type"] == "RotationFailed"


def test_a_password_that_soon_expires_is_told_with_the_rotation(rotation: Rotation) -> None:
    rotation.database.admin.execute("ALTER ROLE jiki VALID UNTIL '2099-01-01'")

    rotation.rotate()

    (event,) = rotation.aws.published_events()
    assert event["detail"]["severity"] == "warning"
    assert event["detail"]["facts"]["valid_until"].startswith("2099-01-01")


def test_a_reader_is_waited_for_and_named(rotation: Rotation) -> None:
    rotation.database.admin.execute(
        "ALTER DATABASE jiki_production SET default_transaction_read_only TO on"
    )
    token = rotation.begin()
    rotation.step("create_secret", token)

    with pytest.raises(StepFailed, match="is read-only: a reader's endpoint"):
        rotation.step("set_secret", token)


def test_a_copy_of_the_password_stops_the_rotation_or_changes_with_it(
    rotation: Rotation, monkeypatch: pytest.MonkeyPatch
) -> None:
    rotation.edit(database_url=f"postgres://jiki:{TEMPORARY_PASSWORD}@db/jiki")
    token = rotation.begin()
    with pytest.raises(StepFailed, match="also at database_url"):
        rotation.step("create_secret", token)

    monkeypatch.setenv("PASSWORD_COPIES", "database_url")
    rotation.rotate(token)

    secret = rotation.aws.secret()
    assert secret["database_url"] == f"postgres://jiki:{secret['aurora_password']}@db/jiki"


def test_a_service_that_reads_the_secret_unlisted_or_pinned_is_found(rotation: Rotation) -> None:
    rotation.ecs.create_service("console", desired=1, tag="0" * 40)
    arn = rotation.aws.client("secretsmanager").describe_secret(SecretId="config")["ARN"]
    for name, value in (("console", f"{arn}:aurora_password::"), (SERVICES[0], f"{arn}:::v0")):
        definitions = rotation.ecs.engine.definitions[name]
        definitions[-1] = replace(definitions[-1], secrets=(("DATABASE_PASSWORD", value),))

    stops = rehearse(rotation)["stop"]

    assert any(each.startswith("console reads the secret") for each in stops)
    assert any(each.startswith("jiki-api-web asks for one version") for each in stops)


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

    with pytest.raises(StepFailed, match="MasterUserSecret"):
        rotation.step("create_secret", token)

    assert any("Amazon RDS manages" in each for each in rehearse(rotation)["stop"])


def test_a_cluster_that_is_not_there_holds_nothing(
    rotation: Rotation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_CLUSTER_ID", "gone")

    rotation.rotate()

    assert rotation.logs_in("jiki", rotation.aws.secret()["aurora_password"])


@contextmanager
def refusing(operation: str, code: str, message: str) -> Iterator[None]:
    """One operation of Secrets Manager is answered with an error."""

    def refuse(**_: Any) -> Any:
        return AWSResponse("", 400, {}, None), {"Error": {"Code": code, "Message": message}}

    assert boto3.DEFAULT_SESSION
    events, name = boto3.DEFAULT_SESSION.events, f"before-call.secrets-manager.{operation}"
    events.register(name, refuse)
    try:
        yield
    finally:
        events.unregister(name, refuse)


def test_a_refusal_of_the_secret_s_key_says_kms(rotation: Rotation) -> None:
    token = rotation.begin()

    with (
        refusing("GetSecretValue", "AccessDeniedException", "Access to KMS is not allowed"),
        pytest.raises(StepFailed, match="KMS key refuses"),
    ):
        rotation.step("create_secret", token)


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
