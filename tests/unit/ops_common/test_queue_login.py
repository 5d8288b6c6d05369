"""Where Solid Queue's tables are: beside the app's, in another database, on another server."""

import json
from typing import Any

import pytest

from ops_common.app_config import AppConfigError, AppConfigSettings
from ops_common.query_database import DatabaseAddress, Login
from ops_common.queue_login import at_queue, on_the_same_server
from ops_common.settings import Environment

SETTINGS = AppConfigSettings.from_environment(Environment({"CONFIG_SECRET_ID": "acme/app"}))
APP = Login(DatabaseAddress("db.example", 5432, "shop"), "shop", "app-password")
URL = "postgres://queue:p%40ss@queue.example:6432/jobs?sslmode=require"


class Secrets:
    """Secrets Manager with one secret; the first question of the app's own login asks nothing."""

    def __init__(self, **content: str) -> None:
        self.content = content

    def get_secret_value(self, **_: str) -> dict[str, Any]:
        return {"SecretString": json.dumps(self.content)}


def login(place: str, **content: str) -> Login:
    return at_queue(APP, place, Secrets(**content), SETTINGS)  # type: ignore[arg-type]  # a fake


def test_nothing_named_is_the_app_s_own_and_a_name_is_on_its_server() -> None:
    assert login("") == APP
    assert login("shop_queue") == Login(
        DatabaseAddress("db.example", 5432, "shop_queue"), "shop", "app-password"
    )


def test_a_url_of_the_secret_is_another_server_with_a_user_of_its_own() -> None:
    assert login("secret:QUEUE_DATABASE_URL", QUEUE_DATABASE_URL=URL) == Login(
        DatabaseAddress("queue.example", 6432, "jobs"), "queue", "p@ss"
    )


@pytest.mark.parametrize("content", [{}, {"QUEUE_DATABASE_URL": "no url"}])
def test_a_key_without_a_url_is_named_and_not_quoted(content: dict[str, str]) -> None:
    with pytest.raises(AppConfigError) as raised:
        login("secret:QUEUE_DATABASE_URL", **content)
    assert raised.value.keys == ("QUEUE_DATABASE_URL",)
    assert "no url" not in str(raised.value)


def test_the_rotation_reads_databases_of_its_own_server_alone() -> None:
    assert on_the_same_server("shop_queue") == "shop_queue"
    assert on_the_same_server("secret:QUEUE_DATABASE_URL") == ""
