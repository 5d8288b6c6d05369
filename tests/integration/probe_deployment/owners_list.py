"""What the owners' list asks for, done one by one on the stand-ins of an account."""

import json

from tests.integration.probe_deployment.conftest import WEB, WORKER, System

CHOSEN = "0a1b-" + "2c3d-4e5f"
STRIPE = ("stripe_publishable_key", "stripe_premium_price_id", "stripe_max_price_id")


def fill_in_values(account: System) -> None:
    secret = account.aws.secret() | {
        "jwt_secret": CHOSEN,
        "stripe_secret_key": "sk_" + "live_51Habcdef9",
        "new_api_key": CHOSEN,
        "aurora_password": CHOSEN,
    }
    account.aws.client("secretsmanager").put_secret_value(
        SecretId="config", SecretString=json.dumps(secret)
    )
    account.database.server.set_password("jiki", CHOSEN)
    account.aws.put_config(
        **{key: "pk_" + "live_51Habcdef9" if "key" in key else "price_1Nabcdef9" for key in STRIPE}
    )


def make_alarms(account: System) -> None:
    balancer = account.aws.client("elbv2").describe_load_balancers()["LoadBalancers"][0]
    name = balancer["LoadBalancerArn"].partition(":loadbalancer/")[2]
    make_alarm(account, "cpu", "AWS/ECS", "CPUUtilization", "ClusterName", "jiki-production")
    make_alarm(
        account, "5xx", "AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", "LoadBalancer", name
    )
    account.aws.client("cloudwatch").put_metric_alarm(
        AlarmName="connections",
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        Threshold=0.8,
        Metrics=[
            {"Id": "share", "Expression": "used / 189", "ReturnData": True},
            {
                "Id": "used",
                "ReturnData": False,
                "MetricStat": {
                    "Metric": {
                        "Namespace": "AWS/RDS",
                        "MetricName": "DatabaseConnections",
                        "Dimensions": [{"Name": "DBClusterIdentifier", "Value": "jiki-production"}],
                    },
                    "Period": 60,
                    "Stat": "Maximum",
                },
            },
        ],
    )


def make_alarm(account: System, name: str, namespace: str, metric: str, *dimension: str) -> None:
    account.aws.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        Namespace=namespace,
        MetricName=metric,
        Dimensions=[dict(zip(("Name", "Value"), dimension, strict=True))],
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        Period=60,
        Threshold=1,
        Statistic="Sum",
    )


def subscribe(account: System) -> None:
    sns = account.aws.client("sns")
    topic = sns.list_topics()["Topics"][0]["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="ops@example.org")


def start_trail(account: System) -> None:
    account.aws.client("s3").create_bucket(
        Bucket="trail", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    trail = account.aws.client("cloudtrail")
    trail.create_trail(Name="account", S3BucketName="trail", IsMultiRegionTrail=True)
    trail.start_logging(Name="account")


def close_groups(account: System) -> None:
    ec2 = account.aws.client("ec2")
    names = [{"Name": "group-name", "Values": ["rds", "legacy"]}]
    for group in ec2.describe_security_groups(Filters=names)["SecurityGroups"]:
        ec2.revoke_security_group_ingress(
            GroupId=group["GroupId"], IpPermissions=group["IpPermissions"]
        )


def protect_balancer(account: System) -> None:
    client = account.aws.client("elbv2")
    client.modify_load_balancer_attributes(
        LoadBalancerArn=client.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"],
        Attributes=[{"Key": "deletion_protection.enabled", "Value": "true"}],
    )


def strengthen_cluster(account: System) -> None:
    rds = account.aws.client("rds")
    rds.modify_db_cluster(
        DBClusterIdentifier="jiki-production",
        DeletionProtection=True,
        BackupRetentionPeriod=10,
        ServerlessV2ScalingConfiguration={"MinCapacity": 0.5, "MaxCapacity": 20},
    )
    for zone in "ab":
        rds.create_db_instance(
            DBInstanceIdentifier=f"jiki-production-{zone}",
            DBClusterIdentifier="jiki-production",
            DBInstanceClass="db.serverless",
            Engine="aurora-postgresql",
            AvailabilityZone=f"eu-west-1{zone}",
        )


def make_dashboard(account: System) -> None:
    account.aws.client("cloudwatch").put_dashboard(
        DashboardName="jiki", DashboardBody='{"widgets": []}'
    )


def pass_probe(account: System) -> None:
    for service in (WEB, WORKER):
        account.aws.client("dynamodb").put_item(
            TableName="jiki-ops",
            Item={"id": {"S": f"probe#passed#{service}"}, "task_definition": {"S": "x:1"}},
        )


def add_tasks(account: System) -> None:
    account.aws_ecs.update_service(cluster=account.ecs.cluster, service=WORKER, desiredCount=3)
    account.ecs.advance(120)


def start_scaler(account: System) -> None:
    account.aws.client("dynamodb").put_item(
        TableName="jiki-ops", Item={"id": {"S": f"scaling#{WORKER}"}}
    )


def pass_load_test(account: System) -> None:
    account.aws.client("dynamodb").put_item(
        TableName="jiki-ops",
        Item={"id": {"S": "probe#load_test"}, "passed_at": {"S": "2026-01-15T10:35:00+00:00"}},
    )


def switch_rotation_on(account: System) -> None:
    account.aws.begin_rotation("5b1f1c9e-1d52-4e6f-8f2b-0d6f9a3f7c11")


EVERYTHING = (
    fill_in_values,
    switch_rotation_on,
    make_alarms,
    subscribe,
    start_trail,
    close_groups,
    protect_balancer,
    strengthen_cluster,
    make_dashboard,
    pass_probe,
    add_tasks,
    start_scaler,
    pass_load_test,
)
