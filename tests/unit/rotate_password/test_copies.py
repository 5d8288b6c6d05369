"""The same password elsewhere in the secret."""

import json
from base64 import b64encode, urlsafe_b64encode
from textwrap import wrap
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from rotate_password.conditions.left_behind import CopiesLeft
from rotate_password.reading import copies
from tests.unit.rotate_password.world import World

PASSWORD = "p@ss/word 1"
QUOTED = 'it\'s \\ "é" & more'
"""Of a kind that every format spells in its own way."""
ENCODED = "p%40ss%2Fword%201"


@pytest.mark.parametrize(
    ("value", "places"),
    [
        (PASSWORD, ("other",)),
        (f"postgres://jiki:{ENCODED}@db:5432/jiki", ("other",)),
        (f"host=db password='{PASSWORD}'", ("other",)),
        (f"postgres://jiki:{ENCODED.lower()}@db/jiki", ("other",)),
        ({"inner": ["x", PASSWORD]}, ("other.inner.1",)),
        ("something else", ()),
        (7, ()),
        (None, ()),
    ],
)
def test_copies_are_found_by_their_value(value: Any, places: tuple[str, ...]) -> None:
    content = {"aurora_password": PASSWORD, "other": value}

    assert copies.find(content, PASSWORD, ["aurora_password"]) == places


@pytest.mark.parametrize(
    "value",
    [
        f"postgres://jiki:{quote_plus(QUOTED)}@db/jiki",
        json.dumps({"password": QUOTED}),
        json.dumps({"password": QUOTED}, ensure_ascii=False),
        "password: 'it''s \\ \"é\" & more'",
        "host=db password='it\\'s \\\\ \"é\" & more'",
        f"jdbc:postgresql://db/jiki?password={quote(QUOTED, safe='')}",
        b64encode(f"postgres://jiki:{quote(QUOTED, safe='')}@db/jiki".encode()).decode(),
        b64encode(json.dumps({"password": QUOTED}).encode()).decode(),
        f"{b64encode(QUOTED.encode()).decode()}\n",
        urlsafe_b64encode(f"{QUOTED}~~~".encode()).decode(),
        b64encode(f"{QUOTED}!!".encode()).decode().rstrip("="),
        "\n".join(wrap(b64encode(QUOTED.encode() * 9).decode(), 76)),
    ],
    ids=[
        "form",
        "json",
        "json utf-8",
        "yaml",
        "libpq",
        "jdbc",
        "url in base64",
        "json in base64",
        "base64",
        "base64 for urls",
        "base64 without padding",
        "base64 in lines",
    ],
)
def test_copies_are_found_as_other_formats_spell_them(value: str) -> None:
    assert copies.find({"password": QUOTED, "other": value}, QUOTED, ("password",)) == ("other",)


@pytest.mark.parametrize("value", ["c29tZXRoaW5nIGVsc2U=", "c29tZXRoaW5n", "/+/+/+/+", "it's"])
def test_base64_of_something_else_is_no_copy(value: str) -> None:
    assert copies.find({"other": value}, QUOTED, ()) == ()


def test_a_short_password_is_no_copy_where_it_is_a_part_of_a_word() -> None:
    content = {"a": "first", "b": "the first one", "c": "postgres://jiki:first@db/x"}

    assert copies.find(content, "first", []) == ("a", "c")


def test_from_eight_characters_on_a_part_of_a_text_is_a_copy() -> None:
    content = {"a": "host=db password=longer-1"}

    assert copies.find(content, "longer-1", []) == ("a",)
    assert copies.find(content, "longer-", []) == ()


@pytest.mark.parametrize(
    ("value", "renewed"),
    [
        ("anything", "n/w"),
        ("postgres://jiki_a:old@db:5432/x?sslmode=require", "postgres://jiki_b:n%2Fw@db:5432/x?sslmode=require"),
        ("postgres://jiki_a:old@a:1,b:2/x", "postgres://jiki_b:n%2Fw@a:1,b:2/x"),
    ],
)  # fmt: skip
def test_a_named_copy_is_changed_as_it_is_written(value: str, renewed: str) -> None:
    assert copies.renewed(value, user="jiki_b", password="n/w") == renewed


def test_a_copy_that_nobody_named_stops_the_rotation_before_anything_is_changed() -> None:
    world = World()
    world.secret.edit(database_url="postgres://jiki:first@db/jiki")
    token = world.secret.begin_rotation()

    with pytest.raises(CopiesLeft) as caught:
        world.step("createSecret", token)

    assert (caught.value.places, caught.value.unusable) == (("database_url",), ())
    assert world.secret.versions[token] is None
    assert world.database.roles["jiki"] == "first"


def test_named_copies_change_with_the_password() -> None:
    world = World(copies=("database_url", "queue_database_password"))
    world.secret.edit(
        database_url="postgres://jiki:first@db/jiki?pool=5", queue_database_password="first"
    )

    world.rotate()

    content = world.content()
    password = content["aurora_password"]
    assert password == world.database.roles["jiki"] != "first"
    assert content["database_url"] == f"postgres://jiki:{password}@db/jiki?pool=5"
    assert content["queue_database_password"] == password


def test_a_named_copy_that_holds_no_password_stops_the_rotation() -> None:
    world = World(copies=("database_url",))
    world.secret.edit(database_url="postgres://db/jiki")
    token = world.secret.begin_rotation()

    with pytest.raises(CopiesLeft) as caught:
        world.step("createSecret", token)

    assert (caught.value.places, caught.value.unusable) == ((), ("database_url",))


@pytest.mark.parametrize(
    "value",
    [
        "signing key",
        "postgres://jiki:other@queue/jiki",
        "host=db password=first",
        "postgres://jiki:first@db/jiki redis://default:other@cache:6379",
        "postgres://jiki:first@db/jiki?password=first",
        7,
        None,
    ],
)
def test_a_key_named_as_a_copy_by_mistake_keeps_its_value(value: Any) -> None:
    world = World(copies=("jwt_secret",))
    world.secret.edit(jwt_secret=value)

    with pytest.raises(CopiesLeft) as caught:
        world.rotate()

    assert caught.value.unusable == ("jwt_secret",)
    assert world.content()["jwt_secret"] == value


def test_a_user_who_is_called_as_its_password_is_no_copy() -> None:
    world = World()
    world.secret.edit(aurora_username="jiki", aurora_password="jiki")
    world.database.roles["jiki"], world.database.prepared = "jiki", False

    world.rotate()

    assert world.content()["aurora_username"] == "jiki"
    assert world.current().password == world.database.roles["jiki"] != "jiki"


def test_a_copy_of_the_accepted_password_is_renewed_where_the_current_one_is_refused() -> None:
    world = World(copies=("queue_password",))
    world.secret.edit(queue_password="first", aurora_password="mistyped")

    world.rotate()

    assert world.content()["queue_password"] == world.current().password


@pytest.mark.parametrize(
    ("place", "value", "may_be_named"),
    [
        ("database_url", "postgres://jiki:first@db/jiki", True),
        ("other", "first", True),
        ("other.inner.1", None, False),
        ("dsn", "host=db password=first", False),
        ("jdbc_url", "jdbc:postgresql://db/jiki?user=jiki&password=first", False),
        ("nested", '{"password": "first"}', False),
    ],
)
def test_only_what_can_change_is_advised_to_be_named(
    place: str, value: Any, *, may_be_named: bool
) -> None:
    assert ("PasswordCopies" in copies.advice(place, value, "first")) is may_be_named
