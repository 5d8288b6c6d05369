"""The life of a stack: a first deployment, an update that fails, one that doesn't, the removal."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local import deploy
from local.ministack import MiniStack
from local.moto_aws import CONFIG_TABLE, SECRET
from local.start_world import NETWORK, UNKNOWN_TO_THE_EMULATOR
from local.transform import example
from local.world import World

PARAMETERS = example() | NETWORK | UNKNOWN_TO_THE_EMULATOR | {"AlarmSet": "all"}
# A resource that can't be made: the emulator knows no such type, and CloudFormation no such
# secret. By its name it comes first, for the emulator undoes an update by deleting what it had
# updated so far, which CloudFormation does not.
IMPOSSIBLE = """
  AnImpossibleRotation:
    Type: AWS::SecretsManager::RotationSchedule
    Properties:
      SecretId: no-such-secret
"""


@pytest.fixture
def account() -> Iterator[MiniStack]:
    """An account of its own, with the app's secret and table in it."""
    with MiniStack.start() as emulator:
        emulator.client("secretsmanager").create_secret(Name=SECRET, SecretString='{"a": "b"}')
        table = emulator.client("dynamodb")
        table.create_table(
            TableName=CONFIG_TABLE,
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        table.put_item(TableName=CONFIG_TABLE, Item={"id": {"S": "key"}, "value": {"S": "value"}})
        yield emulator


def stack_status(account: MiniStack) -> str:
    (stack,) = account.client("cloudformation").describe_stacks(StackName=deploy.STACK_NAME)[
        "Stacks"
    ]
    return str(stack["StackStatus"])


def resources(account: MiniStack) -> set[str]:
    pages = account.client("cloudformation").get_paginator("list_stack_resources")
    return {
        resource["LogicalResourceId"]
        for page in pages.paginate(StackName=deploy.STACK_NAME)
        for resource in page["StackResourceSummaries"]
    }


def most_tasks(account: MiniStack) -> str:
    """A parameter, as the function that is deployed has it."""
    configuration = account.client("lambda").get_function_configuration(
        FunctionName=f"{deploy.STACK_NAME}-scale-workers"
    )
    return str(configuration["Environment"]["Variables"]["MAX_TASKS"])


def the_app_s_own(account: MiniStack) -> Any:
    secret = account.client("secretsmanager").get_secret_value(SecretId=SECRET)
    items = account.client("dynamodb").scan(TableName=CONFIG_TABLE)["Items"]
    return secret["SecretString"], secret["VersionId"], items


def what_is_left(account: MiniStack) -> dict[str, list[Any]]:
    return {
        "functions": account.client("lambda").list_functions()["Functions"],
        "layers": account.client("lambda").list_layers()["Layers"],
        "queues": account.client("sqs").list_queues().get("QueueUrls", []),
        "topics": account.client("sns").list_topics()["Topics"],
        "rules": account.client("events").list_rules()["Rules"],
        "schedules": account.client("scheduler").list_schedules()["Schedules"],
        "alarms": account.client("cloudwatch").describe_alarms()["MetricAlarms"],
        "dashboards": account.client("cloudwatch").list_dashboards()["DashboardEntries"],
        "log groups": account.client("logs").describe_log_groups()["logGroups"],
        "roles": account.client("iam").list_roles()["Roles"],
        "tables": account.client("dynamodb").list_tables()["TableNames"],
    }


def test_a_stack_is_deployed_updated_and_removed(account: MiniStack, world: World) -> None:
    folder, before = world.build_folder, the_app_s_own(account)
    # WHEN it is deployed for the first time, with nothing given but the network
    deploy.deploy(account, folder, PARAMETERS)
    # THEN nobody was asked for more, and the defaults hold
    assert stack_status(account) == "CREATE_COMPLETE"
    assert most_tasks(account) == "10"
    there_were = resources(account)

    # WHEN an update can't be carried out
    broken = _with_something_impossible(folder)
    with pytest.raises(deploy.DeployFailed) as failure:
        deploy.deploy(account, folder, PARAMETERS | {"MaxTasks": "8"}, template=broken)
    # THEN the command fails and names the culprit, and all is as it was
    assert "AnImpossibleRotation" in str(failure.value)
    assert stack_status(account) == "UPDATE_ROLLBACK_COMPLETE"
    assert most_tasks(account) == "10"
    assert resources(account) == there_were

    # WHEN the next update changes a parameter
    deploy.deploy(account, folder, PARAMETERS | {"MaxTasks": "7"})
    # THEN the function has it
    assert stack_status(account) == "UPDATE_COMPLETE"
    assert most_tasks(account) == "7"
    assert the_app_s_own(account) == before

    # WHEN the stack is removed
    deploy.delete(account)
    # THEN nothing of it is left, and nothing of the app's is gone
    left = what_is_left(account)
    assert left.pop("tables") == [CONFIG_TABLE]
    # A tick that runs meanwhile makes its log group anew, on AWS too.
    groups = {group["logGroupName"] for group in left.pop("log groups")}
    assert groups <= {f"/aws/lambda/{deploy.STACK_NAME}-scale-workers"}
    assert {kind: found for kind, found in left.items() if found} == {}
    assert the_app_s_own(account) == before


def _with_something_impossible(folder: Path) -> str:
    text = (folder / "template.yaml").read_text()
    broken = text.replace("\nResources:\n", f"\nResources:{IMPOSSIBLE}", 1)
    (folder / "broken.yaml").write_text(broken)
    return "broken.yaml"
