"""Who is about to have a new password may be in use, blocked, or miss something."""

from datetime import UTC, datetime, timedelta

import pytest

from ops_common.answers.turns import Difference, DifferenceKind
from ops_common.query_database import LoginDisabled
from rotate_password.conditions.expiry import PasswordExpired
from rotate_password.conditions.outcome import Outcome
from rotate_password.conditions.turns import PartnerInUse, TurnRefused, UserBlocked
from rotate_password.steps import change_password
from tests.unit.rotate_password.world import World

OBJECT = Difference(DifferenceKind.OBJECT, "table later", "REASSIGN OWNED BY jiki TO o", True)
GRANT = Difference(DifferenceKind.GRANT, "SELECT on t", "GRANT SELECT ON t TO o", False)


def first_turn() -> World:
    """A secret that names the user of before, in a database where the pair is prepared."""
    world = World()
    world.secret.edit(aurora_username="jiki")
    return world


def test_sessions_of_the_partner_are_waited_for() -> None:
    world = World(alternating=True)
    world.database.sessions["jiki_b"] = [2, 1, 0]
    token = world.secret.begin_rotation()

    assert world.step("createSecret", token).outcome is Outcome.STORED
    assert world.clock.slept == [5, 5]


@pytest.mark.parametrize("step", ["createSecret", "setSecret"])
def test_a_partner_that_stays_in_use_holds_the_rotation(step: str) -> None:
    world = World(alternating=True)
    token = world.secret.begin_rotation()
    if step == "setSecret":
        world.step("createSecret", token)
    world.database.sessions["jiki_b"] = [3]

    with pytest.raises(PartnerInUse) as caught:
        world.step(step, token)

    status = caught.value.status
    assert (status.name, status.sessions, status.applications) == ("jiki_b", 3, ("puma",))

    assert world.database.roles["jiki_b"] == "unknown"


def test_the_tasks_from_before_the_last_turn_are_named() -> None:
    # GIVEN a service whose deployment was rolled back after a turn
    world = World(alternating=True)
    world.rotate()
    world.services.deployed["jiki-api-web"].pop()
    world.database.sessions["jiki_a"] = [1]
    token = world.secret.begin_rotation()

    with pytest.raises(PartnerInUse) as caught:
        world.step("createSecret", token)

    assert caught.value.old_tasks == {"jiki-api-web": 1}


def test_sessions_of_a_single_user_hold_nothing() -> None:
    world = World()
    world.database.sessions["jiki"] = [40]

    world.rotate()

    assert world.current().password == world.database.roles["jiki"]


@pytest.mark.parametrize(
    ("blocked", "statement"),
    [("nologin", "ALTER ROLE jiki_b LOGIN"), ("by_token", "REVOKE rds_iam FROM jiki_b")],
)
def test_a_partner_that_may_not_log_in_is_named_before_anything_is_changed(
    blocked: str, statement: str
) -> None:
    world = World(alternating=True)
    setattr(world.database, blocked, {"jiki_b"})
    token = world.secret.begin_rotation()

    with pytest.raises(UserBlocked) as caught:
        world.step("createSecret", token)

    assert caught.value.statement == statement


def test_a_user_that_may_not_log_in_is_no_lost_password() -> None:
    world = World()
    world.database.nologin = {"jiki"}
    token = world.secret.begin_rotation()

    with pytest.raises(LoginDisabled):
        world.step("createSecret", token)


def test_an_expired_partner_is_named_with_the_remedy() -> None:
    world = World(alternating=True)
    world.database.valid_until["jiki_b"] = datetime(2026, 11, 24, tzinfo=UTC)
    token = world.secret.begin_rotation()

    with pytest.raises(PasswordExpired) as caught:
        world.step("createSecret", token)
    assert caught.value.statement == "ALTER ROLE jiki_b VALID UNTIL 'infinity'"

    world.database.valid_until["jiki_b"] += timedelta(days=10)
    assert world.step("createSecret", token).outcome is Outcome.STORED


def test_the_first_turn_takes_over_what_a_migration_made_since() -> None:
    world = first_turn()
    world.database.differences = (OBJECT,)
    world.database.other_databases = ("jiki_cache",)

    world.rotate()

    assert world.current().user == "jiki_a"
    assert world.database.prepared_in == ["jiki_production", "jiki_cache"]


def test_the_first_turn_is_refused_where_something_can_not_be_taken_over() -> None:
    world = first_turn()
    world.database.differences = (OBJECT, GRANT)
    token = world.secret.begin_rotation()

    with pytest.raises(TurnRefused) as caught:
        world.step("createSecret", token)

    assert caught.value.differences == (GRANT,)
    assert (world.database.prepared_in, world.secret.versions[token]) == ([], None)


def test_later_turns_ask_nothing_of_the_user_before() -> None:
    world = World(alternating=True)
    world.database.differences = (GRANT,)

    world.rotate()

    assert world.current().user == "jiki_b"


def test_preparing_says_what_was_carried_over_and_what_is_missed() -> None:
    world = World()
    world.database.differences = (OBJECT, GRANT)

    done = change_password.prepare_roles(world.ports(), "")

    assert (done.carried, done.missing) == (("table later",), ("SELECT on t",))
