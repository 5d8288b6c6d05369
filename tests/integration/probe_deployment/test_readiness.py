"""The readiness suite on an account like Jiki's today, and on one where all is done."""

import json
from typing import Any

import pytest

from cli.verdict import as_text
from probe_deployment.suites import READINESS
from tests.integration.probe_deployment.conftest import WEB, WORKER, System
from tests.integration.probe_deployment.owners_list import (
    EVERYTHING,
    STRIPE,
    make_alarm,
    start_scaler,
    start_trail,
)
from tests.outputs import assert_shown


@pytest.fixture
def account(system: System, monkeypatch: pytest.MonkeyPatch) -> System:
    """Jiki's account as its owners' list describes it: everything is still to do."""
    client = system.aws.client
    vpc = client("ec2").create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    group = client("ec2").create_security_group(GroupName="rds", Description="Aurora", VpcId=vpc)[
        "GroupId"
    ]
    client("ec2").authorize_security_group_ingress(
        GroupId=group, IpProtocol="tcp", FromPort=5432, ToPort=5432, CidrIp="0.0.0.0/0"
    )
    legacy = client("ec2").create_security_group(
        GroupName="legacy", Description="forgotten", VpcId=vpc
    )["GroupId"]
    client("ec2").authorize_security_group_ingress(
        GroupId=legacy,
        IpPermissions=[{"IpProtocol": "-1", "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}],
    )
    subnets = [
        client("ec2").create_subnet(VpcId=vpc, CidrBlock=f"10.1.{zone}.0/24")["Subnet"]["SubnetId"]
        for zone in range(2)
    ]
    balancer = client("elbv2").create_load_balancer(Name="jiki-api-alb", Subnets=subnets)
    client("elbv2").create_listener(
        LoadBalancerArn=balancer["LoadBalancers"][0]["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[
            {"Type": "forward", "TargetGroupArn": system.ecs.service(WEB).target_group_arn}
        ],
    )
    client("rds").create_db_cluster(
        DBClusterIdentifier="jiki-production",
        Engine="aurora-postgresql",
        MasterUsername="jiki",
        MasterUserPassword="unused-in-moto",
        StorageEncrypted=True,
        BackupRetentionPeriod=1,
        ServerlessV2ScalingConfiguration={"MinCapacity": 0.5, "MaxCapacity": 1},
    )
    secret = system.aws.secret() | {"jwt_secret": "Placeholder"}
    client("secretsmanager").put_secret_value(SecretId="config", SecretString=json.dumps(secret))
    topic = client("sns").create_topic(Name="alerts")["TopicArn"]
    settings = {
        "STACK_NAME": "jiki-ops",
        "VPC_ID": vpc,
        "ALERT_TOPIC_ARN": topic,
        "DATABASE_CLUSTER_ID": "jiki-production",
        "SECRET_KEYS": "jwt_secret,stripe_secret_key=sk_live_,new_api_key",
        "EXPECTED_CONFIG_VALUES": ",".join(
            f"{key}={'pk_live_' if 'key' in key else 'price_'}" for key in STRIPE
        ),
        "MAX_TASKS": "100",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return system


def readiness(system: System) -> dict[str, Any]:
    return system.checks(suite="readiness")


TO_DO = {
    "password_age": ("temporary password", "aws secretsmanager rotate-secret --secret-id config"),
    "rotation": (
        "rotation is off",
        "make configure ENVIRONMENT=production SET='RotationSchedule=\"cron(0 9 1 * ? *)\"'"
        " && make deploy ENVIRONMENT=production",
    ),
    "secret_keys": (
        "jwt_secret is a placeholder; stripe_secret_key doesn't begin with sk_live_;"
        " new_api_key is missing",
        "make populate",
    ),
    "config_values": (
        "stripe_max_price_id is a placeholder",
        "aws dynamodb update-item --table-name config --key"
        ' \'{"id": {"S": "stripe_max_price_id"}}\'',
    ),
    "deployment_probed": (f"none of {WEB} and {WORKER}", "make probe STACK=jiki-ops"),
    "load_tested": ("none has passed", "make load-test URL=http://127.0.0.1:"),
    "alarms": (
        "none on CPU, database connections, 5xx",
        "make configure ENVIRONMENT=production SET='AlarmSet=all"
        " DatabaseClusterId=jiki-production LoadBalancerName=app/jiki-api-alb/",
    ),
    "alert_subscribers": ("0 confirmed", "aws sns subscribe --topic-arn arn:aws:sns"),
    "dashboard": ("no dashboard", "make deploy ENVIRONMENT=production: it brings one"),
    "audit_trail": ("no trail of all regions", "aws cloudtrail create-trail"),
    "security_groups": (
        "rds lets 0.0.0.0/0 in at tcp 5432-5432, legacy lets ::/0 in at every port",
        "aws ec2 revoke-security-group-ingress --group-id sg-",
    ),
    "load_balancer_protection": (
        "jiki-api-alb can be deleted",
        "aws elbv2 modify-load-balancer-attributes --load-balancer-arn arn:aws:elastic",
    ),
    "database_protection": ("it can be deleted", "jiki-production --deletion-protection"),
    "database_backups": ("kept for 1 days", "--backup-retention-period 7"),
    "database_capacity": (
        "0.5 to 1 ACU, instances in one zone",
        "MinCapacity=0.5,MaxCapacity=20; aws rds create-db-instance",
    ),
    "connections": (
        "at full scale-out",
        "make configure ENVIRONMENT=production SET='MaxTasks=",
    ),
    "task_count": (f"{WORKER}: 1 wanted", "SET='MinTasks=2'"),
    "worker_scaling": ("remembered no tick", "aws logs tail /aws/lambda/jiki-ops-scale-workers"),
}


def test_everything_that_is_to_do_is_found_with_the_command_that_mends_it(account: System) -> None:
    checks = readiness(account)
    assert set(checks) == set(READINESS) == {*TO_DO, "certificate", "secret_writer"}
    assert_shown("readiness", as_text(account.probe(suite="readiness")))
    for name, (observed, remedy) in TO_DO.items():
        assert checks[name]["status"] == "fail", name
        assert observed in checks[name]["observed"], name
        assert remedy in checks[name]["remedy"], name


def test_no_value_of_the_secret_is_told(account: System) -> None:
    verdict = str(account.probe(suite="readiness"))
    for value in account.aws.secret().values():
        assert value not in verdict


def test_what_is_done_passes(account: System, monkeypatch: pytest.MonkeyPatch) -> None:
    for do in EVERYTHING:
        do(account)
    monkeypatch.setenv("MAX_TASKS", "5")
    checks = readiness(account)
    left = {name: check["observed"] for name, check in checks.items() if check["status"] != "pass"}
    assert left == {"certificate": "the health check's address is not https"}


def test_a_trail_that_has_stopped_is_told_apart(account: System) -> None:
    start_trail(account)
    account.aws.client("cloudtrail").stop_logging(Name="account")
    finding = readiness(account)["audit_trail"]
    assert finding["observed"] == "account has stopped"
    assert "start-logging" in finding["remedy"]


def test_what_the_owners_have_accepted_is_not_told_again(
    account: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCEPTED_CHECKS", "database_capacity")
    assert readiness(account)["database_capacity"]["status"] == "skip"


def test_a_service_without_load_balancer_has_none_to_protect(account: System) -> None:
    account.ecs.service(WEB).target_group_arn = None
    checks = readiness(account)
    assert checks["load_balancer_protection"]["status"] == "skip"
    assert checks["alarms"]["observed"] == "none on CPU, database connections"


def test_alarms_on_another_system_and_a_scaler_that_only_talks_do_not_count(
    account: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_alarm(account, "cpu", "AWS/ECS", "CPUUtilization", "ClusterName", "another-cluster")
    start_scaler(account)
    monkeypatch.setenv("SCALER_DRY_RUN", "true")
    account.aws.client("rds").create_db_cluster(
        DBClusterIdentifier="bare",
        Engine="aurora-postgresql",
        MasterUsername="jiki",
        MasterUserPassword="unused-in-moto",
        DeletionProtection=True,
    )
    monkeypatch.setenv("DATABASE_CLUSTER_ID", "bare")
    # A VPC that isn't there, too.
    monkeypatch.setenv("VPC_ID", "vpc-0ther")
    checks = readiness(account)
    assert "none on CPU" in checks["alarms"]["observed"]
    assert checks["worker_scaling"]["remedy"].endswith(
        "SET='ScalerDryRun=false' && make deploy ENVIRONMENT=production"
    )
    assert checks["security_groups"]["remedy"] == "correct the parameter VpcId"
    assert checks["database_protection"]["observed"] == "its storage is not encrypted"
