"""A lost password of the master user, set anew by Amazon RDS where a team allows it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from psycopg import sql

from rotate_password.words.cause import Cause
from tests.integration.rotate_password.conftest import Rotation, refused

CLUSTER = "jiki-production"


@pytest.fixture
def lost(rotation: Rotation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rotation]:
    """A password that nobody knows, an Aurora cluster, and RDS's way of carrying out a reset."""
    admin = rotation.database.admin
    admin.execute("ALTER ROLE jiki PASSWORD 'nobody-knows-this-one'")
    rotation.aws.client("rds").create_db_cluster(
        DBClusterIdentifier=CLUSTER,
        Engine="aurora-postgresql",
        MasterUsername="jiki",
        MasterUserPassword="nobody-knows-this-one",
    )
    monkeypatch.setenv("ALLOW_MASTER_RESET", "true")
    monkeypatch.setenv("DATABASE_CLUSTER_ID", CLUSTER)

    def carry_out(params: dict[str, Any], **_: Any) -> None:
        # RDS would wait for the maintenance window.
        assert params["body"]["ApplyImmediately"] == "true"
        password = params["body"]["MasterUserPassword"]
        admin.execute(sql.SQL("ALTER ROLE jiki PASSWORD {}").format(sql.Literal(password)))

    assert boto3.DEFAULT_SESSION
    events = boto3.DEFAULT_SESSION.events
    events.register("before-call.rds.ModifyDBCluster", carry_out)
    yield rotation
    events.unregister("before-call.rds.ModifyDBCluster", carry_out)


def test_a_lost_password_is_reset_reported_and_proved_by_a_login(lost: Rotation) -> None:
    lost.rotate()

    assert lost.logs_in("jiki", lost.aws.secret()["aurora_password"])
    told = [event["detail-type"] for event in lost.aws.published_events()]
    assert told == ["PasswordLost", "PasswordRotated"]


def test_no_reset_is_made_where_it_is_not_allowed(
    lost: Rotation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALLOW_MASTER_RESET", "false")

    with refused(Cause.PASSWORD_LOST):
        lost.rotate()


@contextmanager
def refusing(code: str) -> Iterator[None]:
    """ModifyDBCluster is carried out, and then answered with an error."""

    def refuse(params: dict[str, Any], **_: Any) -> Any:
        return AWSResponse("", 400, {}, None), {"Error": {"Code": code, "Message": "no"}}

    assert boto3.DEFAULT_SESSION
    events = boto3.DEFAULT_SESSION.events
    events.register_last("before-call.rds.ModifyDBCluster", refuse)
    try:
        yield
    finally:
        events.unregister("before-call.rds.ModifyDBCluster", refuse)


def test_a_reset_that_runs_already_is_waited_for(lost: Rotation) -> None:
    # GIVEN a cluster that is resetting: it refuses another change, and is done at the next login
    with refusing("InvalidDBClusterStateFault"):
        lost.rotate()

    assert lost.logs_in("jiki", lost.aws.secret()["aurora_password"])


def test_any_other_refusal_of_a_reset_fails_the_rotation(lost: Rotation) -> None:
    with refusing("AccessDenied"), refused(Cause.AWS):
        lost.rotate()
