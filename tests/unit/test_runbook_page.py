"""The team's own copy of the runbook: its names in every command, and nobody else's."""

import re
from pathlib import Path

import pytest

from cli import runbook
from cli.environment import Target
from cli.runbook import PAGE, personal
from probe_deployment.suites import DEPLOYMENT
from tests.markdown import plain
from tests.outputs import assert_shown
from tests.runbook_table import rows

ACME = Target(
    "live",
    "acme-shop-ops",
    "us-east-1",
    None,
    {
        "ConfigSecretId": "shop/production",
        "PasswordKey": "DATABASE_URL",
        "AddressKeys": "host,port,dbname",
        "EcsCluster": "acme-shop",
        "WebServices": "storefront,admin",
        "WorkerServices": "jobs",
        "OtherServices": "mailer",
        "LogGroupPrefix": "/acme/logs/",
        "DatabaseClusterId": "acme-aurora",
    },
)


def test_no_name_of_the_example_is_left() -> None:
    page = personal(PAGE.read_text(), ACME)
    assert re.findall(r"jiki\S*|aurora_\S+|ENVIRONMENT=production|eu-west-1", page) == []
    assert set(re.findall(r"--secret-id ([\w/-]+)", page)) == {"shop/production"}
    assert set(re.findall(r"--stack-name (\S+)", page)) <= {"acme-shop-ops"}
    assert set(re.findall(r"--(?:service|services|service-name) ([\w-]+)", page)) == {
        "storefront",
        "jobs",
    }
    assert {"/acme/logs/storefront", "/aws/lambda/acme-shop-ops-send-alerts"} <= set(
        re.findall(r"logs tail ([^\s`]+)", page)
    )


def test_a_loop_goes_over_every_service() -> None:
    assert "for service in storefront admin jobs mailer; do" in personal(PAGE.read_text(), ACME)


def test_the_cluster_is_named_where_the_stack_knows_it() -> None:
    page = personal(PAGE.read_text(), ACME)
    assert "CLUSTER=acme-aurora\n" in page
    assert "DatabaseClusterId=acme-aurora" in page
    assert "CLUSTER=$(" not in page


def test_a_name_that_holds_another_is_not_replaced_twice() -> None:
    renamed = Target("production", "jiki-ops-jiki-api-web", "eu-west-1", None, {})
    page = personal(PAGE.read_text(), renamed)
    assert "/aws/lambda/jiki-ops-jiki-api-web-rotate-password" in page
    assert "WORKER-SERVICE" in page


def test_it_is_written_from_samconfig(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "samconfig.toml"
    config.write_text(
        '[live.global.parameters]\nstack_name = "acme"\n'
        '[live.deploy.parameters]\nregion = "eu-west-2"\n'
        'parameter_overrides = ["EcsCluster=shop"]\n'
    )
    arguments = ["make", "--environment", "live", "--file", str(config)]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", arguments)
    assert runbook.main() == 0
    assert_shown("runbook", capsys.readouterr().out.replace("live", "production"))
    monkeypatch.setattr("sys.argv", [*arguments, "--to", str(tmp_path / "page.md")])
    assert runbook.main() == 0
    assert "--cluster shop " in (tmp_path / "page.md").read_text()
    monkeypatch.setattr("sys.argv", ["make", "--environment", "none", "--file", str(config)])
    assert runbook.main() == 2
    assert "none" in capsys.readouterr().err


def test_each_message_is_in_the_table_of_what_can_wait() -> None:
    rest = PAGE.read_text().partition("## Password rotation")[2]
    answers = {row.anchor: row.wait for row in rows()}
    impacts = {
        anchor_of(section): plain(section.partition("**Impact**")[2].partition("\n\n")[0])
        for section in re.split(r"^### ", rest, flags=re.MULTILINE)
        if "**Impact**" in section
    }
    assert set(answers) == set(impacts)
    for anchor, answer in answers.items():
        impact = impacts[anchor]
        assert not answer.startswith("no") or "can't wait" in impact, anchor
        assert not answer.startswith("yes") or "can wait" in impact, anchor


def test_each_check_of_a_deployment_has_a_first_measure() -> None:
    section = PAGE.read_text().partition("### A deployment failed its probe")[2].partition("###")[0]
    measures = " ".join(re.findall(r"^\| (`.+?) \|", section, re.MULTILINE))
    assert set(DEPLOYMENT) <= set(re.findall(r"`(\w+)`", measures))


def anchor_of(section: str) -> str:
    title = section.partition("\n")[0].lower()
    return re.sub(r"[^\w\- ]", "", title).replace(" ", "-")
