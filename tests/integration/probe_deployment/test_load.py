"""The suite `load` on moto's metrics: the same minutes, seen from this side."""

from datetime import UTC, datetime, timedelta

import pytest

from local.solid_queue.jobs import enqueue
from tests.integration.probe_deployment.conftest import WEB, System


@pytest.fixture
def balancer(system: System) -> str:
    """The load balancer's value of the dimension in CloudWatch."""
    client, ec2 = system.aws.client("elbv2"), system.aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.2.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.2.{zone}.0/24")["Subnet"]["SubnetId"]
        for zone in range(2)
    ]
    arn: str = client.create_load_balancer(Name="jiki-api-alb", Subnets=subnets)["LoadBalancers"][
        0
    ]["LoadBalancerArn"]
    client.create_listener(
        LoadBalancerArn=arn,
        Protocol="HTTP",
        Port=80,
        DefaultActions=[
            {"Type": "forward", "TargetGroupArn": system.ecs.service(WEB).target_group_arn}
        ],
    )
    return arn.partition(":loadbalancer/")[2]


def metric(
    system: System,
    namespace: str,
    name: str,
    dimension: tuple[str, str],
    value: float,
    minutes: float = 2,
) -> None:
    system.aws.client("cloudwatch").put_metric_data(
        Namespace=namespace,
        MetricData=[
            {
                "MetricName": name,
                "Dimensions": [{"Name": dimension[0], "Value": dimension[1]}],
                "Timestamp": datetime.now(UTC) - timedelta(minutes=minutes),
                "Value": value,
            }
        ],
    )


def test_a_load_that_was_borne_passes_and_is_remembered(system: System, balancer: str) -> None:
    metric(system, "AWS/ApplicationELB", "RequestCount", ("LoadBalancer", balancer), 900)
    began = datetime.now(UTC) - timedelta(minutes=5)
    verdict = system.probe(suite="load", startedAt=began.isoformat())
    assert verdict["status"] == "pass", verdict["table"]
    assert {each["name"]: each["status"] for each in verdict["checks"]}["responses"] == "pass"
    assert system.checks(suite="readiness")["load_tested"]["status"] == "pass"


def test_minutes_without_a_request_are_no_load_test(system: System, balancer: str) -> None:
    began = datetime.now(UTC) - timedelta(minutes=5)
    assert system.probe(suite="load", startedAt=began.isoformat())["status"] == "pass"
    assert system.checks(suite="readiness")["load_tested"]["status"] == "fail"


def test_a_database_that_refuses_fails_the_suite(system: System) -> None:
    system.database.server.set_password("jiki", "another")
    checks = system.checks(suite="load")
    for name in ("peak_connections", "queue_latency"):
        assert checks[name]["cause"] == "login_refused"


def test_errors_of_these_minutes_fail_and_those_from_before_do_not(
    system: System, balancer: str
) -> None:
    for name, value in (("RequestCount", 900.0), ("HTTPCode_Target_5XX_Count", 9.0)):
        metric(system, "AWS/ApplicationELB", name, ("LoadBalancer", balancer), value, 10)
    assert system.checks(suite="load")["responses"]["cause"] == "errors"
    later = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
    assert system.checks(suite="load", startedAt=later)["responses"]["status"] == "skip"


def test_a_peak_of_connections_that_is_over_fails(system: System) -> None:
    cluster = system.database.address.host.partition(".")[0]
    metric(system, "AWS/RDS", "DatabaseConnections", ("DBClusterIdentifier", cluster), 5000)
    assert system.checks(suite="load")["peak_connections"]["status"] == "fail"


def test_a_queue_that_is_behind_fails(system: System) -> None:
    system.workers.close()
    enqueue(system.database.admin, 1, age_seconds=600)
    assert system.checks(suite="load")["queue_latency"]["status"] == "fail"


def test_a_deployment_asks_for_the_balancer_s_own_name(system: System, balancer: str) -> None:
    # GIVEN a public address without TLS: there is nothing to ask the balancer itself for
    (check,) = (each for each in system.probe(service=WEB)["checks"] if each["name"] == "balancer")
    assert check["status"] == "skip"
