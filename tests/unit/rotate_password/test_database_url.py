"""The password inside a DATABASE_URL: rotated there, every other byte as it was."""

import pytest

from ops_common.app_config import AppConfigError
from rotate_password.reading.credentials import Credentials, SecretShape

TEXT = (
    '{\n "RAILS_MASTER_KEY": "kept",\n'
    ' "DATABASE_URL" : "postgres:\\/\\/shop:old@db.example.org:5432/shop?sslmode=require"\n}\n'
)


def shape(*users: str) -> SecretShape:
    return SecretShape("shop", "DATABASE_URL", "username", users, lambda _: "shop")


def test_the_login_is_read_out_of_the_url() -> None:
    assert shape().read(TEXT).login == Credentials("shop", "old")


def test_a_new_password_comes_into_the_url_and_all_else_stays() -> None:
    renewed = shape().read(TEXT).with_credentials(Credentials("shop", "new"))
    assert renewed == TEXT.replace("postgres:\\/\\/shop:old@", "postgres://shop:new@")
    assert shape().read(renewed).login.password == "new"


def test_users_take_turns_within_the_url() -> None:
    text = TEXT.replace("shop:old", "shop_a:old")
    turns = SecretShape(
        "shop", "DATABASE_URL", "username", ("shop_a", "shop_b"), lambda content: "shop_a"
    )
    read = turns.read(text)
    assert read.takes_turns
    assert "://shop_b:new@" in read.with_credentials(Credentials("shop_b", "new"))
    assert "username" not in read.with_credentials(Credentials("shop_b", "new"))


def test_a_url_of_another_database_is_refused_without_being_quoted() -> None:
    with pytest.raises(AppConfigError) as error:
        shape().read('{"DATABASE_URL": "mysql2://u:MARKER@h/n"}')
    assert error.value.keys == ("DATABASE_URL",)
    assert "MARKER" not in str(error.value)
