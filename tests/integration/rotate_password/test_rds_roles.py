"""What only Amazon RDS has: rds_iam, and passwords that rds_password's members alone may set."""

from collections.abc import Iterator

import pytest

from ops_common.database_cause import DatabaseCause
from ops_common.query_database import DatabaseRefused
from query_database.connection import connect
from query_database.settings import Settings
from rotate_password.words.cause import Cause
from tests.conftest import Database
from tests.integration.rotate_password.conftest import Rotation, refused


@pytest.fixture
def rds_iam(rotation: Rotation) -> Iterator[Rotation]:
    """Two users that take turns, of whom the next one logs in by token alone."""
    rotation.alternate()
    rotation.database.admin.execute("CREATE ROLE rds_iam NOLOGIN; GRANT rds_iam TO jiki_a")
    yield rotation
    rotation.database.admin.execute("DROP ROLE rds_iam")


def test_a_user_by_token_alone_stops_the_rotation_and_its_rehearsal(rds_iam: Rotation) -> None:
    assert ("user", "stop") in rds_iam.findings()

    token = rds_iam.begin()
    with refused(Cause.LOGIN_DISABLED):
        rds_iam.step("create_secret", token)

    facts = rds_iam.aws.published_events()[-1]["detail"]["facts"]
    assert facts["statement"] == "REVOKE rds_iam FROM jiki_a"
    rds_iam.database.admin.execute(facts["statement"])
    rds_iam.rotate(token)


def test_who_may_not_set_passwords_has_a_cause_of_its_own(database: Database) -> None:
    settings = Settings(5, 5, iam_login=False, ca_certificate=database.server.ca_certificate)

    with pytest.raises(DatabaseRefused) as caught, connect(database.login, settings) as connection:
        # As rds.restrict_password_commands answers to ALTER ROLE … PASSWORD.
        connection.execute(
            "DO $$ BEGIN RAISE insufficient_privilege"
            " USING MESSAGE = 'must be a member of rds_password to alter passwords'; END $$"
        )

    assert caught.value.cause is DatabaseCause.NOT_ALLOWED_TO_SET
