"""`make deploy` says what it is about to do, and refuses what would be left out in silence."""

import os
import subprocess

import pytest

from cli.build import build_command
from cli.deploy import banner, check
from cli.environment import Target, read_target
from cli.parameters import BadParameters
from paths import ROOT
from tests.outputs import assert_shown


def target(**overrides: str) -> Target:
    return Target("staging", "jiki-ops-staging", "eu-central-1", None, overrides)


def test_the_banner_says_which_stack_where() -> None:
    text = banner(target(), "123456789012")
    assert {"STAGING:", "jiki-ops-staging,", "eu-central-1,", "123456789012"} <= set(text.split())


def test_the_page_shows_the_banner() -> None:
    production = Target("production", "jiki-ops", "eu-west-1", None, {})
    assert_shown("deploy", banner(production, "123456789012"))


def test_a_parameter_of_an_older_version_or_a_typing_error_is_refused() -> None:
    with pytest.raises(BadParameters) as older:
        check(target(WebService="store"))
    with pytest.raises(BadParameters) as unknown:
        check(target(MaxTask="6"))
    assert (older.value.names, unknown.value.names) == (("WebService",), ("MaxTask",))


def test_libraries_are_built_for_the_processor_of_the_environment() -> None:
    assert "Architecture=arm64" in build_command(target(Architecture="arm64"))
    assert "Architecture=x86_64" in build_command(target())


@pytest.mark.parametrize(("environment", "stack"), [("staging", "jiki-ops-staging")])
def test_stack_and_region_come_from_samconfig_alone(
    environment: str, stack: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-southeast-2")
    found = read_target(environment)
    assert (found.stack, found.session().region_name) == (stack, "eu-west-1")


def make(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "-n", *words],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", ["deploy", "configure", "populate"])
def test_what_changes_something_must_be_given_the_environment(name: str) -> None:
    done = make(name)
    assert done.returncode
    assert "ENVIRONMENT=" in done.stderr


@pytest.mark.parametrize("name", ["deploy", "doctor", "help"])
def test_a_word_that_make_does_not_know_is_refused_by_name(name: str) -> None:
    done = make(name, "ENVIROMENT=staging", "ENVIRONMENT=staging")
    assert done.returncode
    assert "ENVIROMENT" in done.stderr


@pytest.mark.parametrize("name", ["deploy", "doctor", "probe", "populate", "configure", "fit"])
def test_one_variable_says_which_environment(name: str) -> None:
    done = make(name, "ENVIRONMENT=staging")
    assert '--environment "staging"' in done.stdout, done.stderr
