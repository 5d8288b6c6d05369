"""The suite `self` in one process: each function's own checks, and the stack's triggers."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from local.lambda_endpoint import LambdaEndpoint
from ops_common.aws import client as real_client
from ops_common.query_database import LambdaQueryDatabase
from probe_deployment.cause import Cause
from probe_deployment.checks import database_login, own_functions, own_triggers
from probe_deployment.context import Context
from probe_deployment.deployed import Clients
from probe_deployment.finding import Finding, Status
from probe_deployment.request import Request, Trigger
from probe_deployment.runner import run_checks
from probe_deployment.settings import Settings
from send_alerts import wiring
from tests.integration.probe_deployment.conftest import System

STACK = "jiki-ops"
TEMPLATE: dict[str, Any] = {
    "Resources": {
        "AlertDeadLetterQueue": {"Type": "AWS::SQS::Queue"},
        "AlertQueue": {"Type": "AWS::SQS::Queue"},
        "AlarmRule": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "EventPattern": {"source": ["aws.cloudwatch"]},
                "State": "ENABLED",
                "Targets": [{"Id": "queue", "Arn": {"Fn::GetAtt": ["AlertQueue", "Arn"]}}],
            },
        },
    }
}
NAMES = ("RotatePassword", "ScaleWorkers", "SendAlerts", "QueryDatabase")


@pytest.fixture
def handlers() -> dict[str, Callable[..., Any]]:
    from query_database.app import handler as query
    from rotate_password.app import handler as rotate
    from scale_workers.app import handler as scale
    from send_alerts.app import handler as alerts

    return dict(zip(NAMES, (rotate, scale, alerts, query), strict=True))


@pytest.fixture
def context(
    system: System,
    lambda_endpoint: LambdaEndpoint,
    handlers: dict[str, Callable[..., Any]],
    slack: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Context:
    """The deployed functions behind Lambda's Invoke, and a stack with its queue and rule."""
    wiring._parameters.cache_clear()  # keeps the token of another test for minutes
    lambda_endpoint.functions |= handlers
    system.aws.client("ssm").put_parameter(
        Name="/jiki-ops/slack-token", Value=slack.token, Type="SecureString"
    )
    system.aws.client("cloudformation").create_stack(
        StackName=STACK, TemplateBody=json.dumps(TEMPLATE)
    )
    variables = {
        "STACK_NAME": STACK,
        "SECRET_KEYS": "jwt_secret",
        "RANDOM_SECRET_KEYS": "jwt_secret",
        "ALERT_TOPIC_ARN": "arn:aws:sns:eu-west-1:123456789012:alerts",
        "ALERT_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/123456789012/alerts",
        "SLACK_TOKEN_PARAMETER": "/jiki-ops/slack-token",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return make_context(Clients(real_client))


def make_context(clients: Clients) -> Context:
    settings = Settings.from_env()
    query = LambdaQueryDatabase(clients("lambda"), settings.query_database_function)
    request = Request(Trigger.PERSON, "self")
    return Context(request, settings, datetime.now(UTC), clients, query)


def own(context: Context, **physical_ids: tuple[str, str]) -> Context:
    """The same with resources that this stack's template leaves out."""
    found = {name: ("", name) for name in NAMES} | physical_ids
    object.__setattr__(context, "_own", lambda: found)
    return context


@pytest.mark.parametrize("name", NAMES)
def test_each_function_is_well_by_its_own_account(context: Context, name: str) -> None:
    finding = own_functions.check(own(context), name)
    assert finding.status is Status.PASS, finding


def test_a_token_that_slack_does_not_know_is_named(context: Context, system: System) -> None:
    system.aws.client("ssm").put_parameter(
        Name="/jiki-ops/slack-token", Value="xoxb-revoked", Type="SecureString", Overwrite=True
    )
    wiring._parameters.cache_clear()
    finding = own_functions.check(own(context), "SendAlerts")
    assert (finding.cause, finding.subjects) == (Cause.SLACK_TOKEN, ("slack", "routes"))
    assert "xoxb" not in finding.observed


def test_missing_variables_are_all_named_once(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("QUERY_DATABASE_FUNCTION")
    monkeypatch.delenv("ECS_CLUSTER")
    finding = own_functions.check(own(context), "RotatePassword")
    assert (finding.cause, finding.subjects) == (Cause.CONFIGURATION, ("settings",))
    assert "QUERY_DATABASE_FUNCTION" in finding.observed
    assert "ECS_CLUSTER" in finding.observed


def test_a_query_database_that_is_set_up_badly_is_named_alone(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The others ask it, and get no answer.
    monkeypatch.setenv("STATEMENT_TIMEOUT_SECONDS", "soon")
    checks = {name: partial(own_functions.check, own(context), name) for name in NAMES}
    login = {"database_login": partial(database_login.check, context)}
    results = run_checks(checks | login, 10)
    failed = {each.check: each.finding for each in results if each.finding.status is Status.FAIL}
    assert list(failed) == ["QueryDatabase"]
    assert failed["QueryDatabase"].subjects == ("settings",)
    assert "STATEMENT_TIMEOUT_SECONDS" in failed["QueryDatabase"].observed


def test_a_missing_permission_is_one_and_so_is_what_nobody_foresaw() -> None:
    denied = {
        "name": "services",
        "ok": False,
        "kind": "AccessDeniedException",
        "said": "DescribeServices answered AccessDeniedException",
    }
    finding = own_functions.judge([denied], "RotatePasswordRole")
    assert (finding.cause, finding.subjects) == (Cause.DENIED, ("services",))
    odd = own_functions.judge([denied | {"kind": "KeyError"}], "RotatePasswordRole")
    assert odd.cause is Cause.UNEXPECTED


@pytest.mark.parametrize("name", ["RotatePassword", "ScaleWorkers"])
def test_a_secret_without_the_password_is_left_to_the_check_of_the_login(
    context: Context, system: System, name: str
) -> None:
    system.aws.client("secretsmanager").put_secret_value(
        SecretId="config", SecretString='{"other": "x"}'
    )
    finding = own_functions.check(own(context), name)
    assert (finding.status, finding.subjects) == (Status.SKIP, ("database_login",))


def test_a_secret_that_is_gone_is_left_to_it_too_unless_it_is_another_one(
    context: Context, system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONFIG_SECRET_ID", "elsewhere")
    assert own_functions.check(own(context), "ScaleWorkers").status is Status.FAIL
    system.aws.client("secretsmanager").delete_secret(
        SecretId="config", ForceDeleteWithoutRecovery=True
    )
    for name in ("RotatePassword", "ScaleWorkers"):
        assert own_functions.check(own(context), name).status is Status.SKIP
    (result,) = run_checks({"rotation": lambda: own_triggers.rotation_function(own(context))}, 10)
    assert result.finding.status is Status.SKIP


def test_a_function_that_is_gone_is_named(context: Context) -> None:
    (result,) = run_checks({"alerts": lambda: own_functions.check(context, "SendAlerts")}, 10)
    assert (result.finding.cause, result.finding.subjects) == (Cause.NO_RESOURCE, ("SendAlerts",))


def test_a_disabled_rule_is_named(context: Context, system: System) -> None:
    assert own_triggers.rules(context).status is Status.PASS
    events = system.aws.client("events")
    name = context.own_resource("AlarmRule")
    events.disable_rule(Name=name)
    off = own_triggers.rules(context)
    assert (off.cause, off.subjects) == (Cause.DISABLED, ("AlarmRule",))
    assert name in off.remedy
    events.enable_rule(Name=name)
    events.remove_targets(Rule=name, Ids=["queue"])
    bare = own_triggers.rules(context)
    assert (bare.cause, bare.subjects) == (Cause.NO_TARGET, ("AlarmRule",))


def test_a_disabled_schedule_is_named(context: Context, system: System) -> None:
    def schedule(state: str) -> Finding:
        call = getattr(
            system.aws.client("scheduler"),
            "create_schedule" if state == "ENABLED" else "update_schedule",
        )
        call(
            Name="tick",
            ScheduleExpression="rate(1 minute)",
            FlexibleTimeWindow={"Mode": "OFF"},
            State=state,
            Target={"Arn": "arn:aws:lambda:eu-west-1:123456789012:function:x", "RoleArn": "r"},
        )
        return own_triggers.schedules(own(context, Tick=(own_triggers.SCHEDULE, "tick")))

    assert schedule("ENABLED").status is Status.PASS
    off = schedule("DISABLED")
    assert (off.status, off.subjects) == (Status.FAIL, ("Tick",))


@pytest.mark.parametrize(
    ("state", "letters", "cause"),
    [
        ("Enabled", 0, None),
        ("Disabled", 0, Cause.DISABLED),
        ("Enabled", 2, Cause.DEAD_LETTERS),
    ],
)
def test_an_unread_queue_and_dead_letters_are_distinguished(
    context: Context, system: System, state: str, letters: int, cause: Cause | None
) -> None:
    queue = context.own_resource("AlertDeadLetterQueue")
    for _ in range(letters):
        system.aws.client("sqs").send_message(QueueUrl=queue, MessageBody="{}")

    system.aws.begin_rotation("5b1f1c9e-1d52-4e6f-8f2b-0d6f9a3f7c11")  # brings a function
    moto = system.aws.client("lambda")
    arn = system.aws.client("sqs").get_queue_attributes(
        QueueUrl=context.own_resource("AlertQueue"), AttributeNames=["QueueArn"]
    )["Attributes"]["QueueArn"]
    mapping = moto.create_event_source_mapping(
        FunctionName="rotation-stub", EventSourceArn=arn, Enabled=state == "Enabled"
    )["UUID"]
    clients = Clients(lambda name: moto if name == "lambda" else real_client(name))
    changed = own(
        make_context(clients),
        Mapping=(own_triggers.MAPPING, mapping),
        AlertDeadLetterQueue=("AWS::SQS::Queue", queue),
    )
    finding = own_triggers.alert_queue(changed)
    assert finding.cause is cause
    assert (finding.status is Status.PASS) is (cause is None)


def test_a_rotation_by_another_function_is_found(context: Context, system: System) -> None:
    assert own_triggers.rotation_function(own(context)).status is Status.SKIP
    expected = own(
        context, ConfigSecretRotation=("AWS::SecretsManager::RotationSchedule", "config")
    )
    assert own_triggers.rotation_function(expected).cause is Cause.DISABLED
    system.aws.begin_rotation("5b1f1c9e-1d52-4e6f-8f2b-0d6f9a3f7c11")
    other = own_triggers.rotation_function(own(context))
    assert (other.cause, other.subjects) == (Cause.OTHER_FUNCTION, ("rotation-stub",))
    ours = own(context, RotatePassword=("", "rotation-stub"))
    assert own_triggers.rotation_function(ours).status is Status.PASS
