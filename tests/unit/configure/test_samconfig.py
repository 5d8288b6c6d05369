"""samconfig.toml as `make configure` reads and writes it, and as the SAM CLI reads it then."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.configure.questions import AT_FIRST
from cli.configure.samconfig import (
    BadSamconfig,
    override,
    read_overrides,
    read_section,
    write_overrides,
)
from local.transform import example
from paths import ROOT
from tests.outputs import assert_shown

NETWORK = {"VpcId": "vpc-0a1", "SubnetIds": "subnet-0a1,subnet-0b2"}
NO_FILES = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
HEAD = '[production.deploy.parameters]\nregion = "eu-west-1"\n'


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


def test_each_section_keeps_what_it_had_beside_with_its_comments(tmp_path: Path) -> None:
    file = tmp_path / "samconfig.toml"
    commented = '"VpcId=vpc-0ff", # the old one\n    "MaxTasks=6", # ACU\n'
    file.write_text(
        f"{HEAD}parameter_overrides = [\n    {commented}]\n[default.deploy.parameters]\n"
        'parameter_overrides = "LogRetentionDays=30 VpcId=vpc-0ee"\n'
    )
    write_overrides(file, ["production", "default"], NETWORK)
    assert read_overrides(file, "production") == {**NETWORK, "MaxTasks": "6"}
    assert read_overrides(file, "default") == {**NETWORK, "LogRetentionDays": "30"}
    assert '"MaxTasks=6", # ACU' in file.read_text()
    once = file.read_text()
    write_overrides(file, ["production", "default"], NETWORK)
    assert file.read_text() == once


# One line of printable characters, as a person types it at a prompt.
LINES = st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="\"'\\"))


@given(st.dictionaries(st.sampled_from(["HealthCheckUrl", "AlertEmail", "RunbookUrl"]), LINES))
def test_any_value_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, values: dict[str, str]
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.toml"
    file.write_text(HEAD)
    write_overrides(file, ["production"], values)
    assert read_overrides(file, "production") == values


@pytest.mark.parametrize("value", ['a"b', "a\\b", "a'b"])
def test_what_the_sam_cli_would_read_otherwise_is_refused(value: str) -> None:
    with pytest.raises(BadSamconfig) as refused:
        override("HealthCheckUrl", value)
    assert refused.value.subject == "HealthCheckUrl"


def test_a_section_that_is_not_there_is_named_and_nothing_written(file: Path) -> None:
    before = file.read_text()
    with pytest.raises(BadSamconfig) as refused:
        write_overrides(file, ["production", "canary"], NETWORK)
    assert refused.value.subject == "[canary.deploy.parameters]"
    assert file.read_text() == before


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("[production", "samconfig.toml"),
        (HEAD + "[[odd]", "samconfig.toml"),
        (HEAD + 'parameter_overrides = ["MaxTasks"]', "[production.deploy.parameters]"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, text: str, subject: str) -> None:
    file = tmp_path / "samconfig.toml"
    file.write_text(text)
    with pytest.raises(BadSamconfig) as refused:
        read_overrides(file, "production")
    assert refused.value.subject == subject


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSamconfig) as refused:
        read_section(tmp_path / "nowhere.toml", "production")
    assert refused.value.subject == "nowhere.toml"


def configured(
    file: Path, environment: str, answers: str, *more: str
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cli.configure", "--environment", environment]
    return subprocess.run(
        [*command, "--file", str(file), *more],
        input=answers,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "AWS_EC2_METADATA_DISABLED": "true", **NO_FILES},
        check=False,
    )


def given(cluster: str, *, region: str = "", email: str = "") -> str:
    """An answer to each question, in their order; Enter where there is none."""
    parts, services, secret, database = [""] * 4, ["store", "mail", ""], ["config", ""], ""
    network = [*NETWORK.values(), "10.1.0.0/16"]
    ends = ["", "", "", email, "", ""]
    answers = [region, *parts, cluster, *services, *secret, database, *network, *ends]
    return "\n".join(answers) + "\n"


def test_the_whole_of_it_without_an_account(file: Path) -> None:
    done = configured(file, "production", given("shop", email="ops@example.org"))
    assert done.returncode == 0, done.stderr
    assert "Unable to locate credentials" in done.stdout
    assert "At first with ScalerDryRun=true and RotationSchedule=(empty)." in done.stdout
    assert_shown("configure", done.stdout)
    for section in ("production", "default"):
        overrides = read_overrides(file, section)
        assert NETWORK.items() <= overrides.items()
        assert overrides["AlertEmail"] == "ops@example.org"


NOBODY = "Nobody would be notified: set AlertEmail, or SlackToken and SlackChannel."


@pytest.mark.parametrize(
    ("changes", "noted"),
    [
        ("MaxTasks=6", True),
        ("AlertEmail=ops@example.org", False),
        ("SlackToken=/jiki-ops/slack-token SlackChannel=C0123456789", False),
        ("Alerts=false", False),
    ],
)
def test_alerts_without_a_recipient_are_pointed_out(file: Path, changes: str, noted: bool) -> None:
    needed = {"DatabaseCidr": "10.1.0.0/16", "ConfigSecretId": "config", "EcsCluster": "shop"}
    write_overrides(file, ["staging"], {**NETWORK, **needed, "WorkerServices": "mail"})
    done = configured(file, "staging", "", "--set", changes)
    assert done.returncode == 0, done.stderr
    assert (NOBODY in done.stdout) == noted


def test_single_parameters_are_set_without_a_question(file: Path) -> None:
    write_overrides(file, ["production", "default"], example())
    changes = 'MaxTasks=6 RotationSchedule="cron(0 9 1 * ? *)"'
    done = configured(file, "production", "", "--set", changes)
    assert done.stdout.endswith("Next: make deploy ENVIRONMENT=production\n"), done.stderr
    expected = {**example(), "MaxTasks": "6", "RotationSchedule": "cron(0 9 1 * ? *)"}
    assert read_overrides(file, "production") == read_overrides(file, "default") == expected


def test_a_single_parameter_that_the_template_refuses_is_not_written(file: Path) -> None:
    before = file.read_text()
    done = configured(file, "production", "", "--set", "MaxTasks=0")
    assert (done.returncode, file.read_text()) == (2, before)
    assert "MaxTasks must be a number, 1 or more and at most 1000, not '0'" in done.stderr


def test_another_environment_is_deployed_by_its_name(file: Path) -> None:
    done = configured(file, "staging", given("shop-staging", region="eu-central-1"))
    assert done.stdout.endswith("Next: make deploy ENVIRONMENT=staging\n"), done.stderr
    assert read_overrides(file, "staging")["EcsCluster"] == "shop-staging"
    assert read_overrides(file, "default") == {}
    # AND the region is its own: asked for first, and no other section's
    assert read_section(file, "staging")["region"] == "eu-central-1"
    assert read_section(file, "production")["region"] == "eu-west-1"


def test_a_region_that_is_none_is_asked_for_again(file: Path) -> None:
    done = configured(file, "staging", "Ireland\n" + given("shop", region="eu-central-1"))
    assert done.returncode == 0, done.stderr
    assert "must be the name of a region" in done.stdout


def test_an_end_half_way_writes_nothing(file: Path) -> None:
    before = file.read_text()
    done = configured(file, "production", "jiki-production\n")
    assert (done.returncode, file.read_text()) == (1, before)
    assert "Nothing was written." in done.stderr
