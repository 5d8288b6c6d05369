"""Roles name what they may touch; each wildcard has a reason that is written here."""

from typing import Any

import pytest

from local.transform import EVERY_FUNCTION, resolved

ROLES = [
    name for name, item in resolved(EVERY_FUNCTION).items() if item["Type"] == "AWS::IAM::Role"
]
# Actions for which AWS knows no narrower resource (Service Authorization Reference), or which are
# bounded by a condition instead.
REASONS_FOR_A_WILDCARD = {
    "ec2:CreateNetworkInterface": "made by Lambda, denied to the code",
    "ec2:DescribeNetworkInterfaces": "made by Lambda, denied to the code",
    "ec2:DescribeSubnets": "made by Lambda, denied to the code",
    "ec2:DeleteNetworkInterface": "made by Lambda, denied to the code",
    "ec2:AssignPrivateIpAddresses": "made by Lambda, denied to the code",
    "ec2:UnassignPrivateIpAddresses": "made by Lambda, denied to the code",
    "ecs:ListTasks": "bounded by the condition ecs:cluster",
    "ecs:ListServices": "bounded by the condition ecs:cluster",
    "ecs:DescribeTaskDefinition": "knows no resource",
    "cloudwatch:GetMetricWidgetImage": "knows no resource",
    "lambda:GetEventSourceMapping": "bounded by the condition lambda:FunctionArn",
    "cloudtrail:DescribeTrails": "knows no resource",
    "cloudwatch:DescribeAlarms": "all alarms are to be seen",
    "cloudwatch:GetMetricData": "knows no resource",
    "cloudwatch:GetMetricStatistics": "knows no resource",
    "cloudwatch:ListDashboards": "knows no resource",
    "ec2:DescribeSecurityGroups": "knows no resource",
    "elasticloadbalancing:DescribeLoadBalancerAttributes": "knows no resource",
    "elasticloadbalancing:DescribeListeners": "knows no resource",
    "elasticloadbalancing:DescribeLoadBalancers": "knows no resource",
    "elasticloadbalancing:DescribeRules": "knows no resource",
    "elasticloadbalancing:DescribeTargetGroups": "knows no resource",
    "elasticloadbalancing:DescribeTargetHealth": "knows no resource",
}
# Two services, and the places of the lists that name none: no service may have such a name.
SERVICES = ("jiki-api-web", "jiki-api-solid-queue", "", *(f".{place}" for place in range(1, 10)))
# Wildcards within an ARN, by its end.
REASONS_FOR_A_PATTERN = {
    ":secret:config-??????": "Secrets Manager adds six characters to a name",
    ":task/jiki-production/*": "tasks come and go",
    ":alarm:*": "composite alarms are the team's own, of any name",
    ":service/jiki-production/*": "any service of the cluster may read the secret unlisted",
    **{
        f":service-revision/jiki-production/{name}/*": "made by each deployment"
        for name in SERVICES
    },
    **{f":log-group:/ecs/{name}:*": "the group's streams" for name in SERVICES},
    ":stack/jiki-ops/*": "CloudFormation adds an id to a name",
    ":schedule/default/jiki-ops-*": "CloudFormation adds characters to a name",
    ":schedule/<OneTimeSchedules>/*": "made and taken back as incidents and deployments come",
    ":rule/jiki-ops-*": "CloudFormation adds characters to a name",
    ":rds:eu-west-1:123456789012:db:*": "to look; the cluster's name says which ones",
    ":rds:eu-west-1:123456789012:cluster:*": "to look; the endpoint's name says which one",
    ":cloudtrail:*:*:trail/*": "to look; an organization's trail is of another account",
    ":kms:eu-west-1:*:key/*": "bounded by the condition on the secret's encryption context",
    ":dbuser:*/jiki": "the cluster's resource id is not known here; the user is",
}
STARTED_BY_SCHEDULER = {"SchedulerRole", "OneTimeScheduleRole"}
EVERYTHING_CHOSEN = {
    "DatabaseAuth": "iam",
    "SlackToken": "/jiki-ops/slack-token",
    "SlackChannel": "C0123456789",
    "MinTasks": "0",
    "DatabaseClusterId": "jiki-production",
    "AllowMasterReset": "true",
    "ProbeRollback": "true",
}


def statements(role: str, **parameters: str) -> list[dict[str, Any]]:
    policies = resolved(EVERY_FUNCTION | parameters)[role]["Properties"]["Policies"]
    return [line for policy in policies for line in policy["PolicyDocument"]["Statement"]]


def listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize("role", ROLES)
def test_no_statement_allows_everything_of_a_service(role: str) -> None:
    for statement in statements(role):
        if statement["Effect"] == "Allow":
            assert [action for action in listed(statement["Action"]) if "*" in action] == []


@pytest.mark.parametrize("role", ROLES)
def test_each_wildcard_has_a_reason(role: str) -> None:
    for statement in statements(role, **EVERYTHING_CHOSEN):
        if statement["Effect"] != "Allow":
            continue
        for resource in listed(statement["Resource"]):
            if resource == "*":
                assert set(listed(statement["Action"])) <= set(REASONS_FOR_A_WILDCARD)
            elif "*" in resource or "?" in resource:
                assert resource.endswith(tuple(REASONS_FOR_A_PATTERN)), resource


def test_no_reason_is_left_over() -> None:
    allowed = [
        statement
        for role in ROLES
        for statement in statements(role, **EVERYTHING_CHOSEN)
        if statement["Effect"] == "Allow"
    ]
    resources = [resource for statement in allowed for resource in listed(statement["Resource"])]
    anywhere = {
        action
        for statement in allowed
        if "*" in listed(statement["Resource"])
        for action in listed(statement["Action"])
    }
    assert anywhere == set(REASONS_FOR_A_WILDCARD)
    for end in REASONS_FOR_A_PATTERN:
        assert any(resource.endswith(end) for resource in resources), end


def test_a_login_by_iam_is_allowed_to_one_user_where_it_is_chosen() -> None:
    assert not any("rds-db:connect" in str(line) for line in statements("QueryDatabaseRole"))
    (login,) = [
        line
        for line in statements("QueryDatabaseRole", DatabaseAuth="iam", DatabaseUser="jiki_ops")
        if line["Action"] == "rds-db:connect"
    ]
    assert login["Resource"] == "arn:aws:rds-db:eu-west-1:123456789012:dbuser:*/jiki_ops"


def test_listing_tasks_is_bounded_to_the_cluster() -> None:
    for role in ROLES:
        for statement in statements(role):
            if "ecs:ListTasks" in listed(statement["Action"]):
                assert statement["Condition"]["ArnEquals"]["ecs:cluster"].endswith(
                    ":cluster/jiki-production"
                )


@pytest.mark.parametrize("role", ROLES)
def test_each_role_writes_to_its_own_log_alone(role: str) -> None:
    logs = [
        resource
        for statement in statements(role)
        if "logs:PutLogEvents" in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    ]
    expected = f"<{role.removesuffix('Role')}Logs.Arn>"
    assert logs == ([] if role in STARTED_BY_SCHEDULER else [expected])


def test_query_database_s_code_may_do_nothing_but_log() -> None:
    allowed, denied = statements("QueryDatabaseRole")[1:3]
    assert denied["Effect"] == "Deny"
    assert denied["Action"] == "ec2:*"
    assert denied["Condition"]["ArnEquals"]["lambda:SourceFunctionArn"] == (
        "arn:aws:lambda:eu-west-1:123456789012:function:jiki-ops-query-database"
    )
    assert {action.partition(":")[0] for action in allowed["Action"]} == {"ec2"}


@pytest.mark.parametrize("role", ROLES)
def test_a_permissions_boundary_is_set_where_asked_for(role: str) -> None:
    boundary = "arn:aws:iam::123456789012:policy/boundary"
    assert "PermissionsBoundary" not in resolved(EVERY_FUNCTION)[role]["Properties"]
    properties = resolved(EVERY_FUNCTION | {"PermissionsBoundaryArn": boundary})[role]["Properties"]
    assert properties["PermissionsBoundary"] == boundary


def test_who_may_invoke_is_bounded_to_this_account() -> None:
    permissions = [
        item["Properties"]
        for item in resolved().values()
        if item["Type"] == "AWS::Lambda::Permission"
    ]
    assert permissions
    for permission in permissions:
        assert permission.get("SourceArn") or permission.get("SourceAccount") == "123456789012"


def test_only_our_rules_may_send_to_the_alert_queue() -> None:
    (statement,) = resolved()["AlertQueuePolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    rules = [
        f"<{name}.Arn>"
        for name, item in resolved().items()
        if item["Type"] == "AWS::Events::Rule"
        and item["Properties"]["Targets"][0]["Arn"] == "<AlertQueue.Arn>"
    ]
    assert sorted(statement["Condition"]["ArnEquals"]["aws:SourceArn"]) == sorted(rules)


def test_only_alarms_of_this_account_may_publish_to_the_topic() -> None:
    (statement,) = resolved()["AlertTopicPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_no_resource_policy_lets_everybody_in() -> None:
    for item in resolved().values():
        document = item["Properties"].get("PolicyDocument", {})
        for statement in document.get("Statement", []):
            assert "*" not in str(statement["Principal"])


def test_the_app_s_own_resources_are_none_of_the_stack_s() -> None:
    """So no update replaces them, and no removal deletes them."""
    kinds = {item["Type"] for item in resolved().values()}
    assert not kinds & {
        "AWS::SecretsManager::Secret",
        "AWS::ECS::Service",
        "AWS::ECS::Cluster",
        "AWS::RDS::DBCluster",
    }
    tables = [name for name, item in resolved().items() if item["Type"] == "AWS::DynamoDB::Table"]
    assert tables == ["OpsTable"]


def test_only_the_schedules_role_may_be_passed_and_to_the_scheduler_alone() -> None:
    passing = [
        statement
        for role in ROLES
        for statement in statements(role)
        if "iam:PassRole" in listed(statement["Action"])
    ]
    assert len(passing) == 2
    for statement in passing:
        assert statement["Resource"] == "<OneTimeScheduleRole.Arn>"
        assert statement["Condition"] == {
            "StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}
        }


def test_the_schedules_role_serves_the_stack_s_own_group_and_reaches_two_targets() -> None:
    (trust,) = resolved()["OneTimeScheduleRole"]["Properties"]["AssumeRolePolicyDocument"][
        "Statement"
    ]
    assert trust["Condition"]["StringEquals"]["aws:SourceArn"] == "<OneTimeSchedules.Arn>"
    reached = {
        (statement["Action"], statement["Resource"])
        for statement in statements("OneTimeScheduleRole")
    }
    probe = resolved()["ProbeDeployment"]["Properties"]["FunctionName"]
    arn = f"arn:aws:lambda:eu-west-1:123456789012:function:{probe}"
    assert reached == {("sqs:SendMessage", "<AlertQueue.Arn>"), ("lambda:InvokeFunction", arn)}
