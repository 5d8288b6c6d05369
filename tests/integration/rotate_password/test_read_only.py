"""A database that can't be written: a standby is waited for and named, a default is overridden."""

from collections.abc import Iterator

import pytest

from local.moto_aws import TEMPORARY_PASSWORD
from local.postgres import PostgresServer, available_kinds
from ops_common.query_database import DatabaseAddress, Login
from rotate_password.words.cause import Cause
from tests.conftest import Database
from tests.integration.rotate_password.conftest import Rotation, refused


@pytest.mark.every_postgres
@pytest.mark.parametrize(
    "statement",
    [
        "ALTER DATABASE jiki_production SET default_transaction_read_only TO on",
        "ALTER ROLE jiki SET default_transaction_read_only TO on",
    ],
)
def test_a_read_only_default_keeps_no_rotation(statement: str, rotation: Rotation) -> None:
    rotation.database.admin.execute(statement.encode())

    rotation.rotate()

    assert rotation.logs_in("jiki", rotation.aws.secret()["aurora_password"])


class TestOnAStandby:
    """On a server of its own, for it doesn't come back."""

    @pytest.fixture
    def database(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
        """In place of the shared one."""
        if "system" not in available_kinds():
            pytest.skip("needs the system's PostgreSQL")
        with PostgresServer.start("system") as server:
            server.create_database("jiki_production", TEMPORARY_PASSWORD)
            monkeypatch.setenv("DATABASE_CA_CERTIFICATE", server.ca_certificate)
            address = DatabaseAddress(server.host, server.port, "jiki_production")
            login = Login(address, "jiki", TEMPORARY_PASSWORD)
            with server.connect("jiki_production") as admin:
                yield Database(server, address, login, admin)

    def test_a_reader_is_waited_for_and_named(self, rotation: Rotation) -> None:
        token = rotation.begin()
        rotation.step("create_secret", token)

        with rotation.database.server.standby():
            with refused(Cause.READ_ONLY):
                rotation.step("set_secret", token)
            assert rotation.logs_in("jiki", TEMPORARY_PASSWORD)
            findings = rotation.step("rehearse")["findings"]

        stops = [each for each in findings if each["level"] == "stop"]
        assert [(each["check"], bool(each["remedy"])) for each in stops] == [("login", True)]
