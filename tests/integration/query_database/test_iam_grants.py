"""The user of docs/deploy.md that logs in by IAM: its grants are enough, and are no more."""

import re
from typing import Any

import pytest

from local.lambda_endpoint import Context
from ops_common.query_database import Login
from paths import ROOT
from query_database.app import handler
from tests.conftest import Database

pytestmark = pytest.mark.every_postgres

READS = ("check_login", "connection_usage", "measure_queue", "migrations", "queue_processes")


@pytest.fixture
def reader(database: Database) -> Login:
    """Made by the page's own SQL, as the master user does it; it has a password here."""
    (statements,) = re.findall(
        r"```sql\n(.*?)```", (ROOT / "docs" / "deploy.md").read_text(), re.DOTALL
    )
    admin, master = database.admin, database.login.user
    admin.execute("CREATE ROLE rds_iam")
    admin.execute(f"GRANT rds_iam TO {master} WITH ADMIN OPTION")
    admin.execute(f"SET ROLE {master}")
    admin.execute("CREATE TABLE schema_migrations (version varchar PRIMARY KEY)")
    admin.execute("CREATE TABLE users (email text)")
    admin.execute(statements)
    admin.execute("RESET ROLE")
    database.server.set_password("jiki_ops", "for-this-test")
    return Login(database.address, "jiki_ops", "for-this-test")


@pytest.mark.parametrize("request_name", READS)
def test_it_may_read_all_that_is_asked_for(
    request_name: str, reader: Login, lambda_context: Context
) -> None:
    event = {"request": request_name, "login": reader.as_json()}
    answer: dict[str, Any] = handler(event, lambda_context)
    assert "error" not in answer


def test_it_may_not_read_anything_else(database: Database, reader: Login) -> None:
    privileges = database.admin.execute(
        "SELECT DISTINCT privilege_type FROM information_schema.table_privileges"
        " WHERE grantee = 'jiki_ops'"
    ).fetchall()
    readable = database.admin.execute(
        "SELECT table_name FROM information_schema.table_privileges WHERE grantee = 'jiki_ops'"
    ).fetchall()
    assert privileges == [("SELECT",)]
    assert "users" not in str(readable)
    assert all(name.startswith(("solid_queue_", "schema_migrations")) for (name,) in readable)
