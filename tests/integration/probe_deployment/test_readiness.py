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


TO_DO: dict[str, tuple[str | None, list[str]]] = {
    "password_age": ("temporary", []),
    "rotation": (None, []),
    "secret_keys": ("placeholder", ["jwt_secret", "stripe_secret_key", "new_api_key"]),
    "config_values": ("placeholder", list(STRIPE)),
    "deployment_probed": (None, [WEB, WORKER]),
    "load_tested": (None, []),
    "alarms": (None, ["CPU", "database connections", "5xx"]),
    "alert_subscribers": ("not_subscribed", []),
    "dashboard": (None, []),
    "audit_trail": ("no_trail", []),
    "security_groups": ("open", ["rds", "legacy"]),
    "load_balancer_protection": (None, ["jiki-api-alb"]),
    "database_protection": ("not_protected", []),
    "database_backups": (None, []),
    "database_capacity": ("low_maximum", []),
    "connections": ("scale_out", []),
    "task_count": ("too_few_tasks", [WORKER]),
    "worker_scaling": ("no_tick", [WORKER]),
}


def test_everything_that_is_to_do_is_found(account: System) -> None:
    checks = readiness(account)
    assert set(checks) == set(READINESS) == {*TO_DO, "certificate", "secret_writer"}
    failed = {name: check for name, check in checks.items() if check["status"] == "fail"}
    assert {name: (each["cause"], each["subjects"]) for name, each in failed.items()} == TO_DO


# What is typed, with the account's own names in it; the words around it may change.
COMMANDS = {
    "password_age": "aws secretsmanager rotate-secret --secret-id config",
    "rotation": "make configure ENVIRONMENT=production SET='RotationSchedule=\"cron(0 9 1 * ? *)\"'"
    " && make deploy ENVIRONMENT=production",
    "secret_keys": "make populate",
    "config_values": "aws dynamodb update-item --table-name config --key"
    ' \'{"id": {"S": "stripe_max_price_id"}}\'',
    "deployment_probed": "make probe STACK=jiki-ops",
    "load_tested": "make load-test URL=http://127.0.0.1:",
    "alarms": "make configure ENVIRONMENT=production SET='AlarmSet=all"
    " DatabaseClusterId=jiki-production LoadBalancerName=app/jiki-api-alb/",
    "alert_subscribers": "aws sns subscribe --topic-arn arn:aws:sns",
    "dashboard": "make deploy ENVIRONMENT=production",
    "audit_trail": "aws cloudtrail create-trail",
    "security_groups": "aws ec2 revoke-security-group-ingress --group-id sg-",
    "load_balancer_protection": "aws elbv2 modify-load-balancer-attributes --load-balancer-arn",
    "database_protection": "--db-cluster-identifier jiki-production --deletion-protection",
    "database_backups": "--backup-retention-period 7",
    "database_capacity": "MinCapacity=0.5,MaxCapacity=20; aws rds create-db-instance",
    "connections": "make configure ENVIRONMENT=production SET='MaxTasks=",
    "task_count": "SET='MinTasks=2'",
    "worker_scaling": "aws logs tail /aws/lambda/jiki-ops-scale-workers",
}


def test_each_has_the_command_that_fixes_it(account: System) -> None:
    checks = readiness(account)
    assert COMMANDS.keys() == TO_DO.keys()
    for name, command in COMMANDS.items():
        assert command in checks[name]["remedy"], name


def test_the_page_shows_what_is_printed(account: System) -> None:
    assert_shown("readiness", as_text(account.probe(suite="readiness")))


def test_no_value_of_the_secret_is_shown(account: System) -> None:
    verdict = str(account.probe(suite="readiness"))
    for value in account.aws.secret().values():
        assert value not in verdict


def test_what_is_done_passes(account: System, monkeypatch: pytest.MonkeyPatch) -> None:
    for do in EVERYTHING:
        do(account)
    monkeypatch.setenv("MAX_TASKS", "5")
    checks = readiness(account)
    left = {name: check["status"] for name, check in checks.items() if check["status"] != "pass"}
    assert left == {"certificate": "skip"}  # its address is not https


def test_a_trail_that_has_stopped_is_distinguished(account: System) -> None:
    start_trail(account)
    account.aws.client("cloudtrail").stop_logging(Name="account")
    finding = readiness(account)["audit_trail"]
    assert (finding["cause"], finding["subjects"]) == ("stopped", ["account"])


def test_what_the_owners_have_accepted_is_skipped(
    account: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCEPTED_CHECKS", "database_capacity")
    assert readiness(account)["database_capacity"]["status"] == "skip"


def test_a_service_without_load_balancer_has_none_to_protect(account: System) -> None:
    account.ecs.service(WEB).target_group_arn = None
    checks = readiness(account)
    assert checks["load_balancer_protection"]["status"] == "skip"
    assert checks["alarms"]["subjects"] == ["CPU", "database connections"]


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
    assert "CPU" in checks["alarms"]["subjects"]
    assert checks["worker_scaling"]["cause"] == "dry_run"
    assert checks["security_groups"]["cause"] == "no_group"
    assert checks["database_protection"]["cause"] == "not_encrypted"
