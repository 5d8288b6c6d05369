"""An account as moto keeps it, read and judged; and one that refuses."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

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
