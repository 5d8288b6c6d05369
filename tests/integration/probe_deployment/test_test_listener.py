"""The test listener of a blue/green service, found by its rule as the load balancer has it."""

from copy import replace
from datetime import UTC, datetime
from typing import Any

import boto3

from ops_common.query_database import LambdaQueryDatabase
from probe_deployment.checks import listener
from probe_deployment.context import Context
from probe_deployment.deployed import Clients
from probe_deployment.finding import Status
from probe_deployment.http_answer import Answer
from probe_deployment.http_get import Listener
from probe_deployment.request import Request, Trigger
from probe_deployment.settings import Settings
from tests.integration.probe_deployment.conftest import WEB, System

STAGE = "POST_TEST_TRAFFIC_SHIFT"


def test_it_is_asked_by_the_port_and_the_header_of_its_rule(system: System) -> None:
    # GIVEN a listener at 8443 whose rule leads requests with a header to the new tasks
    elbv2, ec2 = system.aws.client("elbv2"), system.aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.2.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.2.{zone}.0/24")["Subnet"]["SubnetId"]
        for zone in range(2)
    ]
    (balancer,) = elbv2.create_load_balancer(Name="jiki", Subnets=subnets)["LoadBalancers"]
    group = system.ecs.service(WEB).target_group_arn
    forward: list[Any] = [{"Type": "forward", "TargetGroupArn": group}]
    (found,) = elbv2.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="HTTP",
        Port=8443,
        DefaultActions=forward,
    )["Listeners"]
    header: Any = {"HttpHeaderName": "X-Test", "Values": ["green"]}
    (rule,) = elbv2.create_rule(
        ListenerArn=found["ListenerArn"],
        Priority=1,
        Actions=forward,
        Conditions=[{"Field": "http-header", "HttpHeaderConfig": header}],
    )["Rules"]
    asked: list[Listener | None] = []

    def get(_url: str, _ca: str, at: Listener | None = None) -> Answer:
        asked.append(at)
        return Answer(500, {"x-request-id": "1"}, 0.1)

    class OfARevision(Context):
        def revision(self) -> Any:
            return {
                "loadBalancers": [{"advancedConfiguration": {"testListenerRule": rule["RuleArn"]}}]
            }

    clients = Clients(boto3.client)
    url = "https://api.jiki.io/health-check"
    settings = replace(Settings.from_env(), health_check_url=url)
    query = LambdaQueryDatabase(clients("lambda"), settings.query_database_function)
    request = Request(Trigger.HOOK, "green", service=WEB, stage=STAGE, target_revision="arn")
    finding = listener.check(OfARevision(request, settings, datetime.now(UTC), clients, query, get))
    # THEN it is asked there, and a 500 is what an older version would not have
    expected = Listener(
        balancer["DNSName"], "api.jiki.io", 8443, tls=False, headers={"X-Test": "green"}
    )
    assert asked == [expected]
    assert (finding.status, finding.older_version_fixes) == (Status.FAIL, True)
