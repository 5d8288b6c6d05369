"""The suite `self` on the deployed stack: one thing broken at a time is named, and nothing else."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from cli.verdict import as_text
from local import http_server
from local.account import SLACK_TOKEN_PARAMETER
from local.ministack import free_port
from local.moto_aws import CONFIG_TABLE, SECRET
from local.world import World
from tests.outputs import assert_shown

ATTEMPTS = 5
TOO_SLOW = ("deadline", "no_answer")


def verdict(world: World) -> Any:
    """The verdict once every function has answered: starting one on a busy machine takes long."""
    for _ in range(ATTEMPTS):
        found = world.invoke("ProbeDeployment", {"suite": "self"})
        if not any(check["cause"] in TOO_SLOW for check in found["checks"]):
            break
    return found


def failed(world: World) -> dict[str, Any]:
    """What fails in it."""
    checks = verdict(world)["checks"]
    return {check["name"]: check for check in checks if check["status"] == "fail"}


def resource(world: World, logical_id: str) -> str:
    stack = world.client("cloudformation").describe_stack_resource(
        StackName="jiki-ops-local", LogicalResourceId=logical_id
    )
    physical_id: str = stack["StackResourceDetail"]["PhysicalResourceId"]
    return physical_id


@contextmanager
def variables(world: World, function: str, **changes: str) -> Iterator[None]:
    client, name = world.client("lambda"), world.outputs[f"{function}Function"]
    before = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    client.update_function_configuration(
        FunctionName=name, Environment={"Variables": before | changes}
    )
    try:
        yield
    finally:
        client.update_function_configuration(FunctionName=name, Environment={"Variables": before})


@contextmanager
def no_cluster(world: World) -> Iterator[None]:
    with variables(world, "ScaleWorkers", ECS_CLUSTER=""):
        yield


@contextmanager
def another_secret(world: World) -> Iterator[None]:
    with variables(world, "RotatePassword", CONFIG_SECRET_ID="elsewhere"):
        yield


@contextmanager
def missing_service(world: World) -> Iterator[None]:
    with variables(world, "RotatePassword", WORKER_SERVICES="jiki-api-gone"):
        yield


@contextmanager
def revoked_token(world: World) -> Iterator[None]:
    ssm = world.client("ssm")
    token = ssm.get_parameter(Name=SLACK_TOKEN_PARAMETER, WithDecryption=True)["Parameter"]["Value"]

    def put(value: str) -> None:
        ssm.put_parameter(
            Name=SLACK_TOKEN_PARAMETER, Value=value, Type="SecureString", Overwrite=True
        )

    put("xoxb-revoked")
    try:
        # Another process, which has kept no token.
        with variables(world, "SendAlerts", REMINDER_HOURS="5"):
            yield
    finally:
        put(token)


@contextmanager
def disabled_rule(world: World) -> Iterator[None]:
    events, name = world.client("events"), resource(world, "AlarmRule")
    events.disable_rule(Name=name)
    try:
        yield
    finally:
        events.enable_rule(Name=name)


@contextmanager
def disabled_schedule(world: World) -> Iterator[None]:
    scheduler, name = world.client("scheduler"), resource(world, "CanaryTick")
    schedule = scheduler.get_schedule(Name=name)
    kept = {
        key: schedule[key] for key in ("Name", "ScheduleExpression", "FlexibleTimeWindow", "Target")
    }
    scheduler.update_schedule(**kept, State="DISABLED")
    try:
        yield
    finally:
        scheduler.update_schedule(**kept, State="ENABLED")


@contextmanager
def unread_queue(world: World) -> Iterator[None]:
    client, mapping = world.client("lambda"), resource(world, "SendAlertsAlert")
    client.update_event_source_mapping(UUID=mapping, Enabled=False)
    try:
        yield
    finally:
        client.update_event_source_mapping(UUID=mapping, Enabled=True)


@contextmanager
def dead_letter(world: World) -> Iterator[None]:
    sqs, queue = world.client("sqs"), world.outputs["AlertDeadLetterQueueUrl"]
    sqs.send_message(QueueUrl=queue, MessageBody=json.dumps({"lost": True}))
    try:
        yield
    finally:
        sqs.purge_queue(QueueUrl=queue)


@contextmanager
def changed_password(world: World) -> Iterator[None]:
    login = world.login()

    world.postgres.set_password(login.user, "by-hand")
    try:
        yield
    finally:
        world.postgres.set_password(login.user, str(login.password))


@contextmanager
def nobody_subscribed(world: World) -> Iterator[None]:
    sns, topic = world.client("sns"), world.outputs["AlertTopicArn"]
    (subscription,) = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    sns.unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])
    try:
        yield
    finally:
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=subscription["Endpoint"])


@contextmanager
def denied(world: World, function: str, service: str) -> Iterator[None]:
    """A service as a role without the permission sees it; the emulator enforces none."""
    refusal = http_server.Response(
        400, {"__type": "AccessDeniedException", "message": "not authorized to perform"}
    )
    with http_server.serve(lambda request: refusal) as port:
        endpoint = {f"AWS_ENDPOINT_URL_{service}": f"http://127.0.0.1:{port}"}
        with variables(world, function, **endpoint):
            yield


def denied_action(world: World) -> AbstractContextManager[None]:
    return denied(world, "RotatePassword", "ECS")


def denied_writing(world: World) -> AbstractContextManager[None]:
    return denied(world, "SendAlerts", "DYNAMODB")


@contextmanager
def database_out_of_reach(world: World) -> Iterator[None]:
    """A port on which nobody listens, as without the security-group rule."""
    dynamodb, key = world.client("dynamodb"), {"id": {"S": "aurora_port"}}
    before = dynamodb.get_item(TableName=CONFIG_TABLE, Key=key)["Item"]
    dynamodb.put_item(TableName=CONFIG_TABLE, Item=key | {"value": {"S": str(free_port())}})
    try:
        yield
    finally:
        dynamodb.put_item(TableName=CONFIG_TABLE, Item=before)


@contextmanager
def missing_address(world: World) -> Iterator[None]:
    dynamodb, key = world.client("dynamodb"), {"id": {"S": "aurora_endpoint"}}
    before = dynamodb.delete_item(TableName=CONFIG_TABLE, Key=key, ReturnValues="ALL_OLD")
    try:
        yield
    finally:
        dynamodb.put_item(TableName=CONFIG_TABLE, Item=before["Attributes"])


@contextmanager
def missing_password(world: World) -> Iterator[None]:
    secrets, before = world.client("secretsmanager"), world.secret()
    rest = {key: value for key, value in before.items() if key != "aurora_password"}
    secrets.put_secret_value(SecretId=SECRET, SecretString=json.dumps(rest))
    try:
        yield
    finally:
        secrets.put_secret_value(SecretId=SECRET, SecretString=json.dumps(before))


@contextmanager
def rotation_by_another_function(world: World) -> Iterator[None]:
    secrets, function = world.client("secretsmanager"), world.outputs["RotatePasswordFunction"]
    arn = f"arn:aws:lambda:eu-west-1:123456789012:function:{function}"
    # The emulator has no way to switch a rotation off, so afterwards it is on and as it should be.
    secrets.rotate_secret(SecretId=SECRET, RotationLambdaARN=f"{arn}-of-yesterday")
    try:
        yield
    finally:
        secrets.rotate_secret(SecretId=SECRET, RotationLambdaARN=arn)


@pytest.fixture(scope="module", autouse=True)
def _warm(world: World) -> None:
    # Six functions that start at once may be too slow for the suite on a busy machine.
    world.wait_for(lambda: not set(failed(world)) - {"alert_queue"}, 120)
    assert {name: check for name, check in failed(world).items() if name != "alert_queue"} == {}


@pytest.fixture(autouse=True)
def _healthy(world: World) -> None:
    # Other tests may have left a dead letter.
    world.client("sqs").purge_queue(QueueUrl=world.outputs["AlertDeadLetterQueueUrl"])


def test_a_stack_that_is_well_fails_no_check(world: World) -> None:
    assert failed(world) == {}


def test_the_page_shows_a_database_out_of_reach(world: World) -> None:
    with database_out_of_reach(world):
        assert_shown("doctor", as_text(verdict(world)))


@pytest.mark.parametrize(
    ("broken", "check", "cause", "named"),
    [
        (no_cluster, "scale_workers", "configuration", "settings"),
        (another_secret, "rotate_password", "configuration", "secret"),
        (missing_service, "rotate_password", "no_service", "services"),
        (revoked_token, "send_alerts", "slack_token", "slack"),
        (disabled_rule, "rules", "disabled", "AlarmRule"),
        (disabled_schedule, "schedules", None, "CanaryTick"),
        (unread_queue, "alert_queue", "disabled", ""),
        (dead_letter, "alert_queue", "dead_letters", ""),
        (changed_password, "database_login", "login_refused", ""),
        (nobody_subscribed, "alert_subscribers", "not_subscribed", ""),
        (denied_action, "rotate_password", "denied", "services"),
        (denied_writing, "send_alerts", "denied", "memory"),
        (database_out_of_reach, "database_login", "unreachable", ""),
        (missing_address, "database_login", "configuration", "aurora_endpoint"),
        (missing_password, "database_login", "configuration", "aurora_password"),
        (rotation_by_another_function, "rotation_function", "other_function", ""),
    ],
)
def test_what_is_broken_is_named_and_nothing_else(
    world: World,
    broken: Callable[[World], Any],
    check: str,
    cause: str | None,
    named: str,
) -> None:
    with broken(world):
        found = failed(world)
    assert list(found) == [check], found
    assert found[check]["cause"] == cause
    assert not named or named in found[check]["subjects"]
