"""Where the database is: a parameter, the config table, the secret's URL or its keys."""

import json
from typing import Any

import pytest

from ops_common.app_config import AppConfigError, AppConfigSettings, ConfigTable
from ops_common.app_login import app_login, database_address
from ops_common.query_database import DatabaseAddress
from ops_common.settings import Environment, SettingsError

URL = "postgres://shop:secret@db.example.org:6432/shop?sslmode=require"


class FakeSecrets:
    def __init__(self, **content: Any) -> None:
        self._content = content

    def get_secret_value(self, **_: str) -> dict[str, str]:
        return {"SecretString": json.dumps(self._content)}


class NoTable:
    def get_item(self, **_: Any) -> Any:
        raise AssertionError("there is no table to ask")


def settings(**variables: str) -> AppConfigSettings:
    env = Environment({"CONFIG_SECRET_ID": "shop", **variables})
    read = AppConfigSettings.from_environment(env)
    env.finish()
    return read


def login(secrets: FakeSecrets, **variables: str) -> Any:
    found = settings(**variables)
    return app_login(secrets, ConfigTable(NoTable(), found), found)


def test_a_database_url_says_all_of_it() -> None:
    found = login(FakeSecrets(DATABASE_URL=URL, other="x"), PASSWORD_KEY="DATABASE_URL")
    assert found.address == DatabaseAddress("db.example.org", 6432, "shop")
    assert (found.user, found.password) == ("shop", "secret")


def test_keys_of_the_secret_say_it_as_rds_writes_them() -> None:
    secrets = FakeSecrets(
        username="shop", password="secret", host="db.example.org", port=5432, dbname="shop"
    )
    keys = {"PASSWORD_KEY": "password", "USERNAME_KEY": "username"}
    found = login(secrets, ADDRESS_KEYS="host,port,dbname", **keys)
    assert found.address == DatabaseAddress("db.example.org", 5432, "shop")
    assert (found.user, found.password) == ("shop", "secret")


def test_a_parameter_says_the_address_before_all_others() -> None:
    found = login(
        FakeSecrets(DATABASE_URL=URL),
        PASSWORD_KEY="DATABASE_URL",
        DATABASE_ADDRESS="proxy.example.org:5432/shop",
    )
    assert found.address == DatabaseAddress("proxy.example.org", 5432, "shop")
    assert found.user == "shop"


def test_what_is_missing_is_named_and_no_value_is_quoted() -> None:
    secrets = FakeSecrets(password="MARKER", username="u", host="h")
    keys = {"PASSWORD_KEY": "password", "USERNAME_KEY": "username"}
    with pytest.raises(AppConfigError) as error:
        login(secrets, ADDRESS_KEYS="host,port,dbname", **keys)
    assert error.value.keys == ("port", "dbname")
    assert "MARKER" not in str(error.value)


def test_a_url_of_another_database_is_refused_by_its_key() -> None:
    secrets = FakeSecrets(DATABASE_URL="mysql2://u:MARKER@h/n")
    with pytest.raises(AppConfigError) as error:
        login(secrets, PASSWORD_KEY="DATABASE_URL")
    assert error.value.keys == ("DATABASE_URL",)
    assert "MARKER" not in str(error.value)


def test_an_iam_login_reads_the_address_where_it_is_too() -> None:
    found = settings(PASSWORD_KEY="DATABASE_URL", DATABASE_AUTH="iam", DATABASE_USER="ops")
    secrets: Any = FakeSecrets(DATABASE_URL=URL)
    address = database_address(secrets, ConfigTable(NoTable(), found), found)
    assert address.host == "db.example.org"


@pytest.mark.parametrize("text", ["db.example.org", "db:x/n", "db:5432", ":5432/n"])
def test_a_half_address_is_refused(text: str) -> None:
    with pytest.raises(SettingsError) as raised:
        settings(DATABASE_ADDRESS=text)
    assert raised.value.variables == ("DATABASE_ADDRESS",)
