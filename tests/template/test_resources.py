"""What every resource of a kind must have, so that nothing is kept for ever or lost too early."""

import json
from typing import Any

from local.transform import resolved


def of_type(kind: str, **parameters: str) -> dict[str, Any]:
    return {
        name: item["Properties"]
        for name, item in resolved(parameters).items()
        if item["Type"] == kind
    }


def test_each_function_has_a_log_group_with_an_end() -> None:
    groups = of_type("AWS::Logs::LogGroup")
    for name, function in of_type("AWS::Lambda::Function").items():
        assert function["LoggingConfig"]["LogGroup"] == f"<{name}Logs>"
        assert groups[f"{name}Logs"]["RetentionInDays"] == "14"


def test_query_database_alone_is_in_the_vpc() -> None:
    inside = [
        name for name, item in of_type("AWS::Lambda::Function").items() if "VpcConfig" in item
    ]
    assert inside == ["QueryDatabase"]


def test_its_security_group_lets_nothing_in_and_only_the_database_s_port_out() -> None:
    group = of_type("AWS::EC2::SecurityGroup")["QueryDatabaseSecurityGroup"]
    assert "SecurityGroupIngress" not in group
    (rule,) = group["SecurityGroupEgress"]
    assert (rule["FromPort"], rule["ToPort"], rule["CidrIp"]) == ("5432", "5432", "10.1.0.0/16")


def test_at_most_one_scaler_runs_at_a_time_unless_the_account_cannot_reserve() -> None:
    functions = of_type("AWS::Lambda::Function")
    assert functions["ScaleWorkers"]["ReservedConcurrentExecutions"] == 1
    functions = of_type("AWS::Lambda::Function", ReserveScalerConcurrency="false")
    assert "ReservedConcurrentExecutions" not in functions["ScaleWorkers"]


def test_alerts_wait_six_timeouts_and_end_in_the_dead_letter_queue() -> None:
    queue = of_type("AWS::SQS::Queue")["AlertQueue"]
    timeout = of_type("AWS::Lambda::Function")["SendAlerts"]["Timeout"]
    assert queue["VisibilityTimeout"] >= 6 * timeout
    assert queue["RedrivePolicy"]["deadLetterTargetArn"] == "<AlertDeadLetterQueue.Arn>"
    mapping = of_type("AWS::Lambda::EventSourceMapping")["SendAlertsAlert"]
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_the_secret_s_rotation_is_scheduled_only_where_asked_for() -> None:
    kind = "AWS::SecretsManager::RotationSchedule"
    (rotation,) = of_type(kind).values()
    assert rotation["SecretId"] == "config"
    assert not rotation["RotateImmediatelyOnUpdate"]
    assert of_type(kind, RotationSchedule="") == {}


def test_the_table_expires_what_it_holds() -> None:
    (table,) = of_type("AWS::DynamoDB::Table").values()
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert table["BillingMode"] == "PAY_PER_REQUEST"


def test_each_variable_is_text() -> None:
    for name, function in of_type("AWS::Lambda::Function").items():
        for variable, value in function["Environment"]["Variables"].items():
            assert isinstance(value, str), f"{name}: quote {variable}"


def test_roles_and_variables_stay_within_aws_s_quotas() -> None:
    """IAM: 10,240 characters of a role's inline policies; Lambda: 4 KB of variables. With room."""
    chosen = {"DatabaseAuth": "iam", "MinTasks": "0", "AllowMasterReset": "true"}
    for name, role in of_type("AWS::IAM::Role", **chosen).items():
        text = json.dumps([policy["PolicyDocument"] for policy in role["Policies"]])
        assert len(text) < 8_000, name
    for name, function in of_type("AWS::Lambda::Function", **chosen).items():
        assert len(json.dumps(function["Environment"])) < 3_500, name


def test_a_tick_that_could_not_start_within_a_minute_is_not_started_later() -> None:
    """Lambda tries a throttled asynchronous start for six hours unless it is told otherwise."""
    (config,) = of_type("AWS::Lambda::EventInvokeConfig").values()
    assert config["FunctionName"] == "<ScaleWorkers>"
    assert (config["MaximumRetryAttempts"], config["MaximumEventAgeInSeconds"]) == (0, 60)
