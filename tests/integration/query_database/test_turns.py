"""What the user before them has is carried over to the roles that take turns, or named."""

from collections.abc import Callable
from copy import replace
from typing import Any

import pytest

from local.lambda_endpoint import Context
from ops_common.answers.logins import RolesAnswer
from ops_common.answers.turns import Difference, TurnAnswer
from ops_common.query_database import Login
from query_database.app import handler
from query_database.connection import connect
from query_database.settings import Settings
from tests.conftest import Database

pytestmark = pytest.mark.every_postgres

ROLES = {"users": ["jiki_a", "jiki_b"], "owner_role": "jiki_owner"}
NEW = "n3w-Marker-Passw0rd"

type Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def ask(database: Database, lambda_context: Context) -> Ask:
    def ask(request: str, login: Login | None = None, **fields: Any) -> dict[str, Any]:
        event = {"request": request, "login": (login or database.login).as_json(), **fields}
        answer = handler(event, lambda_context)
        assert answer["ok"], answer
        result: dict[str, Any] = answer["answer"]
        return result

    return ask


@pytest.fixture
def prepared(database: Database, ask: Ask) -> Database:
    assert differences(ask) == {"object"}
    answer = RolesAnswer.from_json(ask("prepare_roles", **ROLES))
    assert answer.differences == ()
    assert differences(ask) == set()
    for user in ROLES["users"]:
        ask("set_password", user=user, new_password=NEW)
    return database


def inspect(ask: Ask) -> tuple[Difference, ...]:
    return TurnAnswer.from_json(ask("inspect_turn", **ROLES)).differences


def differences(ask: Ask) -> set[str]:
    return {each.kind.value for each in inspect(ask)}


def as_a(database: Database) -> Login:
    return replace(database.login, user="jiki_a", password=NEW)


@pytest.fixture
def settings(database: Database) -> Settings:
    return Settings(2, 5, iam_login=False, ca_certificate=database.server.ca_certificate)


MADE_LATER = {
    "table": ("CREATE TABLE later (i int)", "ALTER TABLE later ADD COLUMN j int"),
    "schema": ("CREATE SCHEMA later CREATE TABLE t (i int)", "SELECT * FROM later.t"),
    "sequence": ("CREATE SEQUENCE later", "SELECT nextval('later')"),
    "type": ("CREATE TYPE later AS ENUM ('a')", "ALTER TYPE later ADD VALUE 'b'"),
    "materialized view": (
        "CREATE MATERIALIZED VIEW later AS SELECT 1",
        "REFRESH MATERIALIZED VIEW later",
    ),
    "function": (
        "CREATE FUNCTION later() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE OR REPLACE FUNCTION later() RETURNS int LANGUAGE sql AS 'SELECT 2'",
    ),
}


@pytest.mark.parametrize("kind", MADE_LATER)
def test_what_a_migration_made_since_is_taken_over(
    kind: str, prepared: Database, ask: Ask, settings: Settings
) -> None:
    make, use = MADE_LATER[kind]
    with connect(prepared.login, settings) as old:
        old.execute(make.encode())
    assert {each.carried for each in inspect(ask)} == {True}
    assert differences(ask) == {"object"}

    ask("prepare_roles", **ROLES)

    assert inspect(ask) == ()
    with connect(as_a(prepared), settings) as a:
        a.execute(use.encode())


CARRIED = {
    "setting": (
        "ALTER ROLE jiki SET timezone TO 'Europe/Berlin'",
        "SHOW timezone",
        "Europe/Berlin",
    ),
    "setting of one database": (
        "ALTER ROLE jiki IN DATABASE jiki_production SET work_mem TO '7MB'",
        "SHOW work_mem",
        "7MB",
    ),
    "search_path": (
        "CREATE SCHEMA app AUTHORIZATION jiki;"
        ' ALTER ROLE jiki SET search_path TO app, public, "O d"',
        "SHOW search_path",
        'app, public, "O d"',
    ),
    "schema of the user's name": (
        "CREATE SCHEMA jiki AUTHORIZATION jiki",
        "SHOW search_path",
        "jiki, public",
    ),
    "membership": (
        "CREATE ROLE readers; GRANT readers TO jiki WITH ADMIN OPTION",
        "SELECT pg_has_role(current_user, 'readers', 'MEMBER')::text",
        "true",
    ),
    "grant": (
        "CREATE TABLE theirs (i int); INSERT INTO theirs VALUES (7);"
        " GRANT SELECT ON theirs TO jiki WITH GRANT OPTION",
        "SELECT i::text FROM theirs",
        "7",
    ),
    "default grants": (
        "CREATE ROLE reports; SET ROLE jiki;"
        " ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO reports; RESET ROLE",
        "CREATE TABLE made (i int); SELECT has_table_privilege('reports', 'made', 'SELECT')::text",
        "true",
    ),
    "policy": (
        "SET ROLE jiki; CREATE TABLE tenants (i int); INSERT INTO tenants VALUES (7);"
        " ALTER TABLE tenants ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"
        " CREATE POLICY app ON tenants TO jiki USING (true); RESET ROLE",
        "SELECT i::text FROM tenants",
        "7",
    ),
    "connection limit": (
        "ALTER ROLE jiki CONNECTION LIMIT 50",
        "SELECT rolconnlimit::text FROM pg_roles WHERE rolname = 'jiki_a'",
        "50",
    ),
}


@pytest.mark.parametrize("kind", CARRIED)
def test_what_the_user_has_is_carried_over(
    kind: str, prepared: Database, ask: Ask, settings: Settings
) -> None:
    make, look, expected = CARRIED[kind]
    prepared.admin.execute(make.encode())
    assert {each.carried for each in inspect(ask)} == {True}

    answer = RolesAnswer.from_json(ask("prepare_roles", **ROLES))

    assert answer.differences == ()
    assert answer.carried or kind == "policy"
    with connect(as_a(prepared), settings) as a:
        results = a.execute(look.encode())
        while results.nextset():
            pass
        assert results.fetchone() == (expected,)


LISTED = {
    "setting of a superuser": ("ALTER ROLE jiki SET log_statement TO 'none'", "setting"),
    "membership": ("CREATE ROLE readers; GRANT readers TO jiki", "membership"),
    "grant on a table": ("CREATE TABLE t (i int); GRANT SELECT ON t TO jiki", "grant"),
    "grant on a column": ("CREATE TABLE t (i int); GRANT UPDATE (i) ON t TO jiki", "grant"),
    "grant on a schema": ("CREATE SCHEMA s; GRANT USAGE ON SCHEMA s TO jiki", "grant"),
    "grant on a function": (
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';"
        " REVOKE ALL ON FUNCTION f() FROM PUBLIC; GRANT EXECUTE ON FUNCTION f() TO jiki",
        "grant",
    ),
    "policy on another's table": (
        "CREATE TABLE t (i int); GRANT SELECT ON t TO jiki, jiki_owner;"
        " ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t TO jiki USING (true)",
        "policy",
    ),
    "policy by the user's name": (
        "SET ROLE jiki; CREATE TABLE t (who text); ALTER TABLE t ENABLE ROW LEVEL SECURITY,"
        " FORCE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (who = current_user); RESET ROLE",
        "policy",
    ),
    "default grant of another": (
        "ALTER DEFAULT PRIVILEGES FOR ROLE postgres GRANT SELECT ON TABLES TO jiki",
        "default_grant",
    ),
    "attribute": ("ALTER ROLE jiki BYPASSRLS", "attribute"),
}


@pytest.mark.parametrize("what", LISTED)
def test_what_cannot_be_carried_over_is_named_with_its_statement(
    what: str, prepared: Database, ask: Ask
) -> None:
    make, kind = LISTED[what]
    prepared.admin.execute(make.encode())

    answer = RolesAnswer.from_json(ask("prepare_roles", **ROLES))

    assert {each.kind.value for each in answer.differences} == {kind}
    assert not any(each.carried for each in answer.differences)

    # WHEN a superuser runs what is named, nothing is missed any more
    for each in answer.differences:
        if each.statement:
            prepared.admin.execute(each.statement.encode())
    left = [each for each in inspect(ask) if each.statement]
    assert left == []


def test_other_databases_in_which_the_user_owns_something_are_named(
    prepared: Database, ask: Ask, settings: Settings
) -> None:
    prepared.admin.execute("CREATE DATABASE jiki_cache OWNER jiki")
    try:
        there = replace(prepared.login, address=replace(prepared.address, name="jiki_cache"))
        with connect(there, settings) as old:
            old.execute("CREATE TABLE entries (i int)")

        answer = TurnAnswer.from_json(ask("inspect_turn", **ROLES))

        assert answer.other_databases == ("jiki_cache",)
        assert {each["kind"] for each in ask("inspect_turn", there, **ROLES)["differences"]} == {
            "object"
        }
    finally:
        prepared.admin.execute("DROP DATABASE jiki_cache WITH (FORCE)")


def test_a_user_of_an_odd_name_is_compared_as_well(database: Database, ask: Ask) -> None:
    odd = {"users": ['a"; DROP TABLE x; --', "ü' b"], "owner_role": "o%s {}"}
    database.admin.execute("ALTER ROLE jiki SET timezone TO 'Europe/Berlin'")

    assert RolesAnswer.from_json(ask("prepare_roles", **odd)).differences == ()
