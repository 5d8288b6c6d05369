"""Who gets the next password: the one user, or the other one of two."""

import json
from copy import replace

from rotate_password.steps import change_password
from tests.unit.rotate_password.world import World


def test_users_take_turns() -> None:
    world = World(alternating=True)
    users = [world.current().user]

    for _ in range(3):
        world.rotate()
        users.append(world.current().user)

    assert users == ["jiki_a", "jiki_b", "jiki_a", "jiki_b"]


def test_the_password_of_the_current_user_is_not_touched_while_users_alternate() -> None:
    world = World(alternating=True)

    world.rotate()

    assert world.database.roles["jiki_a"] == "first"


def test_a_secret_that_names_the_master_goes_over_to_the_first_of_the_two_users() -> None:
    world = World()
    world.secret.edit(aurora_username="jiki")

    world.rotate()

    assert world.current().user == "jiki_a"
    assert world.database.roles["jiki"] == "first"


def test_the_user_that_a_secret_names_is_kept_until_two_are_prepared() -> None:
    # GIVEN a secret that says who logs in, and a database without the two users
    world = World()
    world.secret.edit(aurora_username="jiki")
    world.database.prepared = False

    world.rotate()

    assert world.current().user == "jiki"
    assert world.current().password == world.database.roles["jiki"]
    assert world.told("PasswordRotated")[0].facts["strategy"] == "single user"

    # WHEN they are prepared, the next rotation goes over to them
    world.database.prepared = True
    world.rotate()
    assert world.current().user == "jiki_a"
    assert world.told("PasswordRotated")[1].facts["strategy"] == "alternating users"


def test_the_user_stays_where_the_secret_does_not_name_one() -> None:
    world = World()

    world.rotate()

    assert world.current().user == "jiki"
    assert world.database.roles["jiki_a"] == "first"


def test_the_user_stays_where_other_users_are_prepared_than_those_of_the_parameter() -> None:
    world = World()
    world.secret.edit(aurora_username="jiki")
    rotation = world.ports()
    shape = replace(rotation.shape, alternating_users=("jiki_b", "jiki_c"))
    token = world.secret.begin_rotation()

    change_password.create_secret(replace(rotation, shape=shape), token)

    assert json.loads(world.secret.versions[token] or "")["aurora_username"] == "jiki"


def test_a_refused_password_is_cured_before_users_begin_to_take_turns() -> None:
    world = World()
    world.secret.edit(aurora_username="jiki", aurora_password="typing error")

    world.rotate()

    assert world.current().user == "jiki"
    assert world.current().password == world.database.roles["jiki"]
