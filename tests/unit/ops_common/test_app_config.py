from typing import Any

import pytest

from ops_common.app_config import AppConfigError, AppConfigSettings, ConfigTable
from ops_common.app_login import app_login
from ops_common.app_secret import Form, NoObject, current_content, parse_secret
from ops_common.query_database import DatabaseAddress
from ops_common.settings import Environment

SETTINGS = AppConfigSettings.from_environment(
    Environment({"CONFIG_SECRET_ID": "config", "CONFIG_TABLE_NAME": "config"})
)
ADDRESS = {
    "aurora_endpoint": {"S": "db.example"},
    "aurora_port": {"N": "5432"},
    "aurora_database_name": {"S": "jiki_production"},
}


class FakeTable:
    """DynamoDB's GetItem over a dictionary of attribute values."""

    def __init__(self, values: dict[str, dict[str, str]]) -> None:
        self._values = values

    def get_item(self, *, TableName: str, Key: dict[str, dict[str, str]]) -> dict[str, Any]:  # noqa: N803  # boto3's names
        value = self._values.get(Key["id"]["S"])
        return {"Item": {"id": Key["id"], "value": value}} if value else {}


class FakeSecrets:
    """Secrets Manager's GetSecretValue with one text."""

    def __init__(self, text: str) -> None:
        self._text = text

    def get_secret_value(self, *, SecretId: str, VersionStage: str) -> dict[str, str]:  # noqa: N803  # boto3's names
        assert VersionStage == "AWSCURRENT"
        return {"SecretString": self._text}


def table(values: dict[str, dict[str, str]]) -> ConfigTable:
    return ConfigTable(FakeTable(values), SETTINGS)


def login(secret: str, values: dict[str, dict[str, str]]) -> Any:
    return app_login(FakeSecrets(secret), table(values), SETTINGS)


def test_reads_the_address_from_strings_and_numbers() -> None:
    assert table(ADDRESS).address() == DatabaseAddress("db.example", 5432, "jiki_production")


def test_names_all_missing_keys_of_the_table() -> None:
    with pytest.raises(AppConfigError) as raised:
        table({}).address()
    assert raised.value.keys == ("aurora_endpoint", "aurora_port", "aurora_database_name")


def test_names_a_port_that_is_no_number() -> None:
    with pytest.raises(AppConfigError) as raised:
        table(ADDRESS | {"aurora_port": {"S": "default"}}).address()
    assert raised.value.keys == ("aurora_port",)


def test_the_user_of_the_secret_wins_over_that_of_the_table() -> None:
    values = ADDRESS | {"aurora_username": {"S": "from_table"}}
    assert login('{"aurora_password": "p", "aurora_username": "a"}', values).user == "a"
    assert login('{"aurora_password": "p"}', values).user == "from_table"


def test_names_the_key_where_a_user_can_be_set() -> None:
    with pytest.raises(AppConfigError) as raised:
        login('{"aurora_password": "p"}', ADDRESS)
    assert raised.value.keys == ("aurora_username",)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("hunter2-marker", Form.NO_JSON),
        ('\ufeff{"aurora_password": "hunter2-marker"}', Form.BYTE_ORDER_MARK),
        ("[" * 100_000, Form.TOO_DEEP),
        ('["hunter2-marker"]', Form.NO_OBJECT),
        ('"hunter2-marker"', Form.NO_OBJECT),
    ],
)
def test_a_secret_that_is_no_object_is_named_but_not_quoted(text: str, form: Form) -> None:
    with pytest.raises(NoObject) as error:
        parse_secret(text, "config")
    assert error.value.form is form
    assert "hunter2-marker" not in str(error.value)
    assert error.value.__cause__ is None


@pytest.mark.parametrize("secret", ["{}", '{"aurora_password": ""}', '{"aurora_password": 5}'])
def test_names_the_key_without_a_password(secret: str) -> None:
    with pytest.raises(AppConfigError) as raised:
        login(secret, ADDRESS)
    assert raised.value.keys == ("aurora_password",)


def test_a_binary_secret_is_named() -> None:
    class BinarySecrets:
        def get_secret_value(self, **_: str) -> dict[str, bytes]:
            return {"SecretBinary": b"{}"}

    client: Any = BinarySecrets()
    with pytest.raises(NoObject) as error:
        current_content(client, SETTINGS)
    assert error.value.form is Form.BINARY


@pytest.mark.parametrize("port", ["0", "70000", "54.32", "5432 ", "port"])
def test_a_port_that_there_is_not_is_named(port: str) -> None:
    with pytest.raises(AppConfigError) as raised:
        table(ADDRESS | {"aurora_port": {"S": port}}).address()
    assert raised.value.keys == ("aurora_port",)
