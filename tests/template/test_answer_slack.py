"""The one public address of the stack: only where Slack is to be answered, and as AWS wants it."""

from typing import Any

from local.transform import EVERY_FUNCTION, resolved, transformed


def of_answer_slack(parameters: dict[str, str]) -> dict[str, Any]:
    found = resolved(parameters)
    return {name: item for name, item in found.items() if name.startswith("AnswerSlack")}


def test_without_a_signing_secret_there_is_no_address() -> None:
    token = {"SlackToken": "/jiki-ops/slack-token", "SlackChannel": "C0123456789"}
    assert of_answer_slack(token) == {}
    assert not any(item["Type"] == "AWS::Lambda::Url" for item in resolved(token).values())


def test_no_other_function_has_an_address() -> None:
    urls = [
        item["Properties"]["TargetFunctionArn"]
        for item in resolved(EVERY_FUNCTION).values()
        if item["Type"] == "AWS::Lambda::Url"
    ]
    assert urls == ["<AnswerSlack>"]


def test_both_permissions_that_a_public_address_needs_are_given() -> None:
    """Since October 2025 (Lambda Developer Guide, "Control access to Lambda function URLs")."""
    permissions = {
        item["Properties"]["Action"]: item["Properties"]
        for item in of_answer_slack(EVERY_FUNCTION).values()
        if item["Type"] == "AWS::Lambda::Permission"
    }
    assert permissions["lambda:InvokeFunctionUrl"]["FunctionUrlAuthType"] == "NONE"
    # By the address alone: nobody else may invoke it by Lambda's API.
    assert permissions["lambda:InvokeFunction"]["InvokedViaFunctionUrl"] is True
    assert len(permissions) == 2


def test_all_of_it_goes_with_the_function() -> None:
    conditions = {
        item.get("Condition")
        for name, item in transformed()["Resources"].items()
        if name.startswith("AnswerSlack")
    }
    outputs = transformed()["Outputs"]
    conditions |= {outputs[name]["Condition"] for name in outputs if name.startswith("AnswerSlack")}
    assert conditions == {"HearsSlack"}


def test_it_may_run_twice_at_a_time() -> None:
    function = of_answer_slack(EVERY_FUNCTION)["AnswerSlack"]["Properties"]
    assert function["ReservedConcurrentExecutions"] == 2


def writes(role: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        line
        for policy in role["Properties"]["Policies"]
        for line in policy["PolicyDocument"]["Statement"]
        if "dynamodb:PutItem" in line["Action"]
    ]


def test_it_writes_its_own_items_alone() -> None:
    (statement,) = writes(of_answer_slack(EVERY_FUNCTION)["AnswerSlackRole"])
    keys = statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
    assert set(keys) == {"seen#*", "hold#*", "confirm#*"}


def test_the_bot_s_token_is_read_only_to_ask_who_is_in_a_group() -> None:
    token = {"SlackToken": "/jiki-ops/slack-token"}
    for operators, reads in (("U0123456789", False), ("S0123456789,U0123456789", True)):
        role = of_answer_slack(EVERY_FUNCTION | token | {"SlackOperators": operators})
        assert ("parameter/jiki-ops/slack-token" in str(role["AnswerSlackRole"])) is reads


def test_the_signing_secret_may_be_a_secret_of_secrets_manager() -> None:
    arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:slack-AbCdEf"
    role = str(of_answer_slack(EVERY_FUNCTION | {"SlackSigningSecret": arn})["AnswerSlackRole"])
    assert arn in role
    assert "ssm:GetParameter" not in role
