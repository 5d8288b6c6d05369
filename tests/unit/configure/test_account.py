"""What is suggested, from an account as moto keeps it."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, NoCredentialsError
from moto import mock_aws

from cli.configure.account import Account, Suggestion

REGION = "eu-west-1"


def client(service: str) -> Any:
    name: Any = service
    return boto3.client(name, region_name=REGION)


@pytest.fixture
def network() -> Iterator[dict[str, str]]:
    """Two Aurora clusters of which one is PostgreSQL, and an ECS cluster with two services."""
    with mock_aws():
        vpc = client("ec2").create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            client("ec2").create_subnet(
                VpcId=vpc, CidrBlock=f"10.1.{number}.0/24", AvailabilityZone=f"{REGION}{zone}"
            )["Subnet"]["SubnetId"]
            for number, zone in enumerate("ab")
        ]
        rds = client("rds")
        rds.create_db_subnet_group(
            DBSubnetGroupName="jiki", DBSubnetGroupDescription="d", SubnetIds=subnets
        )
        for name, engine in (("old", "aurora-mysql"), ("jiki-production", "aurora-postgresql")):
            rds.create_db_cluster(
                DBClusterIdentifier=name,
                Engine=engine,
                MasterUsername="jiki",
                MasterUserPassword="temporary",  # moto's
                DBSubnetGroupName="jiki",
            )
        elb = client("elbv2")
        balancer = elb.create_load_balancer(Name="jiki-api-alb", Subnets=subnets)["LoadBalancers"][
            0
        ]
        group = elb.create_target_group(Name="jiki-api", Protocol="HTTP", Port=80, VpcId=vpc)[
            "TargetGroups"
        ][0]
        elb.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"],
            Protocol="HTTP",
            Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": group["TargetGroupArn"]}],
        )
        ecs = client("ecs")
        ecs.create_cluster(clusterName="jiki-production")
        container: Any = {"name": "app", "image": "app", "memory": 512}
        ecs.register_task_definition(family="app", containerDefinitions=[container])
        behind: dict[str, Any] = {
            "loadBalancers": [{"targetGroupArn": group["TargetGroupArn"], "containerName": "app"}]
        }
        for name, more in (("web", behind), ("cron", {}), ("solid-queue", {})):
            ecs.create_service(
                cluster="jiki-production", serviceName=name, taskDefinition="app", **more
            )
        yield {
            "vpc": vpc,
            "subnets": ",".join(subnets),
            "balancer": balancer["LoadBalancerArn"].partition(":loadbalancer/")[2],
            "group": group["TargetGroupArn"].rpartition(":")[2],
        }


CHOSEN = {
    "DatabaseClusterId": "jiki-production",
    "EcsCluster": "jiki-production",
    "WebServices": "web",
}


def values(name: str, **answers: str) -> tuple[str, ...]:
    found = Account(client).suggest(name, {**CHOSEN, **answers})
    assert not found.trouble
    return found.values


def test_the_network_is_that_of_the_database(network: dict[str, str]) -> None:
    assert values("DatabaseClusterId") == ("jiki-production",)
    assert values("VpcId") == (network["vpc"],)
    (subnets,) = values("SubnetIds")
    assert sorted(subnets.split(",")) == sorted(network["subnets"].split(","))
    assert values("DatabaseCidr", VpcId=network["vpc"], SubnetIds=subnets) == ("10.1.0.0/16",)


@pytest.mark.usefixtures("network")
def test_a_service_behind_a_load_balancer_is_the_web_and_one_named_for_a_queue_the_worker() -> None:
    assert values("EcsCluster") == ("jiki-production",)
    assert values("WebServices") == ("web",)
    assert values("WorkerServices") == ("solid-queue",)


def test_the_load_balancer_is_the_web_service_s(network: dict[str, str]) -> None:
    assert values("LoadBalancerName") == (network["balancer"],)
    assert values("TargetGroupName") == (network["group"],)
    assert values("LoadBalancerName", WebServices="cron") == ()


@pytest.mark.usefixtures("network")
def test_without_a_cluster_no_network_is_guessed() -> None:
    assert values("VpcId", DatabaseClusterId="") == ()
    assert values("SubnetIds", DatabaseClusterId="") == ()


def test_what_the_account_does_not_have_is_a_trouble_and_no_end() -> None:
    with mock_aws():
        found = Account(client).suggest("WebServices", {"EcsCluster": "jiki-production"})
    assert "ClusterNotFoundException" in found.trouble


def test_without_credentials_that_is_said_once_and_nothing_more_asked() -> None:
    asked = []

    def refuses(service: str) -> Any:
        asked.append(service)
        raise NoCredentialsError

    account = Account(refuses)
    assert account.suggest("EcsCluster", {}).trouble == "Unable to locate credentials"
    assert account.suggest("DatabaseClusterId", {}) == Suggestion()
    assert asked == ["ecs"]


def test_a_refusal_is_shown_in_short_and_the_next_question_asks_again() -> None:
    message = "You may not. Encoded authorization failure message: " + "x" * 999
    denied = {"Code": "UnauthorizedOperation", "Message": message}

    def refuses(_service: str) -> Any:
        raise ClientError({"Error": denied}, "DescribeVpcs")  # type: ignore[typeddict-item]  # as little as is read

    account = Account(refuses)
    for name in ("EcsCluster", "DatabaseClusterId"):
        assert account.suggest(name, {}).trouble.endswith("You may not.")


def test_what_no_account_knows_is_not_searched() -> None:
    def refuses(_service: str) -> Any:
        raise AssertionError

    assert Account(refuses).suggest("AlertEmail", {}) == Suggestion()


def test_many_services_are_described_ten_at_a_time_and_once(network: dict[str, str]) -> None:
    for number in range(30):
        client("ecs").create_service(
            cluster="jiki-production", serviceName=f"worker-{number}", taskDefinition="app"
        )
    described: list[int] = []

    def counting(service: str) -> Any:
        made = client(service)
        if service == "ecs":
            made.meta.events.register(
                "provide-client-params.ecs.DescribeServices",
                lambda params, **_: described.append(len(params["services"])),
            )
        return made

    account = Account(counting)
    assert len(account.suggest("WorkerServices", CHOSEN).values) == 31
    assert account.suggest("TargetGroupName", CHOSEN).values == (network["group"],)
    assert sum(described) == 33
    assert max(described) <= 10


class NetworkLoadBalancers:
    """Elastic Load Balancing with another kind; moto names all of them `app`."""

    def describe_target_groups(self, TargetGroupArns: list[str]) -> dict[str, Any]:  # noqa: N803  # boto3's
        arn = "arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/net/tcp/0123456789abcdef"
        return {
            "TargetGroups": [
                {"TargetGroupArn": each, "LoadBalancerArns": [arn]} for each in TargetGroupArns
            ]
        }


@pytest.mark.usefixtures("network")
def test_a_load_balancer_whose_metrics_no_alarm_reads_is_not_offered() -> None:
    account = Account(
        lambda service: NetworkLoadBalancers() if service == "elbv2" else client(service)
    )
    for name in ("LoadBalancerName", "TargetGroupName"):
        assert account.suggest(name, CHOSEN) == Suggestion()


def test_the_range_offered_holds_the_database_s_subnets() -> None:
    with mock_aws():
        ec2 = client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
        ec2.associate_vpc_cidr_block(VpcId=vpc, CidrBlock="10.2.0.0/16")
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.2.1.0/24")["Subnet"]["SubnetId"]
        assert values("DatabaseCidr", VpcId=vpc, SubnetIds=subnet) == ("10.2.0.0/16",)
