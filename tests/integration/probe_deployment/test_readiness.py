"""The readiness suite on an account like Jiki's today, and on one where all is done."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from probe_deployment.checks import app_secret
from probe_deployment.finding import Status
from probe_deployment.suites import READINESS
from tests.integration.probe_deployment.conftest import WEB, WORKER, System
from tests.unit.probe_deployment.samples import NOW

STRIPE = ("stripe_publishable_key", "stripe_premium_price_id", "stripe_max_price_id")


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
    topic = client("sns").create_topic(Name="alerts")["TopicArn"]
    settings = {
        "VPC_ID": vpc,
        "ALERT_TOPIC_ARN": topic,
        "DATABASE_CLUSTER_ID": "jiki-production",
        "SECRET_KEYS": "jwt_secret,stripe_secret_key,new_api_key",
        "EXPECTED_SECRET_VALUES": "stripe_secret_key=sk_live_",
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
    "rotation": ("rotation is off", "RotationSchedule"),
    "secret_keys": ("new_api_key is missing", "populate_secret"),
    "config_values": ("stripe_max_price_id is a placeholder", "aws dynamodb put-item"),
    "deployment_probed": (f"none of {WEB} and {WORKER}", "make probe"),
    "alarms": ("none on CPU, 5xx, database connections", "deploy the stack"),
    "alert_subscribers": ("0 confirmed", "aws sns subscribe --topic-arn arn:aws:sns"),
    "dashboard": ("no dashboard", "deploy the stack"),
    "audit_trail": ("no trail of all regions", "aws cloudtrail create-trail"),
    "security_groups": (
        "rds lets 0.0.0.0/0 in at tcp 5432-5432",
        "aws ec2 revoke-security-group-ingress --group-id sg-",
    ),
    "load_balancer_protection": (
        "jiki-api-alb can be deleted",
        "aws elbv2 modify-load-balancer-attributes --load-balancer-arn arn:aws:elastic",
    ),
    "database_protection": ("it can be deleted", "jiki-production --deletion-protection"),
    "database_backups": ("kept for 1 days", "--backup-retention-period 7"),
    "database_capacity": ("0.5 to 1 ACU", "MinCapacity=0.5,MaxCapacity=2"),
    "connections": ("at full scale-out", "100 worker tasks"),
    "worker_scaling": ("remembered no tick", "docs/scaling.md"),
}


def test_everything_that_is_to_do_is_found_with_the_command_that_mends_it(account: System) -> None:
    checks = readiness(account)
    assert set(checks) == set(READINESS) == {*TO_DO, "certificate"}
    for name, (saw, remedy) in TO_DO.items():
        assert checks[name]["status"] == "fail", name
        assert saw in checks[name]["saw"], name
        assert remedy in checks[name]["remedy"], name


def test_no_value_of_the_secret_is_told(account: System) -> None:
    verdict = str(account.probe(suite="readiness"))
    for value in account.aws.secret().values():
        assert value not in verdict


def _values(account: System) -> None:
    secret = account.aws.secret() | {
        "stripe_secret_key": "sk_" + "live_x",
        "new_api_key": "x",
        "aurora_password": "x",
    }
    account.aws.client("secretsmanager").put_secret_value(
        SecretId="config", SecretString=json.dumps(secret)
    )
    for key in STRIPE:
        account.aws.put_config(key, "pk_live_1" if "key" in key else "price_1")


def _alarms(account: System) -> None:
    for number, (namespace, metric) in enumerate(
        [
            ("AWS/ECS", "CPUUtilization"),
            ("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count"),
            ("AWS/RDS", "DatabaseConnections"),
        ]
    ):
        account.aws.client("cloudwatch").put_metric_alarm(
            AlarmName=f"alarm-{number}",
            Namespace=namespace,
            MetricName=metric,
            ComparisonOperator="GreaterThanThreshold",
            EvaluationPeriods=1,
            Period=60,
            Threshold=1,
            Statistic="Sum",
        )


def _subscribers(account: System) -> None:
    sns = account.aws.client("sns")
    topic = sns.list_topics()["Topics"][0]["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="ops@example.org")


def _trail(account: System) -> None:
    account.aws.client("s3").create_bucket(
        Bucket="trail", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    trail = account.aws.client("cloudtrail")
    trail.create_trail(Name="account", S3BucketName="trail", IsMultiRegionTrail=True)
    trail.start_logging(Name="account")


def _groups(account: System) -> None:
    ec2 = account.aws.client("ec2")
    for group in ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["rds"]}])[
        "SecurityGroups"
    ]:
        ec2.revoke_security_group_ingress(
            GroupId=group["GroupId"], IpPermissions=group["IpPermissions"]
        )


def _balancer(account: System) -> None:
    client = account.aws.client("elbv2")
    client.modify_load_balancer_attributes(
        LoadBalancerArn=client.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"],
        Attributes=[{"Key": "deletion_protection.enabled", "Value": "true"}],
    )


def _cluster(account: System) -> None:
    rds = account.aws.client("rds")
    rds.modify_db_cluster(
        DBClusterIdentifier="jiki-production", DeletionProtection=True, BackupRetentionPeriod=10
    )


def _dashboard(account: System) -> None:
    account.aws.client("cloudwatch").put_dashboard(
        DashboardName="jiki", DashboardBody='{"widgets": []}'
    )


def _probed(account: System) -> None:
    for service in (WEB, WORKER):
        account.aws.client("dynamodb").put_item(
            TableName="jiki-ops",
            Item={"id": {"S": f"probe#passed#{service}"}, "task_definition": {"S": "x:1"}},
        )


def _scaler(account: System) -> None:
    account.aws.client("dynamodb").put_item(
        TableName="jiki-ops", Item={"id": {"S": f"scaling#{WORKER}"}}
    )


@pytest.mark.parametrize(
    ("do", "names"),
    [
        (_values, ("secret_keys", "config_values")),
        (_alarms, ("alarms",)),
        (_subscribers, ("alert_subscribers",)),
        (_trail, ("audit_trail",)),
        (_groups, ("security_groups",)),
        (_balancer, ("load_balancer_protection",)),
        (_cluster, ("database_protection", "database_backups")),
        (_dashboard, ("dashboard",)),
        (_probed, ("deployment_probed",)),
        (_scaler, ("worker_scaling",)),
    ],
)
def test_what_is_done_passes(
    account: System, do: Callable[[System], None], names: tuple[str, ...]
) -> None:
    do(account)
    checks = readiness(account)
    for name in names:
        assert checks[name]["status"] == "pass", checks[name]


def test_a_trail_that_has_stopped_is_told_apart(account: System) -> None:
    _trail(account)
    account.aws.client("cloudtrail").stop_logging(Name="account")
    finding = readiness(account)["audit_trail"]
    assert finding["saw"] == "account has stopped"
    assert "start-logging" in finding["remedy"]


def test_what_the_owners_have_accepted_is_not_told_again(
    account: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCEPTED_CHECKS", "database_capacity")
    assert readiness(account)["database_capacity"]["status"] == "skip"


def test_a_service_without_load_balancer_has_none_to_protect(account: System) -> None:
    account.ecs.service(WEB).target_group_arn = None
    assert readiness(account)["load_balancer_protection"]["status"] == "skip"


@pytest.mark.parametrize(("days", "status"), [(45, Status.PASS), (46, Status.FAIL)])
def test_a_password_is_too_old_after_its_days(days: int, status: Status) -> None:
    finding = app_secret.judge_age(
        NOW - timedelta(days=days), NOW, 45, temporary=False, secret_id="config"
    )
    assert finding.status is status
