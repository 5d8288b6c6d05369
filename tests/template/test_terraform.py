"""The Terraform module speaks of parameters and outputs that the template has."""

import re
import shutil
import subprocess
from pathlib import Path
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


def test_what_jiki_ops_changes_is_given_up() -> None:
    text = "\n".join(EXAMPLES)
    for each in ("desired_count", "master_password"):
        assert re.search(rf"ignore_changes = \[[^\]]*\b{each}\b", text)
    (gone,) = [block for example in EXAMPLES for block in read(example).get("removed", [])]
    assert "aws_secretsmanager_secret_version" in gone["from"]
    assert gone["lifecycle"][0]["destroy"] is False


def test_a_package_is_named_by_its_content_and_goes_to_the_environment_s_region(tmp_path) -> None:
    assert object_key(b"a") == object_key(b"a") != object_key(b"b")
    target = Target("staging", "acme-ops-staging", "eu-central-1", "acme", {})
    command = package_command(target, "artifacts", tmp_path / "out.yaml")
    told = dict(zip(command[2::2], command[3::2], strict=True))
    assert (told["--region"], told["--profile"]) == ("eu-central-1", "acme")
    assert told["--s3-bucket"] == "artifacts"


def terraform(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    configuration = folder / "terraformrc"
    configuration.touch()
    return subprocess.run(
        ["terraform", f"-chdir={folder}", *arguments],
        env={"PATH": str(Path(str(PROGRAM)).parent), "TF_CLI_CONFIG_FILE": str(configuration)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


PROGRAM = shutil.which("terraform")


@pytest.mark.skipif(PROGRAM is None, reason="no terraform here")
def test_terraform_itself_finds_the_module_well_formed_and_valid(tmp_path: Path) -> None:
    for file in MODULE.glob("*.tf"):
        shutil.copy(file, tmp_path)
    formatted = terraform(tmp_path, "fmt", "-check", "-diff")
    assert formatted.returncode == 0, formatted.stdout
    fetched = terraform(tmp_path, "init", "-backend=false", "-input=false", "-no-color")
    if fetched.returncode:
        assert "could not connect to registry" in " ".join(fetched.stderr.split())
        pytest.skip("well-formed; the provider's registry is out of reach for validate")
    valid = terraform(tmp_path, "validate", "-no-color")
    assert valid.returncode == 0, valid.stdout + valid.stderr
