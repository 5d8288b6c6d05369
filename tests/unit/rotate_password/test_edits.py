"""What people do to the secret while it is being rotated survives, or is told."""

import json

import pytest

from ops_common.query_database import LoginRefused
from rotate_password.adapters.secret import BASE, CURRENT, PENDING, PREVIOUS
from rotate_password.reading.request import BadRotation, OutOfTurn
from tests.unit.rotate_password.world import STEPS, World

BEFORE_LAST = ["createSecret", "setSecret", "testSecret"]


@pytest.mark.parametrize("after", BEFORE_LAST)
def test_a_key_added_during_the_rotation_survives(after: str) -> None:
    world = World()
    token = world.secret.begin_rotation()

    for name in STEPS:
        world.step(name, token)
        if name == after:
            world.secret.edit(stripe_webhook_secret="whsec_1")

    assert json.loads(world.secret.text()) == {
        "hmac_secret": "h",
        "aurora_password": world.database.roles["jiki"],
        "jwt_secret": "j",
        "stripe_webhook_secret": "whsec_1",
    }
    assert world.told("PasswordEdited") == []


@pytest.mark.parametrize("after", BEFORE_LAST)
def test_a_named_copy_that_is_given_another_login_during_the_rotation_keeps_it(after: str) -> None:
    world = World(copies=("reader_url", "queue_password"))
    world.secret.edit(reader_url="postgres://jiki:first@db/x", queue_password="first")
    token = world.secret.begin_rotation()

    for name in STEPS:
        world.step(name, token)
        if name == after:
            world.secret.edit(reader_url="postgres://reader:its-own@replica/x")

    assert world.content()["reader_url"] == "postgres://reader:its-own@replica/x"
    assert world.content()["queue_password"] == world.database.roles["jiki"] != "first"


def test_a_named_copy_that_is_edited_beside_its_password_has_the_new_one() -> None:
    world = World(copies=("database_url",))
    world.secret.edit(database_url="postgres://jiki:first@db/x")
    token = world.secret.begin_rotation()
    world.step("createSecret", token)
    world.secret.edit(database_url="postgres://jiki:first@db/x?pool=9", aurora_password="mine")

    for name in ("setSecret", "testSecret", "finishSecret"):
        world.step(name, token)

    password = world.database.roles["jiki"]
    assert world.content()["database_url"] == f"postgres://jiki:{password}@db/x?pool=9"


def test_two_edits_survive_the_second_between_the_check_and_the_move() -> None:
    # GIVEN an edit after createSecret, and a person who is quicker than the move of the label
    world = World()
    token = world.secret.begin_rotation()
    for name in BEFORE_LAST:
        world.step(name, token)
    world.secret.edit(first="1")
    put = world.secret.put

    def put_then_edit(version: str, text: str, label: str) -> None:
        put(version, text, label)
        if "second" not in world.secret.text():
            world.secret.edit(second="2")

    world.secret.put = put_then_edit

    # WHEN
    world.step("finishSecret", token)

    # THEN
    content = json.loads(world.secret.text())
    assert (content["first"], content["second"]) == ("1", "2")
    assert content["aurora_password"] == world.database.roles["jiki"]
    assert PENDING not in world.secret.labels


def test_who_edits_without_end_stops_the_last_step_before_anything_is_redeployed() -> None:
    # GIVEN a program that edits the secret again and again, quicker than the label can move
    world = World()
    token = world.secret.begin_rotation()
    for name in BEFORE_LAST:
        world.step(name, token)
    move, moves = world.secret.move, 0

    def edit_then_move(label: str, **versions: str | None) -> bool:
        nonlocal moves
        moves += 1
        world.secret.edit(count=str(moves))
        return move(label, **versions)

    world.secret.move = edit_then_move

    # THEN
    with pytest.raises(BadRotation) as raised:
        world.step("finishSecret", token)
    assert raised.value.why is OutOfTurn.EDITED
    assert moves == 10
    assert world.current().password == "first"
    assert {len(deployed) for deployed in world.services.deployed.values()} == {1}


def test_the_edited_text_stays_as_it_was_written() -> None:
    world = World()
    token = world.secret.begin_rotation()
    for name in BEFORE_LAST:
        world.step(name, token)
    text = '{ "n":1.0e5 ,\n "aurora_password":"first","ü":"\\u00fc","n":2}'
    world.secret.edit()
    world.secret.versions[world.secret.labels[CURRENT]] = text

    world.step("finishSecret", token)

    assert world.secret.text() == text.replace("first", world.database.roles["jiki"])


@pytest.mark.parametrize("after", BEFORE_LAST)
def test_a_password_edited_by_hand_is_reported_and_kept_as_the_previous_version(
    after: str,
) -> None:
    # GIVEN a person who changes the password in the secret alone, and then another key
    world = World()
    token = world.secret.begin_rotation()
    for name in STEPS:
        world.step(name, token)
        if name == after:
            world.secret.edit(aurora_password="typed-by-hand")
            world.secret.edit(stripe_webhook_secret="whsec_1")

    # THEN the rotation's password is the one, for it is the one that works
    assert world.current().password == world.database.roles["jiki"]
    assert json.loads(world.secret.text())["stripe_webhook_secret"] == "whsec_1"
    # AND people are told where the edit is
    told = world.told("PasswordEdited")[-1]
    previous = world.secret.labels[PREVIOUS]
    assert previous in told.text
    assert json.loads(world.secret.versions[previous] or "")["aurora_password"] == "typed-by-hand"
    assert "typed-by-hand" not in json.dumps(told.detail())


def test_a_password_edited_in_secret_and_database_is_rotated_too() -> None:
    world = World()
    token = world.secret.begin_rotation()
    world.step("createSecret", token)
    world.secret.edit(aurora_password="typed-by-hand")
    world.database.roles["jiki"] = "typed-by-hand"

    world.rotate(token)

    assert world.current().password == world.database.roles["jiki"] != "typed-by-hand"
    assert len(world.told("PasswordEdited")) == 1


def test_a_password_edited_in_secret_and_database_right_before_the_end_locks_nobody_out() -> None:
    # GIVEN a person who changes both once the new password has been tried
    world = World()
    token = world.secret.begin_rotation()
    for name in BEFORE_LAST:
        world.step(name, token)
    world.secret.edit(aurora_password="typed-by-hand")
    world.database.roles["jiki"] = "typed-by-hand"

    # THEN the rotation's password, which nobody accepts any more, does not become current
    with pytest.raises(LoginRefused):
        world.step("finishSecret", token)
    assert world.current().password == world.database.roles["jiki"]

    # AND the same rotation, tried again, sets it anew
    world.rotate(token)
    assert world.current().password == world.database.roles["jiki"] != "typed-by-hand"
    assert len(world.told("PasswordEdited")) == 1


def test_a_removed_label_of_the_beginning_stops_nothing() -> None:
    world = World()
    token = world.secret.begin_rotation()
    for name in BEFORE_LAST:
        world.step(name, token)
    del world.secret.labels[BASE]

    world.step("finishSecret", token)

    assert world.current().password == world.database.roles["jiki"]


def test_a_user_taken_out_of_the_secret_meanwhile_is_put_in_again() -> None:
    # GIVEN a person who takes out the name, without which the app logs in as another user
    world = World(alternating=True)
    token = world.secret.begin_rotation()
    for name in BEFORE_LAST:
        world.step(name, token)
    content = json.loads(world.secret.text())
    del content["aurora_username"]
    world.secret.edit()
    world.secret.versions[world.secret.labels[CURRENT]] = json.dumps(content)

    world.step("finishSecret", token)

    assert (world.current().user, len(world.told("PasswordEdited"))) == ("jiki_b", 1)


@pytest.mark.parametrize("moment", ["redeploy jiki-api-web", "publish PasswordRotated"])
def test_a_text_of_before_saved_during_the_last_step_does_not_win(moment: str) -> None:
    # GIVEN a person who read the secret before the rotation, and saves it while tasks start
    world = World()
    old = json.loads(world.secret.text())
    token = world.secret.begin_rotation()
    for name in BEFORE_LAST:
        world.step(name, token)

    def save(effect: str) -> None:
        if effect == moment and "stripe_webhook_secret" not in world.secret.text():
            world.secret.edit(**old, stripe_webhook_secret="whsec_1")

    world.journal.after = save

    # THEN the password that is accepted is current at the end, with the edit, in new tasks
    world.step("finishSecret", token)
    content = json.loads(world.secret.text())
    assert content["aurora_password"] == world.database.roles["jiki"] != "first"
    assert content["stripe_webhook_secret"] == "whsec_1"
    assert len(world.services.deployed["jiki-api-web"]) == 3


def test_a_password_that_the_database_refuses_does_not_become_current() -> None:
    # GIVEN a setSecret that failed, as a loop over the steps that goes on all the same leaves it
    world = World()
    token = world.secret.begin_rotation()
    world.step("createSecret", token)

    with pytest.raises(LoginRefused):
        world.step("finishSecret", token)

    assert world.current().password == world.database.roles["jiki"] == "first"
    assert {len(deployed) for deployed in world.services.deployed.values()} == {1}
    assert world.told("PasswordRotated") == []
