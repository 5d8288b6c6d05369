"""Drift, a lost password, and events out of turn."""

import uuid
from copy import replace
from datetime import timedelta

import pytest

from ops_common.ops_events import Severity, State
from ops_common.query_database import DatabaseUnreachable, LoginRefused
from rotate_password.adapters.master_reset import ManagedPassword, PasswordLost, Reset
from rotate_password.adapters.secret import CURRENT, PENDING
from rotate_password.conditions.outcome import Done, Outcome
from rotate_password.reading.request import BadRotation, OutOfTurn
from rotate_password.steps import change_password
from tests.unit.rotate_password.world import (
    SERVICES,
    STEPS,
    MemoryDatabase,
    MemoryMaster,
    World,
)


def test_a_refused_current_password_is_replaced_by_way_of_the_previous_one() -> None:
    world = World()
    world.secret.edit(aurora_password="typing error")

    world.rotate()

    assert world.current().password == world.database.roles["jiki"]
    assert len(world.told("PasswordEdited")) == 1


@pytest.mark.parametrize("broken", ["{}", '{"aurora_password": 5}', "no JSON at all"])
def test_an_earlier_version_without_a_password_is_left_aside(broken: str) -> None:
    world = World()
    good = world.secret.versions[world.secret.labels[CURRENT]]
    for text in (broken, good):
        version = str(uuid.uuid4())
        world.secret.put(version, text, "NEW")
        world.secret.move(CURRENT, source=world.secret.labels[CURRENT], target=version)

    world.rotate()

    assert world.current().password == world.database.roles["jiki"]


def test_an_outage_is_not_taken_for_a_lost_password() -> None:
    world = World()
    token = world.secret.begin_rotation()
    world.step("createSecret", token)
    world.database.unreachable_times = 1

    with pytest.raises(DatabaseUnreachable):
        world.step("setSecret", token)

    assert world.events == []


def test_a_lost_password_is_reported_when_no_known_one_logs_in() -> None:
    world = World()
    world.database.roles["jiki"] = "nobody knows"
    token = world.secret.begin_rotation()
    world.step("createSecret", token)

    with pytest.raises(PasswordLost) as raised:
        world.step("setSecret", token)
    assert raised.value.reset is Reset.NOT_ALLOWED

    assert world.database.roles["jiki"] == "nobody knows"


@pytest.mark.parametrize("may_reset", [True, False])
def test_a_password_that_amazon_rds_has_rotated_itself_is_neither_lost_nor_reset(
    may_reset: bool,
) -> None:
    world = World()
    world.database.roles["jiki"] = "Amazon RDS knows"
    world.master = MemoryMaster(world.database, is_managed=True)
    token = world.secret.begin_rotation()
    world.step("createSecret", token)

    with pytest.raises(ManagedPassword):
        world.step("setSecret", token, may_reset=may_reset)

    assert (world.master.asked, world.database.roles["jiki"]) == ([], "Amazon RDS knows")


def test_a_lost_master_password_is_reset_where_that_is_allowed() -> None:
    world = World()
    world.database.roles["jiki"] = "nobody knows"
    world.master = MemoryMaster(world.database)

    token = world.secret.begin_rotation()
    world.step("createSecret", token)
    assert world.step("setSecret", token) == Done(Outcome.RESET, "jiki")
    world.rotate(token)

    assert world.master.asked == [world.current().password]
    assert world.current().password == world.database.roles["jiki"]
    lost, rotated = world.events
    assert (lost.kind, lost.state, lost.severity) == ("PasswordLost", State.OPEN, Severity.CRITICAL)
    assert rotated.incident == lost.incident


def test_a_reset_that_takes_too_long_fails_and_is_found_done_at_the_next_try() -> None:
    world = World()
    world.database.roles["jiki"] = "nobody knows"
    world.master = MemoryMaster(MemoryDatabase(world.journal, world.clock, {}))
    world.clock.tick = timedelta(0)
    token = world.secret.begin_rotation()
    world.step("createSecret", token)

    with pytest.raises(PasswordLost) as raised:
        world.step("setSecret", token)
    assert raised.value.reset is Reset.NOT_ACCEPTED
    assert sum(world.clock.slept) == 300

    world.database.roles["jiki"] = world.master.asked[0]
    assert world.step("setSecret", token).outcome is Outcome.SET_BEFORE


def test_only_the_masters_password_can_be_reset() -> None:
    world = World(alternating=True)
    world.database.roles["jiki_a"] = world.database.roles["jiki_b"] = "nobody knows"
    world.master = MemoryMaster(world.database)
    token = world.secret.begin_rotation()
    world.step("createSecret", token)

    with pytest.raises(PasswordLost) as raised:
        world.step("setSecret", token)
    assert raised.value.reset is Reset.NOT_THE_MASTER

    # AND nobody is told of a reset that is not made
    assert (world.master.asked, world.events) == ([], [])


def test_a_pending_password_that_does_not_log_in_fails_the_test_step() -> None:
    world = World()
    token = world.secret.begin_rotation()
    world.step("createSecret", token)

    with pytest.raises(LoginRefused):
        world.step("testSecret", token)


def test_each_step_says_what_it_did() -> None:
    world = World()
    token = world.secret.begin_rotation()

    done = [world.step(name, token) for name in STEPS for _ in range(2)]

    assert [each.outcome for each in done] == [
        Outcome.STORED,
        Outcome.STORED_BEFORE,
        Outcome.SET,
        Outcome.SET_BEFORE,
        Outcome.LOGGED_IN,
        Outcome.LOGGED_IN,
        Outcome.ROTATED,
        Outcome.ROTATED_BEFORE,
    ]
    assert {each.user for each in done} == {"jiki"}
    assert done[2].login == "jiki"
    assert done[6].names == SERVICES


def test_two_runs_of_the_first_step_at_once_store_one_password() -> None:
    # GIVEN another run that is quicker by a moment
    world = World()
    token = world.secret.begin_rotation()
    put = world.secret.put

    def put_second(version: str, text: str, label: str) -> None:
        put(version, text.replace("j", "quicker"), label)
        put(version, text, label)

    world.secret.put = put_second

    assert world.step("createSecret", token).outcome is Outcome.STORED_MEANWHILE
    assert "quicker" in (world.secret.versions[token] or "")


def test_a_token_that_is_neither_pending_nor_current_is_refused() -> None:
    world = World()

    with pytest.raises(BadRotation) as raised:
        world.step("createSecret", str(uuid.uuid4()))
    assert raised.value.why is OutOfTurn.NOT_PENDING


@pytest.mark.parametrize("name", list(STEPS)[1:])
def test_a_step_before_create_secret_is_refused(name: str) -> None:
    world = World()
    token = world.secret.begin_rotation()

    with pytest.raises(BadRotation) as raised:
        world.step(name, token)
    assert raised.value.why is OutOfTurn.NOT_CREATED


def test_the_test_step_accepts_the_copy_that_secrets_manager_makes_to_try_a_configuration() -> None:
    world = World()
    token = world.secret.begin_rotation()
    world.secret.versions[token] = world.secret.text()

    assert world.step("testSecret", token) == Done(Outcome.LOGGED_IN, "jiki")


def test_a_retry_after_the_move_finds_a_password_that_was_changed_outside() -> None:
    world = World()
    token = world.rotate()
    world.secret.labels[PENDING] = token
    world.database.roles["jiki"] = "first"

    world.step("setSecret", token)

    assert world.database.roles["jiki"] == world.current().password


def test_a_secret_without_a_current_version_is_named() -> None:
    world = World()
    token = world.secret.begin_rotation()
    del world.secret.labels[CURRENT]

    with pytest.raises(BadRotation) as raised:
        world.step("createSecret", token)
    assert raised.value.why is OutOfTurn.NO_CURRENT


def test_a_current_version_without_a_value_is_named() -> None:
    world = World()
    token = world.secret.begin_rotation()
    world.secret.versions["v0"] = None

    with pytest.raises(BadRotation) as raised:
        world.step("createSecret", token)
    assert raised.value.why is OutOfTurn.NO_VALUE


def test_preparing_roles_says_which_were_made() -> None:
    world = World()
    world.database.created = ["jiki_owner", "jiki_a"]

    done = change_password.prepare_roles(world.ports(), "")

    assert done == Done(Outcome.PREPARED, names=("jiki_owner", "jiki_a"))
    assert world.database.prepared_in == ["jiki_production"]


def test_roles_are_prepared_in_a_queue_s_own_database_too() -> None:
    world = World()

    done = change_password.prepare_roles(world.ports(queue_database="jiki_queue"), "")

    assert done == Done(Outcome.PREPARED)
    assert world.database.prepared_in == ["jiki_production", "jiki_queue"]


def test_roles_are_not_prepared_by_one_of_them() -> None:
    world = World(alternating=True)

    with pytest.raises(BadRotation) as raised:
        change_password.prepare_roles(world.ports(), "")
    assert raised.value.why is OutOfTurn.TAKES_TURNS

    assert world.database.prepared_in == []


def test_preparing_roles_needs_the_names_of_two() -> None:
    rotation = World().ports()
    shape = replace(rotation.shape, alternating_users=())

    with pytest.raises(BadRotation) as raised:
        change_password.prepare_roles(replace(rotation, shape=shape), "")
    assert raised.value.why is OutOfTurn.NO_ROLES
