"""What starts the stack's own functions: schedules, rules, the queue, the secret's rotation."""

from probe_deployment.cause import Cause
from probe_deployment.context import Context, SeeOtherCheck
from probe_deployment.finding import Finding, Trouble, first_cause

SCHEDULE, RULE = "AWS::Scheduler::Schedule", "AWS::Events::Rule"
MAPPING = "AWS::Lambda::EventSourceMapping"


def schedules(context: Context) -> Finding:
    """Every schedule of the stack is enabled."""
    client = context.client("scheduler")
    found = context.own_resources(SCHEDULE)
    off = {
        logical_id: name
        for logical_id, name in found.items()
        if client.get_schedule(Name=name)["State"] != "ENABLED"
    }
    expected = "every schedule enabled"
    if off:
        return Finding.failed(
            f"disabled: {', '.join(off)}",
            expected,
            "enable it in the console (EventBridge > Schedules > "
            f"{', '.join(off.values())}), or make deploy with another description of it",
            subjects=off,
        )
    return Finding.passed(", ".join(found), expected)


def rules(context: Context) -> Finding:
    """Every rule of the stack is enabled and has a target."""
    client = context.client("events")
    found = context.own_resources(RULE)
    troubles: dict[str, Trouble] = {}
    remedies: list[str] = []
    for logical_id, name in found.items():
        if client.describe_rule(Name=name)["State"] != "ENABLED":
            troubles[logical_id] = Trouble(Cause.DISABLED, "is disabled")
            remedies.append(f"aws events enable-rule --name {name}")
        elif not client.list_targets_by_rule(Rule=name)["Targets"]:
            troubles[logical_id] = Trouble(Cause.NO_TARGET, "has no target")
            remedies.append(f"delete the rule {name} by hand, then make deploy makes it anew")
    expected = "every rule enabled, with a target"
    if troubles:
        observed = "; ".join(f"{name} {trouble.words}" for name, trouble in troubles.items())
        return Finding.failed(
            observed, expected, "; ".join(remedies), cause=first_cause(troubles), subjects=troubles
        )
    return Finding.passed(", ".join(found), expected)


def alert_queue(context: Context) -> Finding:
    """send_alerts reads the queue, and nothing lies in the dead-letter queue."""
    (mapping,) = context.own_resources(MAPPING).values()
    state = context.client("lambda").get_event_source_mapping(UUID=mapping)["State"]
    dead_letters = context.own_resource("AlertDeadLetterQueue")
    attributes = context.client("sqs").get_queue_attributes(
        QueueUrl=dead_letters, AttributeNames=["ApproximateNumberOfMessages"]
    )["Attributes"]
    lost = int(attributes["ApproximateNumberOfMessages"])
    observed, expected = f"{state}, {lost} dead letters", "Enabled, no dead letters"
    if state != "Enabled":
        return Finding.failed(
            observed,
            expected,
            f"aws lambda update-event-source-mapping --uuid {mapping} --enabled",
            cause=Cause.DISABLED,
        )
    if lost:
        return Finding.failed(
            observed,
            expected,
            "read one (aws sqs receive-message --queue-url"
            f" {dead_letters}), fix the cause, then aws sqs start-message-move-task",
            cause=Cause.DEAD_LETTERS,
        )
    return Finding.passed(observed, expected)


def rotation_function(context: Context) -> Finding:
    """The secret's rotation calls this stack's function."""
    secret_id, client = context.settings.app_config.secret_id, context.client("secretsmanager")
    try:
        described = client.describe_secret(SecretId=secret_id)
    except client.exceptions.ResourceNotFoundException:
        raise SeeOtherCheck("database_login", "there is no such secret") from None
    name, arn = context.own_resource("RotatePassword"), described.get("RotationLambdaARN", "")
    expected = f"rotation on, by {name}"
    if not described.get("RotationEnabled"):
        if "ConfigSecretRotation" not in context.own_resources():
            return Finding.skipped("no rotation is asked for (parameter RotationSchedule is empty)")
        return Finding.failed(
            "rotation is off",
            expected,
            f"aws secretsmanager rotate-secret --secret-id {secret_id} --rotation-lambda-arn ARN"
            f" of {name} --rotation-rules ScheduleExpression=… --no-rotate-immediately",
            cause=Cause.DISABLED,
        )
    if not arn.endswith(f":{name}"):
        other = arn.rpartition(":")[2]
        return Finding.failed(
            f"rotation by {other}",
            expected,
            "remove that rotation (aws secretsmanager cancel-rotate-secret --secret-id"
            f" {secret_id}), then make deploy",
            cause=Cause.OTHER_FUNCTION,
            subjects=(other,),
        )
    return Finding.passed(expected, expected)
