"""The choices of the template, and every mistake in them named at once."""

import pytest

from ops_common.settings import SettingsError
from rotate_password.settings import Settings

NEEDED = {
    "CONFIG_SECRET_ID": "config",
    "QUERY_DATABASE_FUNCTION": "jiki-ops-query-database",
}


@pytest.fixture
def needed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in NEEDED.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("needed")
def test_the_rest_has_careful_defaults() -> None:
    settings = Settings.from_env()

    assert settings.alternating_users == ()
    assert settings.database_cluster == ""
    assert settings.choices.services == ()
    assert settings.password_copies == ()


@pytest.mark.usefixtures("needed")
def test_a_cluster_alone_does_not_allow_a_reset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_CLUSTER_ID", "jiki-production")
    settings = Settings.from_env()
    assert (settings.database_cluster, settings.choices.may_reset) == ("jiki-production", False)

    monkeypatch.setenv("ALLOW_MASTER_RESET", "true")
    assert Settings.from_env().choices.may_reset


@pytest.mark.usefixtures("needed")
@pytest.mark.parametrize(
    ("variables", "wrong"),
    [
        ({"ALTERNATING_USERS": "a"}, "ALTERNATING_USERS"),
        ({"ALTERNATING_USERS": "a,a"}, "ALTERNATING_USERS"),
        ({"ALTERNATING_USERS": "a,b,c"}, "ALTERNATING_USERS"),
        ({"WEB_SERVICES": "web"}, "ECS_CLUSTER"),
        ({"ALLOW_MASTER_RESET": "true"}, "DATABASE_CLUSTER_ID"),
        ({"ROLLOUT_WAIT_SECONDS": "-1"}, "ROLLOUT_WAIT_SECONDS"),
    ],
)
def test_a_mistake_is_named(
    variables: dict[str, str], wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError) as raised:
        Settings.from_env()

    assert raised.value.variables == (wrong,)


def test_all_that_is_missing_is_named_together() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env()

    assert set(caught.value.variables) == set(NEEDED)
