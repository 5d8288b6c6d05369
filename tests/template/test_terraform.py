"""The Terraform module speaks of parameters and outputs that the template has."""

import re
from typing import Any

import hcl2
import pytest

from cli.environment import Target
from cli.package import object_key, package_command
from local.transform import source
from paths import ROOT

MODULE = ROOT / "terraform"
README = (MODULE / "README.md").read_text()


def read(text: str) -> dict[str, Any]:
    parsed: dict[str, Any] = hcl2.loads(text)
    return parsed


FILES = {path.name: read(path.read_text()) for path in MODULE.glob("*.tf")}
EXAMPLES = re.findall(r"```hcl\n(.*?)```", README, re.DOTALL)


def plain(name: str) -> str:
    """Names keep their quotes in some versions of the parser."""
    return name.strip('"')


def variables() -> set[str]:
    return {plain(name) for block in FILES["variables.tf"]["variable"] for name in block}


@pytest.mark.parametrize("name", ["main.tf", "variables.tf", "outputs.tf"])
def test_each_file_is_hcl(name: str) -> None:
    assert FILES[name]


def test_every_variable_is_used_and_every_used_one_is_declared() -> None:
    used = set(re.findall(r"\bvar\.(\w+)", (MODULE / "main.tf").read_text()))
    assert used == variables()


def test_the_output_that_opens_the_database_is_the_template_s() -> None:
    named = re.findall(r'outputs\["(\w+)"\]', (MODULE / "main.tf").read_text())
    assert named
    assert set(named) <= set(source()["Outputs"])


def test_the_example_s_parameters_are_the_template_s_and_its_arguments_the_module_s() -> None:
    (module,) = [block for text in EXAMPLES for block in read(text).get("module", [])]
    ((_, arguments),) = module.items()
    given = {plain(name) for name in arguments if not name.startswith("__")}
    assert given - {"source"} <= variables()
    parameters = {plain(name) for name in arguments["parameters"]}
    assert parameters <= set(source()["Parameters"])


def test_what_jiki_ops_changes_is_let_go_of() -> None:
    text = "\n".join(EXAMPLES)
    for each in ("desired_count", "master_password", "secret_string"):
        assert re.search(rf"ignore_changes = \[[^\]]*\b{each}\b", text)


def test_a_package_is_named_by_its_content_and_goes_to_the_environment_s_region(tmp_path) -> None:
    assert object_key(b"a") == object_key(b"a") != object_key(b"b")
    target = Target("staging", "acme-ops-staging", "eu-central-1", "acme", {})
    command = package_command(target, "artifacts", tmp_path / "out.yaml")
    told = dict(zip(command[2::2], command[3::2], strict=True))
    assert (told["--region"], told["--profile"]) == ("eu-central-1", "acme")
    assert told["--s3-bucket"] == "artifacts"
