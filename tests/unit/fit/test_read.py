"""An account as moto keeps it, read and judged; and one that refuses."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from cli.environment import region_of
from cli.fit.__main__ import main
from cli.fit.offers import offers
from cli.fit.read import Reader, likely

REGION = "eu-central-1"


def client(service: str) -> Any:
    name: Any = service
    return boto3.client(name, region_name=REGION)


@pytest.fixture
def account() -> Iterator[str]:
    with mock_aws():
        secret: str = client("secretsmanager").create_secret(
            Name="acme/app", SecretString='{"DATABASE_URL": "MARKER"}'
        )["ARN"]
        ecs = client("ecs")
        for name in ("acme-production", "acme-staging"):
            ecs.create_cluster(clusterName=name)
        for name, command in (("store", []), ("mail", ["rake", "solid_queue:start"])):
            container = {
                "name": "app",
                "image": "acme:3f2c1ab",
                "memory": 512,
                "command": command,
                "secrets": [{"name": "DATABASE_URL", "valueFrom": f"{secret}:DATABASE_URL::"}],
            }
            ecs.register_task_definition(family=name, containerDefinitions=[container])
            ecs.create_service(cluster="acme-production", serviceName=name, taskDefinition=name)
        client("cloudwatch").put_metric_alarm(
            AlarmName="acme-production-errors",
            MetricName="m",
            Namespace="n",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
            Statistic="Sum",
        )
        yield secret


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize(
    ("shell", "words", "place"),
    [
        ({}, ["--region", REGION], REGION),
        ({"AWS_REGION": REGION}, [], REGION),
        ({"AWS_DEFAULT_REGION": REGION}, [], REGION),
        ({"AWS_REGION": REGION}, ["--region", "us-east-1"], "us-east-1"),
        ({}, [], "eu-west-1"),
    ],
)
def test_the_app_is_read_where_it_is(
    shell: dict[str, str],
    words: list[str],
    place: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in shell.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.argv", ["fit", "--environment", "production", *words, "--json"])
    main()
    found = {
        each["about"]: each["level"] for each in json.loads(capsys.readouterr().out)["findings"]
    }
    assert found["cluster"] == ("fits" if place == REGION else "doesn't fit")


def test_a_region_that_was_answered_counts_more_than_the_shell_s(tmp_path: Path) -> None:
    file, shell = tmp_path / "samconfig.toml", {"AWS_REGION": REGION}
    shipped = '[production.deploy.parameters]\nregion = "eu-west-1"\n'
    file.write_text(shipped)
    assert region_of(file, "production", shell) == REGION
    file.write_text(shipped + 'parameter_overrides = ["VpcId=vpc-0a1"]\n')
    assert region_of(file, "production", shell) == "eu-west-1"


@pytest.mark.usefixtures("account")
def test_an_account_is_read_and_no_secret_s_value() -> None:
    facts = Reader(client).facts("", "production")
    assert facts.unread == {}
    assert (facts.cluster, facts.alarms) == ("acme-production", ("acme-production-errors",))
    offered = offers(facts)
    assert (offered["WorkerServices"], offered["ConfigSecretId"]) == ("mail", "acme/app")
    assert offered["PasswordKey"] == "DATABASE_URL"
    assert "MARKER" not in str(facts)


def test_what_is_refused_is_noted_by_name() -> None:
    def refuses(_service: str) -> Any:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "Any")

    facts = Reader(refuses).facts("shop", "production")
    assert set(facts.unread) == {
        *("clusters", "services", "scaling targets", "secrets", "databases", "RDS Proxies"),
        "alarms",
    }
    assert facts.cluster == "shop"


def test_of_several_clusters_the_one_named_for_the_environment_is_read() -> None:
    assert likely(["a-staging", "a-production"], "staging") == "a-staging"
    assert likely(["one", "two"], "staging") == ""
    assert likely(["one"], "staging") == "one"
