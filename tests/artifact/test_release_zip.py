"""A release's zip, unpacked: all that `sam deploy` needs, and nothing of the machine it is from."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from samcli.lib.translate.sam_template_validator import SamTemplateValidator
from samcli.yamlhelper import yaml_parse

from cli.release import write
from local.ministack import REGION
from paths import ROOT


@pytest.fixture(scope="module")
def unpacked(build_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    to = tmp_path_factory.mktemp("release")
    shutil.unpack_archive(write("0.1.0", "notes\n", build_folder, to), to / "unpacked")
    return to / "unpacked"


@pytest.fixture
def template(unpacked: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml_parse((unpacked / "template.yaml").read_text())
    return found


class NoManagedPolicies:
    def load(self) -> dict[str, str]:
        return {}


def test_its_template_is_valid(template: dict[str, Any]) -> None:
    validator = SamTemplateValidator(template, NoManagedPolicies(), region=REGION)
    assert "AWS::Lambda::Function" in validator.get_translated_template_if_valid()


def test_every_function_finds_its_handler_and_every_layer_its_libraries(
    template: dict[str, Any], unpacked: Path
) -> None:
    kinds = []
    for name, resource in template["Resources"].items():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Serverless::Function":
            module, _, _ = properties["Handler"].rpartition(".")
            place = unpacked / properties["CodeUri"] / module.replace(".", "/")
            assert place.with_suffix(".py").is_file(), name
        elif resource["Type"] == "AWS::Serverless::LayerVersion":
            assert any((unpacked / properties["ContentUri"] / "python").iterdir()), name
        else:
            continue
        kinds.append(resource["Type"])
    assert len(kinds) == 6 + 3


def test_nothing_in_it_names_the_folder_that_it_was_built_in(
    unpacked: Path, build_folder: Path
) -> None:
    named = [
        path.relative_to(unpacked)
        for path in unpacked.rglob("*")
        if path.is_file()
        for content in [path.read_bytes()]
        if str(build_folder).encode() in content or str(ROOT).encode() in content
    ]
    assert named == []
