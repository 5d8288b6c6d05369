"""GitHub's workflows, samconfig.toml and the Makefile go together."""

import re
import tomllib
from typing import Any

import pytest
import yaml

from local.transform import source
from paths import ROOT

WORKFLOWS = {
    path.stem: yaml.safe_load(path.read_text()) for path in (ROOT / ".github").rglob("*.yml")
}
STEPS = [
    step
    for workflow in WORKFLOWS.values()
    for job in workflow["jobs"].values()
    for step in job.get("steps", [])
]
MAKEFILE = (ROOT / "Makefile").read_text()
CI = (ROOT / ".ci" / "run").read_text()
CONFIGURATION: dict[str, Any] = tomllib.loads((ROOT / "samconfig.toml").read_text())
ENVIRONMENTS = [name for name in CONFIGURATION if name != "version"]


def commands(text: str) -> set[str]:
    """The targets of each `make` that stands at the beginning of a line."""
    return {
        target
        for line in re.findall(r"^make ([^&;|\n]+)", text, re.MULTILINE)
        for target in re.findall(r"(?<!\S)[a-z][a-z-]*(?!\S)", line)
    }


def test_the_workflow_runs_what_ci_runs_and_builds() -> None:
    runs = [step["run"] for step in WORKFLOWS["ci"]["jobs"]["gates"]["steps"] if "run" in step]
    assert runs == [".ci/run", "make build"]
    assert commands(CI) == {"gates"}


def test_the_gates_are_lint_types_validate_and_all_tests() -> None:
    gates = re.search(
        r"^gates: (.*) ###.*\n(?:\t.*\n)*?\t@\$\(SIDE_BY_SIDE\) (.*)$", MAKEFILE, re.MULTILINE
    )
    assert gates
    assert {gates[1], *gates[2].split()} == {"lint", "types", "validate", "$(TESTS)"}
    every = re.search(r"^TESTS := (.*)$", MAKEFILE, re.MULTILINE)
    assert every
    assert set(every[1].split()) == {"test-others", "test-databases", "test-stand-ins"}


def test_what_needs_root_asks_for_it() -> None:
    """GitHub's runners are no root; this repository's own CI may be."""
    needs_root = r"^\s*(?:\w+=\S+ )*(?:apt-get|localedef)\b"
    assert re.findall(needs_root, CI, re.MULTILINE) == []
    assert len(re.findall(r"^\s*as_root ", CI, re.MULTILINE)) == 5


def test_every_target_that_is_called_is_there() -> None:
    called = commands(CI) | {name for step in STEPS for name in commands(step.get("run", ""))}
    there_are = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    assert "deploy" in called
    assert called <= there_are


@pytest.mark.parametrize("step", [step for step in STEPS if "uses" in step])
def test_each_action_is_pinned_to_a_commit(step: dict[str, Any]) -> None:
    assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step["uses"])


@pytest.mark.parametrize("step", [step for step in STEPS if "run" in step])
def test_no_expression_is_pasted_into_a_shell(step: dict[str, Any]) -> None:
    assert "${{" not in step["run"]


def test_only_the_job_that_deploys_may_ask_for_a_role_and_only_after_the_gates() -> None:
    jobs = [(name, job) for flow in WORKFLOWS.values() for name, job in flow["jobs"].items()]
    assert all(flow["permissions"] == {"contents": "read"} for flow in WORKFLOWS.values())
    allowed = {name for name, job in jobs if "id-token" in job.get("permissions", {})}
    assert allowed == {"deploy"}
    deploy = dict(jobs)["deploy"]
    assert deploy["needs"] == "gates"
    assert deploy["environment"] == "${{ inputs.environment }}"


def test_each_environment_to_deploy_to_has_its_settings() -> None:
    # `on` is a truth value in YAML 1.1.
    inputs = WORKFLOWS["deploy"][True]["workflow_dispatch"]["inputs"]
    assert set(inputs["environment"]["options"]) <= set(ENVIRONMENTS)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_an_environment_sets_parameters_that_there_are(environment: str) -> None:
    overrides = CONFIGURATION[environment]["deploy"]["parameters"].get("parameter_overrides", [])
    assert {line.partition("=")[0] for line in overrides} <= set(source()["Parameters"])


def test_the_default_is_production_and_no_two_environments_share_a_stack() -> None:
    assert CONFIGURATION["default"] == CONFIGURATION["production"]
    names = {
        CONFIGURATION[name]["global"]["parameters"]["stack_name"]
        for name in ENVIRONMENTS
        if name != "default"
    }
    assert len(names) == len(ENVIRONMENTS) - 1


def test_people_confirm_a_change_set_before_it_runs() -> None:
    for name in ENVIRONMENTS:
        confirm = CONFIGURATION[name]["deploy"]["parameters"]["confirm_changeset"]
        assert confirm is (name != "local")
