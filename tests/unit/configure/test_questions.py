"""What a person is asked before the first deployment, and what is made of the answers."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samcli.cli.types import CfnParameterOverridesType

from local.configure.account import Answers, Suggestion
from local.configure.questions import ASKED, AT_FIRST, ask_all, refusal
from local.configure.samconfig import (
    BadSamconfig,
    override,
    read_overrides,
    region,
    write_overrides,
)
from local.transform import resolved, source

ROOT = Path(__file__).parents[3]
PARAMETERS: dict[str, Any] = source()["Parameters"]
NETWORK = {"VpcId": "vpc-0a1", "SubnetIds": "subnet-0a1,subnet-0b2"}


class Person:
    """Gives one answer for each parameter, or takes what is offered."""

    def __init__(self, **answers: str | list[str]) -> None:
        self.answers = {
            name: [each] if isinstance(each, str) else list(each) for name, each in answers.items()
        }
        self.heard: list[str] = []

    def say(self, text: str) -> None:
        self.heard.append(text)

    def ask(self, _prompt: str) -> str:
        name = next(
            line.strip().partition(":")[0]
            for line in reversed(self.heard)
            if line.strip().partition(":")[0] in ASKED
        )
        waiting = self.answers.get(name, [])
        return waiting.pop(0) if waiting else ""


def asked(
    person: Person, known: Answers | None = None, found: dict[str, Suggestion] | None = None
) -> dict[str, str]:
    return ask_all(
        PARAMETERS,
        known or {},
        lambda name, _: (found or {}).get(name, Suggestion()),
        person.ask,
        person.say,
    )


def test_asks_for_every_parameter_that_has_no_default() -> None:
    assert {name for name, one in PARAMETERS.items() if "Default" not in one} <= set(ASKED)


def test_enter_takes_what_the_account_suggests_and_else_the_template_s_default() -> None:
    found = {name: Suggestion((value,)) for name, value in NETWORK.items()}
    answers = asked(Person(), found=found)
    assert answers["VpcId"] == "vpc-0a1"
    assert answers["EcsCluster"] == "jiki-production"
    assert answers["AlertEmail"] == ""


def test_what_is_in_samconfig_already_comes_before_the_account_and_none_of_it_is_lost() -> None:
    known = {**NETWORK, "MaxTasks": "6"}
    answers = asked(Person(), known, {"VpcId": Suggestion(("vpc-0ff",))})
    assert (answers["VpcId"], answers["MaxTasks"]) == ("vpc-0a1", "6")


def test_an_answer_that_cloudformation_would_refuse_is_asked_for_again() -> None:
    person = Person(
        VpcId=["", "jiki", "vpc-0c3"], SubnetIds="subnet-0a1", AlertEmail=["ops", "a@b"]
    )
    answers = asked(person)
    assert (answers["VpcId"], answers["AlertEmail"]) == ("vpc-0c3", "a@b")
    assert "  VpcId must be the id of a VPC, vpc-…, not 'jiki'" in person.heard
    assert "  AlertEmail must be an e-mail address or empty, not 'ops'" in person.heard


def test_a_dash_leaves_empty_what_is_offered() -> None:
    known = {**NETWORK, "AlertEmail": "a@b"}
    assert asked(Person(AlertEmail="-"), known)["AlertEmail"] == ""


def test_other_values_of_the_account_are_named() -> None:
    person = Person(**NETWORK)
    asked(person, found={"EcsCluster": Suggestion(("one", "two", "three"))})
    assert "  also there: two, three" in person.heard


def test_the_channel_is_asked_for_only_with_a_token() -> None:
    assert "SlackChannel" not in asked(Person(**NETWORK))
    with_token = Person(
        **NETWORK, SlackTokenParameter="/jiki-ops/slack-token", SlackChannel="C0123456789"
    )
    assert asked(with_token)["SlackChannel"] == "C0123456789"


def test_the_same_trouble_is_told_once() -> None:
    person = Person(**NETWORK)
    asked(person, found=dict.fromkeys(ASKED, Suggestion(trouble="Unable to locate credentials")))
    assert sum("Unable to locate credentials" in line for line in person.heard) == 1


def test_a_first_time_only_thinks_and_rotates_nothing_and_later_times_keep_what_is_set() -> None:
    first = asked(Person(**NETWORK))
    assert AT_FIRST.items() <= first.items()
    live = {**first, "ScalerDryRun": "false", "RotationSchedule": "rate(30 days)"}
    assert asked(Person(), live) == live


def test_the_answers_make_a_stack() -> None:
    answers = asked(Person(**NETWORK, AlertEmail="ops@example.org"))
    assert "AlertEmailSubscription" in resolved(answers)


@pytest.mark.parametrize("name", ASKED)
def test_a_default_of_the_template_is_no_wrong_answer(name: str) -> None:
    if "Default" in PARAMETERS[name]:
        assert not refusal(PARAMETERS[name]["Default"], PARAMETERS[name])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    copy = tmp_path / "samconfig.toml"
    copy.write_text((ROOT / "samconfig.toml").read_text())
    return copy


def test_what_is_written_is_what_the_sam_cli_reads_and_all_else_stays(file: Path) -> None:
    before = file.read_text()
    write_overrides(file, ["production", "default"], {**NETWORK, **AT_FIRST})
    assert read_overrides(file, "production") == read_overrides(file, "default")
    assert read_overrides(file, "production") == {**NETWORK, **AT_FIRST}
    left = [line for line in before.splitlines() if line.startswith("#")]
    assert [line for line in file.read_text().splitlines() if line in left] == left
    was, now = tomllib.loads(before), tomllib.loads(file.read_text())
    for section in ("production", "default"):
        del now[section]["deploy"]["parameters"]["parameter_overrides"]
    assert now == was


# One line of printable characters, as a person types it at a prompt.
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters='"\\')))
def test_any_value_is_read_as_it_was_written(value: str) -> None:
    read = CfnParameterOverridesType().convert(override("HealthCheckUrl", value), None, None)
    assert read == {"HealthCheckUrl": value}


@pytest.mark.parametrize("value", ['a"b', "a\\b"])
def test_what_the_sam_cli_would_read_otherwise_is_refused(value: str) -> None:
    with pytest.raises(BadSamconfig, match="HealthCheckUrl"):
        override("HealthCheckUrl", value)


def test_a_section_that_is_not_there_is_named_and_nothing_written(file: Path) -> None:
    before = file.read_text()
    with pytest.raises(BadSamconfig, match=r"no section \[canary.deploy.parameters\]"):
        write_overrides(file, ["production", "canary"], NETWORK)
    assert file.read_text() == before


def test_the_account_is_looked_at_where_the_section_deploys_to(file: Path) -> None:
    assert region(file, "staging") == "eu-west-1"
    file.write_text(file.read_text().replace('region = "eu-west-1"', ""))
    with pytest.raises(BadSamconfig, match="names no region"):
        region(file, "production")
