from pathlib import Path
from typing import Any

import pytest
import yaml

from ops_common.settings import SettingsError
from scale_workers.policy.model import Policy
from scale_workers.settings import Settings

REQUIRED = {
    "ECS_CLUSTER": "jiki-production",
    "WORKER_SERVICES": "jiki-api-solid-queue",
    "OPS_TABLE_NAME": "ops",
    "QUERY_DATABASE_FUNCTION": "query-database",
    "CONFIG_SECRET_ID": "config",
    "CONFIG_TABLE_NAME": "config",
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
    assert all(f"{name} is missing" in str(error.value) for name in REQUIRED)


def test_a_maximum_below_the_minimum_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="MAX_TASKS must be at least 3, not 2"):
        read(monkeypatch, MIN_TASKS="3", MAX_TASKS="2")


def test_a_minimum_of_zero_asks_for_the_cluster_s_name(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="DATABASE_CLUSTER_ID is missing"):
        read(monkeypatch, MIN_TASKS="0")
    settings = read(monkeypatch, MIN_TASKS="0", DATABASE_CLUSTER_ID="jiki-production")
    assert settings.policy.min_tasks == 0


class Intrinsics(yaml.SafeLoader):
    """Reads `!Ref X` as "X", and any other intrinsic as nothing."""


Intrinsics.add_constructor("!Ref", lambda loader, node: loader.construct_scalar(node))
Intrinsics.add_multi_constructor("!", lambda *_: None)


def test_the_template_s_defaults_are_those_of_the_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN what the template passes to the function when no parameter is given
    text = (Path(__file__).parents[3] / "template.yaml").read_text()
    template: dict[str, Any] = yaml.load(text, Loader=Intrinsics)  # a SafeLoader
    properties = template["Resources"]["ScaleWorkers"]["Properties"]
    parameters = template["Parameters"]
    for name, reference in properties["Environment"]["Variables"].items():
        default = parameters.get(reference, {}).get("Default", reference)
        monkeypatch.setenv(name, str(default or "") if default != 0 else "0")
    # THEN it scales as the simulator's policy does
    settings = Settings.from_env()
    assert settings.policy == Policy()
    assert settings.blind_after_seconds == 600
    assert not settings.dry_run
