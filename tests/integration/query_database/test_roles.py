"""Two login roles that take turns, and passwords set without the server ever seeing one."""

from collections.abc import Callable
from copy import replace
from typing import Any

import pytest
from psycopg import sql

from local.lambda_endpoint import Context
from ops_common.database_cause import DatabaseCause
from ops_common.query_database import DatabaseRefused, Login
from query_database.app import handler
from query_database.connection import connect
from query_database.settings import Settings
from tests.conftest import Database

pytestmark = pytest.mark.every_postgres

ROLES = {"users": ["jiki_a", "jiki_b"], "owner_role": "jiki_owner"}
NEW = "n3w-Marker-Passw0rd"

type Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def ask(lambda_context: Context) -> Ask:
    def ask(request: str, login: Login, **fields: Any) -> dict[str, Any]:
        event = {"request": request, "login": login.as_json(), **fields}
        return handler(event, lambda_context)

    return ask


@pytest.fixture
def prepared(database: Database, ask: Ask) -> Database:
    """A database with prepared roles, and a password for each of the two."""
    assert ask("prepare_roles", database.login, **ROLES)["ok"]
    for user in ROLES["users"]:
        assert ask("set_password", database.login, user=user, new_password=NEW)["ok"]
    return database


def as_user(database: Database, user: str, password: str = NEW) -> Login:
    return replace(database.login, user=user, password=password)


@pytest.fixture
def settings(database: Database) -> Settings:
    return Settings(2, 1, iam_login=False, ca_certificate=database.server.ca_certificate)


def test_the_master_changes_its_own_password(database: Database, ask: Ask) -> None:
    answer = ask("set_password", database.login, user="jiki", new_password=NEW)

    assert answer == {"ok": True, "answer": {"user": "jiki"}}
    assert ask("check_login", database.login)["error"]["kind"] == "login_refused"
    assert ask("check_login", as_user(database, "jiki"))["ok"]


def test_no_password_reaches_the_server(prepared: Database, ask: Ask) -> None:
    ask("set_password", as_user(prepared, "jiki_a"), user="jiki_b", new_password=NEW)
    ask("set_password", as_user(prepared, "jiki_b"), user="jiki_b", new_password=NEW)

    log = prepared.server.log_text()
    assert "SCRAM-SHA-256$4096:" in log
    assert "set_login_password" in log
    assert NEW not in log


def test_roles_are_prepared_once_and_again(database: Database, ask: Ask) -> None:
    first = ask("prepare_roles", database.login, **ROLES)
    database.admin.execute("SET ROLE jiki; CREATE TABLE later (i int); RESET ROLE")
    again = ask("prepare_roles", database.login, **ROLES)

    assert first["answer"]["created"] == ["jiki_owner", "jiki_a", "jiki_b"]
    assert again["answer"]["created"] == []
    owners = database.admin.execute(
        "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
    ).fetchall()
    assert owners == [("jiki_owner",)]
    functions = database.admin.execute(
        "SELECT proname, proowner::regrole::text FROM pg_proc"
        " WHERE pronamespace = 'jiki_ops'::regnamespace"
    ).fetchall()
    assert functions == [("set_login_password", "jiki")]


def test_each_login_migrates_what_the_other_and_the_master_made(
    prepared: Database, settings: Settings
) -> None:
    with connect(as_user(prepared, "jiki_a"), settings) as a:
        a.execute("CREATE TABLE made_by_a (i int)")
        a.execute("ALTER TABLE solid_queue_jobs ADD COLUMN a int")
    with connect(as_user(prepared, "jiki_b"), settings) as b:
        b.execute("ALTER TABLE made_by_a ADD COLUMN j int")
        b.execute("CREATE SCHEMA analytics")
        b.execute("DROP TABLE made_by_a")
        b.execute("INSERT INTO solid_queue_pauses (queue_name, created_at) VALUES ('q', now())")

    assert prepared.admin.execute("SELECT count(*) FROM solid_queue_pauses").fetchone() == (1,)


def test_a_login_role_runs_as_the_owner(prepared: Database, ask: Ask) -> None:
    answer = ask("check_login", as_user(prepared, "jiki_a"))["answer"]

    assert (answer["session_user"], answer["current_user"]) == ("jiki_a", "jiki_owner")


def test_who_may_set_their_passwords_sees_which_users_take_turns(
    prepared: Database, ask: Ask
) -> None:
    prepared.admin.execute("CREATE ROLE stranger LOGIN")
    prepared.server.set_password("stranger", "stranger-stranger")
    stranger = as_user(prepared, "stranger", "stranger-stranger")

    for login in (prepared.login, as_user(prepared, "jiki_a")):
        assert ask("check_login", login)["answer"]["alternating_users"] == ["jiki_a", "jiki_b"]
    assert ask("check_login", stranger)["answer"]["alternating_users"] == []


def test_no_user_takes_turns_before(database: Database, ask: Ask) -> None:
    assert ask("check_login", database.login)["answer"]["alternating_users"] == []


def test_a_second_database_of_the_app_is_prepared_by_the_same_request(
    prepared: Database, ask: Ask, settings: Settings
) -> None:
    # GIVEN Solid Queue's tables in a database of their own, made by the master
    prepared.admin.execute("CREATE DATABASE jiki_queue OWNER jiki")
    try:
        queue = replace(prepared.login, address=replace(prepared.address, name="jiki_queue"))
        with connect(queue, settings) as master:
            master.execute("CREATE TABLE jobs (i int)")

        assert ask("prepare_roles", queue, **ROLES)["answer"]["created"] == []

        with connect(replace(queue, user="jiki_b", password=NEW), settings) as b:
            b.execute("ALTER TABLE jobs ADD COLUMN j int")
    finally:
        prepared.admin.execute("DROP DATABASE jiki_queue WITH (FORCE)")


@pytest.mark.parametrize(("who", "whose"), [("jiki_a", "jiki_b"), ("jiki_b", "jiki_a")])
def test_each_of_the_two_sets_the_other_s_password(
    who: str, whose: str, prepared: Database, ask: Ask
) -> None:
    answer = ask("set_password", as_user(prepared, who), user=whose, new_password="other" * 8)

    assert answer["ok"]
    assert ask("check_login", as_user(prepared, whose, "other" * 8))["ok"]
    assert ask("check_login", as_user(prepared, who))["ok"]


def test_nobody_else_s_password_can_be_set(prepared: Database, ask: Ask) -> None:
    answer = ask("set_password", as_user(prepared, "jiki_a"), user="jiki", new_password="x" * 20)

    assert (answer["error"]["kind"], answer["error"]["sqlstate"]) == ("refused", "42501")


@pytest.mark.parametrize("verifier", ["", "plain", "md5" + "0" * 32, "SCRAM-SHA-256$1:a$b"])
def test_the_function_takes_verifiers_alone(
    verifier: str, prepared: Database, settings: Settings
) -> None:
    statement = sql.SQL("SET ROLE NONE; SELECT jiki_ops.set_login_password('jiki_b', {})")
    with (
        pytest.raises(DatabaseRefused) as caught,
        connect(as_user(prepared, "jiki_a"), settings) as connection,
    ):
        connection.execute(statement.format(verifier))

    assert caught.value.sqlstate == "22023"


def test_the_function_is_for_the_two_logins_alone(prepared: Database, settings: Settings) -> None:
    prepared.admin.execute("CREATE ROLE stranger LOGIN PASSWORD 'stranger-stranger'")
    stranger = as_user(prepared, "stranger", "stranger-stranger")
    with (
        pytest.raises(DatabaseRefused) as caught,
        connect(stranger, settings) as connection,
    ):
        connection.execute("SELECT jiki_ops.set_login_password('jiki_b', 'x')")

    assert caught.value.sqlstate == "42501"


def test_users_that_are_not_prepared_get_no_password(database: Database, ask: Ask) -> None:
    error = ask("set_password", database.login, user="jiki_a", new_password=NEW)["error"]

    assert (error["kind"], error["cause"]) == ("refused", DatabaseCause.NOT_PREPARED)


def test_a_busy_table_makes_the_preparation_fail_whole(database: Database, ask: Ask) -> None:
    # GIVEN a long transaction on one of the tables that change their owner
    database.admin.execute("BEGIN; LOCK TABLE solid_queue_jobs IN ACCESS SHARE MODE")

    error = ask("prepare_roles", database.login, **ROLES)["error"]

    database.admin.execute("ROLLBACK")
    assert error["kind"] == "timeout"
    roles = database.admin.execute("SELECT 1 FROM pg_roles WHERE rolname = 'jiki_owner'")
    assert roles.fetchall() == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"users": ["jiki_a"]}, "users"),
        ({"users": ["jiki_a", "jiki_a"]}, "users"),
        ({"users": ["jiki_a", "jiki"]}, "users"),
        ({"owner_role": "jiki_a"}, "users"),
        ({"owner_role": None}, "owner_role"),
    ],
)
def test_bad_names_of_roles_are_refused(
    change: dict[str, Any], field: str, database: Database, ask: Ask
) -> None:
    error = ask("prepare_roles", database.login, **ROLES | change)["error"]

    assert (error["kind"], error["field"]) == ("bad_request", field)


def test_odd_names_of_roles_are_quoted(database: Database, ask: Ask) -> None:
    odd = {"users": ['a"; DROP TABLE x; --', "ü' b"], "owner_role": "o%s {}"}
    assert ask("prepare_roles", database.login, **odd)["ok"]
    for user in odd["users"]:
        assert ask("set_password", database.login, user=user, new_password=NEW)["ok"]
        assert ask("check_login", as_user(database, user))["ok"]
