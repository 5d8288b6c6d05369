import pytest

from local.transform import resolved
from ops_common.settings import SettingsError
from scale_workers.policy.model import Policy
from scale_workers.settings import Settings

REQUIRED = {
    "ECS_CLUSTER": "jiki-production",
    "WORKER_SERVICES": "jiki-api-solid-queue",
    "OPS_TABLE_NAME": "ops",
    "QUERY_DATABASE_FUNCTION": "query-database",
    "CONFIG_SECRET_ID": "config",
}


def read(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    for name, value in {**REQUIRED, **variables}.items():
        monkeypatch.setenv(name, value)
    return Settings.from_env()


def test_the_defaults_are_those_of_the_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch, MAX_TASKS="")
    assert settings.policy == Policy()
    assert settings.blind_after_seconds == 600
    assert not settings.dry_run


def test_names_every_missing_variable_in_one_error() -> None:
    with pytest.raises(SettingsError) as error:
        Settings.from_env()
    assert set(error.value.variables) == set(REQUIRED)


def test_a_maximum_below_the_minimum_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError) as error:
        read(monkeypatch, MIN_TASKS="3", MAX_TASKS="2")
    assert error.value.variables == ("MAX_TASKS",)


def test_a_minimum_of_zero_asks_for_the_cluster_s_name(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError) as error:
        read(monkeypatch, MIN_TASKS="0")
    assert error.value.variables == ("DATABASE_CLUSTER_ID",)
    settings = read(monkeypatch, MIN_TASKS="0", DATABASE_CLUSTER_ID="jiki-production")
    assert settings.policy.min_tasks == 0


def test_the_template_s_defaults_are_those_of_the_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN what the template passes to the function when no parameter is given
    for name, value in resolved()["ScaleWorkers"]["Properties"]["Environment"]["Variables"].items():
        monkeypatch.setenv(name, str(value))
    # THEN it scales as the simulator's policy does
    settings = Settings.from_env()
    assert settings.policy == Policy()
    assert settings.blind_after_seconds == 600
    assert not settings.dry_run
