"""Where in a secret the credentials are, and what is wrong with one that has none."""

from copy import replace

import pytest

from ops_common.app_config import AppConfigError
from rotate_password.reading.credentials import Credentials
from tests.unit.rotate_password.world import World

SHAPE = World().ports().shape


def test_a_password_is_not_shown_with_its_user() -> None:
    assert repr(Credentials("jiki", "hunter2")) == "Credentials(user='jiki')"


@pytest.mark.parametrize("text", ["{}", '{"aurora_password": ""}', '{"aurora_password": ["x"]}'])
def test_a_secret_without_a_password_is_named_with_the_key(text: str) -> None:
    with pytest.raises(AppConfigError) as raised:
        _ = SHAPE.read(text).login
    assert raised.value.keys == ("aurora_password",)


def test_a_name_that_stays_is_left_as_it_is_spelled() -> None:
    text = '{"aurora_username": "\\u006aiki", "aurora_password": "old"}'

    new = SHAPE.read(text).with_credentials(Credentials("jiki", "new"))

    assert new == text.replace("old", "new")


def test_what_somebody_took_out_is_put_in_again() -> None:
    text = SHAPE.read('{"hmac_secret": "h"}').with_credentials(Credentials("jiki_b", "new"))

    assert SHAPE.read(text).credentials == Credentials("jiki_b", "new")
    assert text.startswith('{"hmac_secret": "h", ')


def test_a_password_within_a_url_is_read_and_changed_in_its_place() -> None:
    shape = replace(
        SHAPE,
        password_key="database_url",  # a key's name
        user_of=lambda content: content["database_url"].split("//")[1].split(":")[0],
    )
    text = '{"database_url": "postgres://jiki_a:p%40ss@db:5432/jiki?pool=5", "x": "1"}'
    read = shape.read(text)
    assert (read.credentials, read.names_user) == (Credentials("jiki_a", "p@ss"), True)

    renewed = read.with_credentials(Credentials("jiki_b", "n/w"))

    assert renewed == text.replace("jiki_a:p%40ss", "jiki_b:n%2Fw")
    assert shape.read(renewed).credentials == Credentials("jiki_b", "n/w")
